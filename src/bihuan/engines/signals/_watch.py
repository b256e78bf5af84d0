"""The rules by name, with the numbers they take when nobody names others."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from bihuan.engines.signals._bounds import Bounds, SignalError
from bihuan.engines.signals._control import cusum, ewma
from bihuan.engines.signals._ears import ears
from bihuan.engines.signals._farrington import farrington, farrington_improved


@dataclass(frozen=True)
class Method:
    """A rule: what it is for in one line, its usual alarm level (None: the rule takes none), its calendar needs."""

    name: str
    says: str
    alpha: float | None
    seasonal: bool
    rule: Callable[..., Bounds]
    settings: dict[str, Any]


METHODS: dict[str, Method] = {
    m.name: m
    for m in (
        Method("ears_c1", "the last 7 steps", 0.001, False, ears, {"variant": "c1"}),
        Method("ears_c2", "7 steps, ending 3 before", 0.001, False, ears, {"variant": "c2"}),
        Method("ears_c3", "as C2, three steps added", 0.001, False, ears, {"variant": "c3"}),
        Method("farrington", "the same weeks of 5 earlier years (1996)", 0.05, True, farrington, {}),
        Method("farrington_improved", "5 whole earlier years (2013)", 0.05, True, farrington_improved, {}),
        Method("cusum", "a small lasting rise over the first 28 steps", None, False, cusum, {}),
        Method("ewma", "a smoothed rise over the first 28 steps", 0.001, False, ewma, {}),
    )
}


def watch(
    counts: npt.ArrayLike, *, method: str, alpha: float | None = None, step_days: int = 7, **settings: Any
) -> Bounds:
    """What the named rule expects of each count, and where it alarms.

    counts: (steps,) or (series, steps), NaN = missing. alpha: the rule's own default when None. step_days: 7 (weekly)
    or 1 (daily); seasonal rules take 52 or 365 steps for a year, and four weeks for their rule of few cases. Other
    settings go to the rule by name. Raises SignalError for an unknown rule, or an alpha where the rule takes none.
    """
    if method not in METHODS:
        raise SignalError(f"there is no method «{method}»; choose one of {', '.join(METHODS)}")
    rule = METHODS[method]
    given = dict(rule.settings)
    if rule.seasonal:
        given |= {"period": 52, "recent_steps": 4} if step_days == 7 else {"period": 365, "recent_steps": 28}
        if method == "farrington_improved" and step_days == 1:
            given["skipped_steps"] = 182
    if rule.alpha is not None:
        given["alpha"] = rule.alpha if alpha is None else alpha
    elif alpha is not None:
        raise SignalError(f"{method} takes no alpha: its limits are `reference` and `decision`; leave alpha out")
    return rule.rule(counts, **(given | settings))

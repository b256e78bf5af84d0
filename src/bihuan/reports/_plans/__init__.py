"""Plans from the county's own numbers: what is needed, what is short, what one more would bring. They read and write nothing.

A plan file holds `name`, `title`, `summary`, `gather(county)`, `sliders(found)` and `answer(found, asked)`:
what the rooms know, which of it one may ask otherwise, and what that means. Asking with the numbers as they are gives
«now», asking with others gives «what if».
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bihuan.reports._plans import chain, couriers, isolation, laboratories, pools, stock, testing
from bihuan.reports._plans._county import County, rounds
from bihuan.reports._plans._value import Answer, Bar, Bars, Chart, Figure, Line, Mark, Slider, Ways, plain, read

__all__ = [
    "OF_A_ROUND", "PLANS", "Answer", "Asked", "Bar", "Bars", "Chart", "County", "Figure", "Line", "Mark", "Slider", "Ways", "ask",
    "plain", "rounds",
]  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """One plan: its name in addresses, its words, and how it is made."""

    name: str
    title: Any
    summary: Any
    gather: Callable[[County], Any]
    sliders: Callable[[Any], tuple[Slider, ...]]
    answer: Callable[[Any, dict[str, float]], Answer]


PLANS: dict[str, Plan] = {
    m.name: Plan(m.name, m.title, m.summary, m.gather, m.sliders, m.answer)
    for m in (testing, laboratories, pools, couriers, isolation, stock, chain)
}
# Plans of one round: the reader chooses which.
OF_A_ROUND = ("testing", "laboratories", "chain")


@dataclass(frozen=True)
class Asked:
    """A plan answered twice: with the numbers as they are, and with those asked for (the same where none differs)."""

    sliders: tuple[Slider, ...]
    values: dict[str, float]
    now: Answer
    answer: Answer
    faults: list[str]

    @property
    def is_changed(self) -> bool:
        """Whether any number is asked otherwise than it is."""
        return any(self.values[s.key] != s.now for s in self.sliders)


def ask(plan: Plan, county: County, given: Mapping[str, str]) -> Asked:
    """A plan of the county as it stands, and as it would stand with the numbers given; what is given badly is told."""
    found = plan.gather(county)
    sliders = plan.sliders(found)
    values, faults = read(sliders, given)
    as_is = {s.key: s.now for s in sliders}
    now = plan.answer(found, as_is)
    return Asked(sliders, values, now, now if values == as_is else plan.answer(found, values), faults)

"""What a plan is made of: the numbers one may change, the answer to them, its figures and pictures; no drawing here."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from bihuan.reports._page import Section


@dataclass(frozen=True)
class Slider:
    """One number of a plan: what it is now, within which limits it may be asked otherwise, and where it came from.

    choices: (value, words) where only some values make sense. at: the hour the number is of; None = a usual figure
    that nothing here has measured.
    """

    key: str
    label: str
    now: float
    low: float
    high: float
    step: float = 1.0
    unit: str = ""
    source: str = ""
    at: datetime | None = None
    room: str = ""
    choices: tuple[tuple[float, str], ...] = ()


def slider(
    key: str, label: str, now: float, low: float, high: float, step: float = 1.0, **more: Any
) -> Slider:  # fmt: skip
    """A slider whose number lies on its steps, and whose upper limit leaves room above the number."""
    on_step = low + round((max(now, low) - low) / step) * step
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    top = high if on_step * 1.25 <= high else low + math.ceil((on_step * 2 - low) / step) * step
    return Slider(key, label, round(on_step, digits), low, round(top, digits), step, **more)


def read(sliders: Sequence[Slider], given: Mapping[str, str]) -> tuple[dict[str, float], list[str]]:
    """The numbers asked for, by key; what cannot be used stays as it is now, and is told with how to mend it."""
    values, faults = {s.key: s.now for s in sliders}, []
    for one in sliders:
        said = given.get(one.key, "").strip()
        if not said:
            continue
        try:
            value = float(said)
        except ValueError:
            value = math.nan
        whole = one.step != int(one.step) or value.is_integer()
        fits = value in dict(one.choices) if one.choices else one.low <= value <= one.high and whole
        if fits:
            values[one.key] = value
        else:
            told = {"label": one.label, "said": said[:20], "now": plain(one.now), "low": plain(one.low),
                    "high": plain(one.high), "choices": listed(plain(v) for v, _w in one.choices)}  # fmt: skip
            faults.append(
                (_("%(label)s写的是“%(said)s”，请从 %(choices)s 中选；先按 %(now)s 计算。") if one.choices
                 else _("%(label)s写的是“%(said)s”，请写 %(low)s 到 %(high)s 的数；先按 %(now)s 计算。")) % told
            )  # fmt: skip
    return values, faults


def plain(value: float) -> str:
    """A number as people write it: no decimals where there are none."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.4g}"


@dataclass(frozen=True)
class Figure:
    """One number of the answer; `less` says whether less of it is better, None that neither is. None = there is none."""

    label: str
    value: float | None
    unit: str = ""
    definition: str = ""
    less: bool | None = True


@dataclass(frozen=True)
class Bar:
    """What is needed beside what is there; `was` is the need as things are now, `tone` late where it does not suffice."""

    label: str
    need: float
    have: float | None = None
    note: str = ""
    tone: str = "plain"


@dataclass(frozen=True)
class Bars:
    """One bar a line, all to one scale, with a line at `limit`."""

    title: str
    bars: Sequence[Bar]
    unit: str = ""
    need: str = ""
    have: str = ""
    limit: float | None = None
    limit_words: str = ""


@dataclass(frozen=True)
class Line:
    """Values over equal steps; a value None is a gap. `kind` is a class of the drawing: now, asked, limit, area."""

    label: str
    points: Sequence[tuple[float, float]]
    kind: str = "asked"


@dataclass(frozen=True)
class Mark:
    """One point of a chart with its words."""

    x: float
    y: float
    words: str
    kind: str = "plain"


@dataclass(frozen=True)
class Chart:
    """Lines over one axis: words for some values of x, from low to high."""

    title: str
    lines: Sequence[Line]
    ticks: Sequence[tuple[float, str]]
    unit: str = ""
    marks: Sequence[Mark] = ()
    note: str = ""


@dataclass(frozen=True)
class Ways:
    """Runs on the ground: the areas' outlines, where laboratories and sites are, and the way of each run in order."""

    title: str
    areas: Sequence[Any]
    labs: Sequence[tuple[str, float, float]]
    sites: Sequence[tuple[str, float, float, str]]
    runs: Sequence[tuple[str, Sequence[tuple[float, float]]]]


@dataclass(frozen=True)
class Answer:
    """What a plan says: the sentence first, then figures, pictures, tables and what to know about them.

    task: the words of a task that would mend what is short; empty where nothing is.
    """

    sentence: str
    tone: str
    figures: tuple[Figure, ...] = ()
    pictures: tuple[Any, ...] = ()
    sections: tuple[Section, ...] = ()
    notes: tuple[str, ...] = ()
    task: str = ""


def clock(at: datetime, hours: float) -> str:
    """The hour on the wall so many hours after an instant: 21:40, with the day where it is another."""
    there, here = localtime(at + timedelta(hours=hours)), localtime(at)
    return f"{there:%H:%M}" if there.date() == here.date() else f"{there:%m-%d %H:%M}"


def finite(value: float, digits: int = 1) -> float | None:
    """A figure rounded for the eye; None where it has no end."""
    if not math.isfinite(value):
        return None
    return int(value) if value == int(value) else round(value, digits)


def listed(words: Iterable[str]) -> str:
    """Several things in a row, as the reader's language writes them."""
    return _("、").join(words)

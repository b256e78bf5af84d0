"""What the desk's pages are made of: one frozen value per component; `{% show value %}` draws it.

A view builds these values from a room's reads, hands them to its template, and the template places them. Each class
names the template that draws it, and its fields are that template's whole context (as `it`). Text fields are
already translated; instants are timezone-aware; colours are never given, only a `tone`:

    plain · info · good · wait · risk · late      (late is the only strong colour of the desk)
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal, NamedTuple

from django.http import HttpRequest

Tone = Literal["plain", "info", "good", "wait", "risk", "late"]
ClockStanding = Literal["on_time", "at_risk", "late", "met", "met_late"]


class MenuItem(NamedTuple):
    """One line of the left menu; `key` is the letter after `g` that goes there, `badge` reads how many wait."""

    label: Any
    url_name: str
    icon: str
    badge: Callable[[HttpRequest], int | None] | None = None
    key: str = ""
    group: Any = ""


@dataclass(frozen=True)
class Frame:
    """What stands around every page, put into the context as `frame` by `bihuan.desk.context.frame`.

    as_of: the instant the page's numbers are true for. is_past: that instant was chosen, so clocks stand still.
    response: words of the response in force («Ⅱ级响应 · 疫情处置»); response_tone: `late` only for the highest level.
    """

    county: str = ""
    as_of: datetime | None = None
    is_past: bool = False
    response: str = ""
    response_tone: Tone = "plain"
    member: str = ""
    post: str = ""
    unit: str = ""
    search_url: str = ""
    logout_url: str = ""
    profile_url: str = ""
    menu: Sequence[MenuItem] = ()


@dataclass(frozen=True)
class Link:
    """Text that leads somewhere."""

    text: str
    href: str
    icon: str = ""

    template: ClassVar[str] = "desk/_parts/link.html"


@dataclass(frozen=True)
class Chip:
    """A status in words, with a shape of its own beside the colour."""

    text: str
    tone: Tone = "plain"
    href: str = ""

    template: ClassVar[str] = "desk/_parts/chip.html"
    shapes: ClassVar[Mapping[str, str]] = {
        "plain": "minus",
        "info": "info-circle",
        "good": "circle-check",
        "wait": "circle-dashed",
        "risk": "alert-triangle",
        "late": "alert-octagon",
    }

    @property
    def icon(self) -> str:
        """The shape that says the tone without colour."""
        return self.shapes[self.tone]


@dataclass(frozen=True)
class Clock:
    """A limit running or met. While it runs, the browser counts down from `due_at`; from `risk_at` it is at risk."""

    due_at: datetime
    as_of: datetime
    risk_at: datetime | None = None
    met_at: datetime | None = None
    label: str = ""
    href: str = ""

    template: ClassVar[str] = "desk/_parts/clock.html"

    @property
    def state(self) -> ClockStanding:
        """How the clock stands at `as_of`; the due instant itself is still on time."""
        if self.met_at is not None and self.met_at <= self.as_of:
            return "met" if self.met_at <= self.due_at else "met_late"
        if self.as_of > self.due_at:
            return "late"
        return "at_risk" if self.risk_at is not None and self.as_of >= self.risk_at else "on_time"

    @property
    def left_minutes(self) -> int:
        """Whole minutes to the limit, negative when it is past; for a met clock, what was left when it was met."""
        until = self.met_at if self.state in {"met", "met_late"} and self.met_at else self.as_of
        seconds = (self.due_at - until).total_seconds()
        return int(seconds // 60)

    @property
    def over_minutes(self) -> int:
        """Whole minutes past the limit, zero when it is not past."""
        return max(0, -self.left_minutes)


@dataclass(frozen=True)
class Masked:
    """A name, document or phone that stays masked until a reason is given.

    text: the masked form («赵**», «199****0001»). reveal_url: GET shows the reason form as a page, POST with `reason`
    and `note` journals the look and answers `desk/_parts/revealed.html` (context `value`) to an `HX-Request`,
    else `desk/reveal.html` with `value`. what: what is hidden («电话»), read out by screen readers.
    """

    text: str
    reveal_url: str
    what: str = ""

    template: ClassVar[str] = "desk/_parts/masked.html"


@dataclass(frozen=True)
class Tile:
    """A key number with its definition, its instant and the way to its rows."""

    label: str
    value: int | float | str
    definition: str
    as_of: datetime
    href: str = ""
    unit: str = ""
    note: str = ""
    tone: Tone = "plain"
    trend: Sequence[float] = ()

    template: ClassVar[str] = "desk/_parts/tile.html"


@dataclass(frozen=True)
class Event:
    """One line of a timeline: what happened, when, by whom; `recorded_at` is shown when it was learned later."""

    at: datetime
    title: str
    who: str = ""
    text: str = ""
    icon: str = "point"
    tone: Tone = "plain"
    recorded_at: datetime | None = None
    href: str = ""


@dataclass(frozen=True)
class Timeline:
    """Events, newest first as given."""

    events: Sequence[Event]
    empty: str = ""

    template: ClassVar[str] = "desk/_parts/timeline.html"


@dataclass(frozen=True)
class Action:
    """A button of a page's header. With `is_post` it is a form of its own; `confirm` asks before it goes."""

    label: str
    href: str
    icon: str = ""
    is_main: bool = False
    is_post: bool = False
    confirm: str = ""
    values: Mapping[str, str] | None = None

    template: ClassVar[str] = "desk/_parts/action.html"


@dataclass(frozen=True)
class Header:
    """The head of a detail page: what it is, how it stands, its facts (label, any showable value), what can be done."""

    title: Any
    kind: str = ""
    chips: Sequence[Any] = ()
    facts: Sequence[tuple[str, Any]] = ()
    actions: Sequence[Action] = ()
    back: Link | None = None

    template: ClassVar[str] = "desk/_parts/header.html"


@dataclass(frozen=True)
class Step:
    """One step of a wizard; a finished step may lead back."""

    label: str
    state: Literal["done", "now", "next"]
    href: str = ""


@dataclass(frozen=True)
class Steps:
    """A wizard's steps in order."""

    steps: Sequence[Step]

    template: ClassVar[str] = "desk/_parts/steps.html"


@dataclass(frozen=True)
class Progress:
    """Long work: how much is done and when it should end.

    poll_url: answers this part again (`{% show progress %}` alone) every two seconds, without it once finished.
    """

    label: str
    done: int
    total: int
    poll_url: str = ""
    finishes_at: datetime | None = None
    text: str = ""

    template: ClassVar[str] = "desk/_parts/progress.html"

    @property
    def percent(self) -> int:
        """Whole percent done, 100 only when all is done."""
        return 100 if self.done >= self.total else self.done * 100 // self.total


@dataclass(frozen=True)
class Stage:
    """One bar of a funnel: how many rows are here, and where they are."""

    label: str
    count: int
    href: str = ""
    note: str = ""
    tone: Tone = "plain"


@dataclass(frozen=True)
class Funnel:
    """Where the rows of lists stand; every bar is measured against the first, or against `whole`."""

    stages: Sequence[Stage]
    whole: int | None = None

    template: ClassVar[str] = "desk/_parts/funnel.html"

    @property
    def bars(self) -> list[tuple[Stage, float]]:
        """Each stage with its share of the whole in percent, 0 to 100."""
        whole = self.whole or (self.stages[0].count if self.stages else 0)
        return [(s, round(min(100.0, 100 * s.count / whole), 1) if whole else 0.0) for s in self.stages]


@dataclass(frozen=True)
class Shape:
    """One area of a map: SVG path, its count, where its name stands, its rows."""

    code: str
    name: str
    path_d: str
    value: float | None
    href: str = ""
    label_x: float = 0
    label_y: float = 0


@dataclass(frozen=True)
class AreaMap:
    """Areas tinted by a count in at most five classes of equal number; each a link, with a table beside it."""

    title: str
    shapes: Sequence[Shape]
    view_box: str
    definition: str = ""
    as_of: datetime | None = None
    unit: str = ""
    breaks: Sequence[float] = ()

    template: ClassVar[str] = "desk/_parts/map.html"

    @property
    def limits(self) -> list[float]:
        """Lowest value of classes 1 to 4; class 0 is zero alone."""
        if self.breaks:
            return list(self.breaks)[:4]
        values = sorted({s.value for s in self.shapes if s.value})
        if len(values) <= 4:
            return list(values)
        return sorted({values[len(values) * part // 4] for part in range(4)})

    @property
    def tinted(self) -> list[tuple[Shape, str]]:
        """Each shape with its class: `none` for no data, `0` to `4`."""
        return [
            (s, "none" if s.value is None else str(sum(s.value >= low for low in self.limits))) for s in self.shapes
        ]

    @property
    def legend(self) -> list[tuple[str, str]]:
        """Class and words, from low to high."""
        limits, words = (
            self.limits,
            [("0", f"< {self.limits[0]:,g}" if self.limits and self.limits[0] > 1 else "0")],
        )
        for number, low in enumerate(limits, start=1):
            above = limits[number] if number < len(limits) else None
            if above is None:
                words.append((str(number), f"≥ {low:,g}"))
            else:
                words.append((str(number), f"{low:,g}" if above - low == 1 else f"{low:,g}–{above - 1:,g}"))
        return words


@dataclass(frozen=True)
class Reason:
    """Why rows were refused, how many, and where they are."""

    text: str
    count: int
    href: str = ""


@dataclass(frozen=True)
class Receipt:
    """What became of a list: rows read = accepted + rejected, said so or denied."""

    title: str
    read: int
    accepted: int
    rejected: int
    reasons: Sequence[Reason] = ()
    accepted_href: str = ""
    rejected_href: str = ""
    mend_href: str = ""
    received_at: datetime | None = None
    by: str = ""
    notes: Sequence[str] = ()

    template: ClassVar[str] = "desk/_parts/receipt.html"

    @property
    def is_balanced(self) -> bool:
        """No row was lost in silence."""
        return self.read == self.accepted + self.rejected


@dataclass(frozen=True)
class PairField:
    """One field of two people compared: `same`, `near`, `differs`, or `unknown` on a side; weight in bits."""

    label: str
    left: Any
    right: Any
    verdict: Literal["same", "near", "differs", "unknown"]
    weight: float
    reason: str = ""


@dataclass(frozen=True)
class Pair:
    """Two people side by side, why they may be one, and the two answers; `decide_url` takes `decision` by POST."""

    left_title: str
    right_title: str
    fields: Sequence[PairField]
    probability: float
    decide_url: str
    text: str = ""
    same_label: str = ""
    other_label: str = ""
    next_href: str = ""
    left_note: str = ""
    right_note: str = ""

    template: ClassVar[str] = "desk/_parts/pair.html"

    @property
    def weight(self) -> float:
        """Sum of the fields' weights, in bits."""
        return sum(f.weight for f in self.fields)

    @property
    def bars(self) -> list[tuple[PairField, float, float]]:
        """Each field with its bar: start and width in percent of a track whose middle is no evidence."""
        top = max((abs(f.weight) for f in self.fields), default=0) or 1
        return [(f, 50 - (50 * -f.weight / top if f.weight < 0 else 0), 50 * abs(f.weight) / top) for f in self.fields]


@dataclass(frozen=True)
class LateLine:
    """Who owns late work, how much, and the slowest of it."""

    count: int
    what: str
    area: str
    owner: str
    slowest: Clock
    href: str = ""
    post: str = ""


@dataclass(frozen=True)
class LateList:
    """Late work by owner, slowest first whatever the order given."""

    lines: Sequence[LateLine]
    empty: str = ""

    template: ClassVar[str] = "desk/_parts/late.html"

    @property
    def slowest_first(self) -> list[LateLine]:
        """The lines, the longest over its limit first."""
        return sorted(self.lines, key=lambda line: (line.slowest.left_minutes, line.area))


@dataclass(frozen=True)
class Spark:
    """A small line of numbers over equal steps of time."""

    values: Sequence[float]
    label: str = ""

    template: ClassVar[str] = "desk/_parts/spark.html"

    @property
    def points(self) -> str:
        """SVG points in a box of 100 by 24."""
        if len(self.values) < 2:
            return ""
        low, high = min(self.values), max(self.values)
        spread = (high - low) or 1
        step = 100 / (len(self.values) - 1)
        return " ".join(f"{i * step:.1f},{22 - 20 * (v - low) / spread:.1f}" for i, v in enumerate(self.values))

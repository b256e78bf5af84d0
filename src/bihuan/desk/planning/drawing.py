"""Pictures of plans placed on the page: lengths in percent, so that words keep their size on every screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from bihuan.desk import maps
from bihuan.reports import _plans
from bihuan.reports._plans import Bars, Chart, Ways, plain

# Bars of a list longer than this are in the table below.
MOST_BARS = 40
# Runs beyond these begin the hues again.
HUES = 8


@dataclass(frozen=True)
class DrawnBar:
    """One bar: where it ends, where what is there ends, and the words at its end."""

    label: str
    width: str
    have: str
    words: str
    note: str
    tone: str


@dataclass(frozen=True)
class DrawnBars:
    """Bars to one scale, with the limit's line."""

    title: str
    bars: Sequence[DrawnBar]
    limit: str
    limit_words: str
    need: str
    have: str
    left_out: int

    template: ClassVar[str] = "desk/planning/_bars.html"


@dataclass(frozen=True)
class DrawnLine:
    """One line: points of a box of 100 by 100, and its area closed along the bottom."""

    label: str
    kind: str
    points: str
    area: str


@dataclass(frozen=True)
class DrawnChart:
    """Lines with both axes' words; positions in percent of the whole picture."""

    title: str
    lines: Sequence[DrawnLine]
    down: Sequence[tuple[str, str]]
    along: Sequence[tuple[str, str, str]]
    marks: Sequence[tuple[str, str, str, str]]
    unit: str
    note: str

    template: ClassVar[str] = "desk/planning/_chart.html"


@dataclass(frozen=True)
class DrawnWays:
    """Outlines, runs, sites and laboratories on one drawing."""

    title: str
    box: str
    outlines: Sequence[str]
    runs: Sequence[tuple[int, str, str]]
    sites: Sequence[tuple[str, str, str, str]]
    labs: Sequence[tuple[str, str, str, str]]

    template: ClassVar[str] = "desk/planning/_ways.html"


def drawn(
    picture: Bars | Chart | Ways, beside: Bars | Chart | Ways | None = None
) -> DrawnBars | DrawnChart | DrawnWays:
    """A picture placed; `beside` is the same one as things are now, whose lines stand behind it."""
    if isinstance(picture, Bars):
        return _bars(picture)
    if isinstance(picture, Chart):
        return _chart(picture, beside if isinstance(beside, Chart) else None)
    return _ways(picture)


def _bars(one: Bars) -> DrawnBars:
    shown = one.bars[:MOST_BARS]
    top = max([0.0, *(b.need for b in shown), *(b.have or 0.0 for b in shown), one.limit or 0.0]) or 1.0

    def share(value: float) -> str:
        return f"{100 * value / top:.2f}"

    bars = []
    for bar in shown:
        words = plain(round(bar.need, 1)) if bar.have is None else f"{plain(bar.have)} / {plain(bar.need)}"
        have = "" if bar.have is None else share(bar.have)
        bars.append(DrawnBar(bar.label, share(bar.need), have, f"{words} {one.unit}", bar.note, bar.tone))
    limit = "" if one.limit is None else share(one.limit)
    return DrawnBars(one.title, bars, limit, one.limit_words, one.need, one.have, len(one.bars) - len(shown))


# The plot inside the picture, in percent: words of the upright axis stand left of it, of the other below.
LEFT, RIGHT, TOP, BOTTOM = 11.0, 98.0, 8.0, 86.0


def _chart(one: Chart, now: Chart | None) -> DrawnChart:
    lines = list(one.lines)
    if now is not None and now.lines and now.lines != one.lines:
        first = now.lines[0]
        lines.append(_plans.Line(first.label, first.points, "now"))
    every = [p for line in lines for p in line.points]
    high = _round_up(max((y for _x, y in every), default=1.0) or 1.0)
    start, end = min((x for x, _y in every), default=0.0), max((x for x, _y in every), default=1.0)
    span = (end - start) or 1.0

    def spot(x: float, y: float) -> tuple[float, float]:
        return 100 * (x - start) / span, 100 - 100 * y / high

    placed = []
    for line in lines:
        points = " ".join(f"{x:.2f},{y:.2f}" for x, y in (spot(*p) for p in line.points))
        first_x, last_x = spot(line.points[0][0], 0)[0], spot(line.points[-1][0], 0)[0]
        area = f"{first_x:.2f},100 {points} {last_x:.2f},100" if line.kind == "area" else ""
        placed.append(DrawnLine(line.label, line.kind, points, area))

    def across(x: float) -> str:
        return f"{LEFT + (RIGHT - LEFT) * spot(x, 0)[0] / 100:.2f}"

    def down(y: float) -> str:
        return f"{TOP + (BOTTOM - TOP) * spot(0, y)[1] / 100:.2f}"

    inside = [(x, words) for x, words in one.ticks if start <= x <= end]
    ends = {start: "start", end: "end"}
    return DrawnChart(
        one.title, placed, [(down(high * part / 4), plain(high * part / 4)) for part in range(5)],
        [(across(x), words, ends.get(x, "middle")) for x, words in inside],
        [(across(m.x), down(m.y), m.words, m.kind) for m in one.marks if start <= m.x <= end], one.unit, one.note,
    )  # fmt: skip


def _round_up(value: float) -> float:
    """The next number whose quarters one can read."""
    size = 10.0 ** (len(str(int(value))) - 1) if value >= 1 else 0.1
    return next(size * step for step in (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10, 12) if size * step >= value - 1e-9)


def _ways(one: Ways) -> DrawnWays:
    outlined = [a for a in one.areas if a.outline]
    points = [p for a in outlined for ring in a.outline for p in ring]
    spots = [(x, y) for _n, x, y in one.labs] + [(x, y) for _n, x, y, _t in one.sites]
    framed = maps.frame([*points, *spots])
    if framed is None:
        return DrawnWays(one.title, "0 0 1 1", (), (), (), ())
    place, box = framed

    def at(x: float, y: float) -> tuple[str, str]:
        left, top = place((x, y))
        return f"{left:.1f}", f"{top:.1f}"

    # Names stand above and below by turns, so that two laboratories of one town stay readable.
    northmost = sorted(one.labs, key=lambda lab: -lab[2])
    labs = [(n, *at(x, y), "1.7em" if k % 2 else "-0.9em") for k, (n, x, y) in enumerate(northmost)]
    runs = []
    for number, (lab, way) in enumerate(one.runs):
        runs.append((number % HUES, " ".join(",".join(at(x, y)) for x, y in way), lab))
    return DrawnWays(
        one.title, box,
        [" ".join("M" + "L".join(",".join(at(*p)) for p in ring) + "Z" for ring in a.outline) for a in outlined],
        runs, [(n, *at(x, y), tone) for n, x, y, tone in one.sites], labs,
    )  # fmt: skip

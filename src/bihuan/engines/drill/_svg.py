"""Curves as SVG, written by hand: no plotting library in an engine."""

import math
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

import numpy as np

from bihuan.engines.drill._arrays import Array

COLOURS = ("#0b5fa5", "#c2410c", "#15803d", "#7e22ce", "#a16207", "#be123c")
# The lowest, the middle and the highest of some runs.
Range = tuple[float, float, float]
WIDTH, HEIGHT, LEFT, TOP, ROW, SMALL_ROW = 860, 250, 70, 46, 230, 160
PANELS = {
    "people_a_day": ("new_infections", "detected"),
    "restricted": ("person_days_restricted", "in_isolation"),
    "waiting": ("tests_waiting", "studies_waiting", "beds_waiting"),
}
WORDS = {
    "people_a_day": ("每日人数", "People a day"),
    "new_infections": ("新增感染", "new infections"),
    "detected": ("发现", "detected"),
    "r": ("一人传给几人", "R"),
    "r_instant": ("当日", "of the day"),
    "r_cohort": ("近七日感染者", "of those infected lately"),
    "restricted": ("受限人数", "Restricted"),
    "person_days_restricted": ("受限人日", "person-days"),
    "in_isolation": ("隔离中", "in isolation"),
    "waiting": ("等候", "Waiting"),
    "tests_waiting": ("待检管", "tubes"),
    "studies_waiting": ("待流调", "case studies"),
    "beds_waiting": ("待床位", "beds"),
    "day": ("天", "day"),
}


def _points(values: Array, x: Sequence[float], high: float, top: float, row: int) -> list[str]:
    return [
        f"{a:.1f},{top + row - 60 - float(v) / high * (row - 70):.1f}"
        for a, v in zip(x, values, strict=True)
        if not math.isnan(v)
    ]


def _pieces(values: Array) -> list[slice]:
    """Where a line is unbroken: its days without a number part it."""
    told = np.flatnonzero(np.diff(np.concatenate([[0], ~np.isnan(np.asarray(values, float)), [0]]).astype(int)))
    return [slice(int(a), int(b)) for a, b in told.reshape(-1, 2)]


def _sheet(title: str, width: int, height: int) -> list[str]:
    """The first lines of a drawing: white paper and its heading."""
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<text x="{LEFT}" y="24" font-size="16">{escape(title)}</text>',
    ]


def _panel(
    name: str,
    lines: Mapping[str, Array],
    bands: Mapping[str, tuple[Array, Array]],
    top: float,
    row: int,
    *,
    dashes: bool,
    mark: float | None = None,
) -> list[str]:
    """One panel, its upper edge at `top`, `row` high. mark: a value with a line of its own, named on the scale."""
    days = max(len(v) for v in lines.values())
    tops = [float(np.nanmax(v)) for v in lines.values() if not np.isnan(v).all()]
    high = max([1.0, *tops, *(float(b[1].max()) for b in bands.values())])
    if mark is not None:
        high = max(high, 2 * mark)
    x = [LEFT + i * (WIDTH - LEFT - 20) / max(days - 1, 1) for i in range(days)]
    out = [f'<text x="{LEFT}" y="{top + 2}" font-weight="bold">{escape(name)}</text>']

    def level(value: float, text: str, colour: str) -> None:
        y = top + row - 60 - value / high * (row - 70)
        out.append(f'<line x1="{LEFT}" x2="{WIDTH - 20}" y1="{y:.1f}" y2="{y:.1f}" stroke="{colour}"/>')
        out.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{text}</text>')

    if mark is None:
        for part in range(3):
            value = high * part / 2
            level(value, f"{value:g}" if high < 10 else f"{value:,.0f}", "#ddd")
    else:
        level(0.0, "0", "#ddd")
        level(high, f"{high:.1f}", "#ddd")
        level(mark, f"{mark:g}", "#666")
    step = max(1, -(-days // 8))
    out.extend(
        f'<text x="{x[day]:.1f}" y="{top + row - 44}" text-anchor="middle">{day}</text>' for day in range(0, days, step)
    )
    at = LEFT + 220.0
    for i, (label, values) in enumerate(lines.items()):
        colour = COLOURS[i % len(COLOURS)]
        if label in bands:
            low, up = (_points(v, x, high, top, row) for v in bands[label])
            area = " ".join([*low, *reversed(up)])
            out.append(f'<polygon points="{area}" fill="{colour}" fill-opacity="0.15"/>')
        dash = f' stroke-dasharray="{3 + 3 * i} 3"' if dashes and i else ""
        for whole in _pieces(values):
            points = " ".join(_points(values[whole], x[whole], high, top, row))
            out.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>')
        out.append(f'<text x="{at:.0f}" y="{top + 2}" fill="{colour}">{escape(label)}</text>')
        at += 24 + sum(12.5 if ord(c) > 0x2E7F else 7.2 for c in label)
    return out


def curves(
    title: str,
    panels: Sequence[tuple[str, Mapping[str, Array], Mapping[str, tuple[Array, Array]]]],
    *,
    dashes: bool = True,
) -> str:
    """An SVG of panels one under another.

    panels: (title, name -> one value a day, name -> (low, high) a day for a band). Days run from 0.
    """
    height = TOP + ROW * len(panels)
    out = _sheet(title, WIDTH, height)
    for index, (name, lines, bands) in enumerate(panels):
        out += _panel(name, lines, bands, TOP + index * ROW, ROW, dashes=dashes)
    out.append(f'<text x="{WIDTH - 20}" y="{height - 8}" text-anchor="end">day</text></svg>')
    return "\n".join(out) + "\n"


def daily_curve(
    title: str, daily: Mapping[str, Array], spread: Mapping[str, Array] | None = None, *, language: str = ""
) -> str:
    """One run: infections and detections, R under them, people restricted, and what waits.

    spread: from `reproduction`; without it no R is drawn. language: `zh-hans` or `en`; both side by side where it is "".
    """
    height = TOP + ROW * 3 + (SMALL_ROW if spread else 0)
    out = _sheet(title, WIDTH, height)
    top = TOP
    for name, columns in PANELS.items():
        lines: dict[str, Array] = {_said(c, language): daily[c] for c in columns}
        out += _panel(_said(name, language), lines, {}, top, ROW, dashes=True)
        top += ROW
        if spread and name == "people_a_day":
            lines = {_said(c, language): spread[c] for c in ("r_instant", "r_cohort")}
            out += _panel(_said("r", language), lines, {}, top, SMALL_ROW, dashes=True, mark=1.0)
            top += SMALL_ROW
    out.append(f'<text x="{WIDTH - 20}" y="{height - 8}" text-anchor="end">{_said("day", language)}</text></svg>')
    return "\n".join(out) + "\n"


def _said(word: str, language: str) -> str:
    zh, en = WORDS[word]
    return {"zh-hans": zh, "en": en}.get(language, f"{zh} {en}")


def trade_offs(
    title: str, vertical: str, panels: Sequence[tuple[str, Mapping[str, tuple[Range, ...]], Sequence[str]]]
) -> str:
    """An SVG of panels side by side: what is paid to the right, what happened upwards by powers of ten, for doing nothing
    is a hundred times worse than anything else; nearer the corner is better.

    panels: (what is paid, name -> ((low, middle, high) paid, (low, middle, high) happened), the names to be joined).
    """
    side, top, gap = 340, 60, 90
    names = list(panels[0][1])
    height = top + side + 56 + 18 * len(names)
    out = _sheet(title, LEFT + len(panels) * (side + gap), height)
    for index, (paid, points, front) in enumerate(panels):
        x0, most = LEFT + index * (side + gap), [max([1.0, *(p[k][2] for p in points.values())]) for k in (0, 1)]

        def x(value: float, x0: float = x0, high: float = most[0]) -> float:
            return x0 + side * value / high

        def y(value: float, powers: int = max(1, math.ceil(math.log10(most[1])))) -> float:
            return top + side - side * math.log10(max(1.0, value)) / powers

        out.append(f'<text x="{x0}" y="{top - 12}" font-weight="bold">{escape(vertical)}</text>')
        for power in range(max(1, math.ceil(math.log10(most[1]))) + 1):
            up = 10**power
            out.append(f'<line x1="{x0}" x2="{x0 + side}" y1="{y(up):.1f}" y2="{y(up):.1f}" stroke="#ddd"/>')
            out.append(f'<text x="{x0 - 6}" y="{y(up) + 4:.1f}" text-anchor="end">{up:,}</text>')
        for part in range(3):
            across = most[0] * part / 2
            out.append(f'<line x1="{x(across):.1f}" x2="{x(across):.1f}" y1="{top}" y2="{top + side}" stroke="#ddd"/>')
            out.append(f'<text x="{x(across):.1f}" y="{top + side + 16}" text-anchor="middle">{across:,.0f}</text>')
        out.append(f'<text x="{x0 + side}" y="{top + side + 34}" text-anchor="end">{escape(paid)}</text>')
        joined = sorted((points[name] for name in front), key=lambda p: p[0][1])
        line = " ".join(f"{x(p[0][1]):.1f},{y(p[1][1]):.1f}" for p in joined)
        out.append(f'<polyline points="{line}" fill="none" stroke="#666" stroke-dasharray="4 3"/>')
        for i, name in enumerate(names):
            (low, middle, high), (under, mean, over) = points[name]
            colour = COLOURS[i % len(COLOURS)]
            cross = ((low, mean, high, mean), (middle, under, middle, over))
            out.extend(
                f'<line x1="{x(a):.1f}" y1="{y(b):.1f}" x2="{x(c):.1f}" y2="{y(d):.1f}" stroke="{colour}"/>'
                for a, b, c, d in cross
            )
            fill = colour if name in front else "#fff"
            out.append(
                f'<circle cx="{x(middle):.1f}" cy="{y(mean):.1f}" r="5" fill="{fill}" stroke="{colour}" stroke-width="2"/>'
            )
    for i, name in enumerate(names):
        line_y = top + side + 52 + 18 * i
        out.append(f'<circle cx="{LEFT + 6}" cy="{line_y - 4}" r="5" fill="{COLOURS[i % len(COLOURS)]}"/>')
        out.append(f'<text x="{LEFT + 18}" y="{line_y}">{escape(name)}</text>')
    return "\n".join([*out, "</svg>"]) + "\n"

"""A plot of costs on two logarithmic axes, as an SVG of plain lines that a page shows in either colour scheme."""

import math
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

_COLOURS = ("#1f6feb", "#b35900", "#1a7f37", "#8250df", "#6e7781")
_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 720, 380, 64, 170, 44, 44


def lines(file: Path, *, title: str, series: Mapping[str, Sequence[tuple[float, float]]]) -> None:
    """Write one line a series: (size of the work, seconds)."""
    points = [point for line in series.values() for point in line]
    (x0, x1), (y0, y1) = (
        (math.floor(math.log10(min(v))), math.ceil(math.log10(max(v)))) for v in zip(*points, strict=True)
    )

    def at(point: tuple[float, float]) -> tuple[float, float]:
        across = (math.log10(point[0]) - x0) / max(1, x1 - x0)
        up = (math.log10(point[1]) - y0) / max(1, y1 - y0)
        return _LEFT + across * (_WIDTH - _LEFT - _RIGHT), _HEIGHT - _BOTTOM - up * (_HEIGHT - _TOP - _BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif"'
        ' font-size="12" fill="#57606a">',
        f"<title>{escape(title)}</title>",
        f'<text x="{_LEFT}" y="22" font-size="14">{escape(title)}</text>',
    ]
    for power in range(y0, y1 + 1):
        x, y = at((10.0**x0, 10.0**power))
        parts.append(f'<path d="M{x:.0f} {y:.1f}H{_WIDTH - _RIGHT}" stroke="#8c959f" stroke-opacity=".35"/>')
        parts.append(f'<text x="{x - 8:.0f}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:g} s</text>')
    for power in range(x0, x1 + 1):
        x, y = at((10.0**power, 10.0**y0))
        parts.append(f'<text x="{x:.1f}" y="{y + 20:.1f}" text-anchor="middle">{10**power:,}</text>')
    labels: dict[str, float] = {}
    for name, (_x, y) in sorted(((name, at(line[-1])) for name, line in series.items()), key=lambda one: one[1][1]):
        labels[name] = max(
            [y, *(other + 15 for other in labels.values())]
        )  # one under another where lines end together
    for (name, line), colour in zip(series.items(), _COLOURS, strict=False):
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in map(at, line))
        x, _y = at(line[-1])
        parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3" fill="{colour}"/>' for a, b in map(at, line)]
        parts.append(
            f'<text x="{x + 10:.1f}" y="{labels[name] + 4:.1f}" fill="{colour}">{escape(name)} {line[-1][1]:.2g} s</text>'
        )
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join([*parts, "</svg>"]) + "\n", encoding="utf-8")

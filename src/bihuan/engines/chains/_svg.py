"""The two pictures as SVG: no script, no style sheet needed; a page may restyle it by its classes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from xml.sax.saxutils import escape, quoteattr

from bihuan.engines.chains._layout import Dot, Graph, TimeTree

# Nine colours that stay apart for colour-blind eyes on white and on dark; what is beyond them shares the grey.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#56b4e9", "#882255", "#44aa99", "#7f6fc9")
GREY = "#8a8f98"
GENERATIONS = ("#7f1d1d", "#c2410c", "#d97706", "#b8860b", "#4d7c0f", "#0f766e", "#0369a1", "#4338ca", "#7e22ce")
_FONT = "Noto Sans CJK SC, Noto Sans, sans-serif"
_LEFT, _RIGHT, _TOP, _ROW = 56.0, 24.0, 34.0, 15.0


@dataclass(frozen=True)
class Words:
    """What a picture says, in the reader's language.

    title: the picture's name. dot: the words shown over a mark. href: where a mark leads, or "".
    group: a group's name in the legend. others: the name of the groups beyond the colours. generation: a generation's name.
    day: a day of the axis.
    """

    title: str
    dot: Callable[[Dot], str]
    href: Callable[[Dot], str] = field(default=lambda _dot: "")
    group: Callable[[str], str] = field(default=str)
    generation: Callable[[int], str] = field(default=str)
    others: str = "…"
    day: Callable[[date], str] = field(default=lambda day: f"{day.month}-{day.day:02d}")
    chain: Callable[[int], str] = field(default=str)


def legend(dots: Sequence[Dot], words: Words, *, by: str) -> list[tuple[str, str, int]]:
    """Colour, name and number of cases of each entry, largest group first (by group) or in order (by generation)."""
    counts: dict[str, int] = {}
    if by == "generation":
        for dot in dots:
            at = min(dot.generation, len(GENERATIONS) - 1)
            counts[f"{at:02d}"] = counts.get(f"{at:02d}", 0) + dot.count
        last = f"{len(GENERATIONS) - 1:02d}"
        return [
            (GENERATIONS[int(at)], words.generation(int(at)) + ("+" if at == last else ""), n)
            for at, n in sorted(counts.items())
        ]
    for dot in dots:
        counts[dot.group] = counts.get(dot.group, 0) + dot.count
    ranked = sorted((g for g in counts if g), key=lambda g: (-counts[g], g))
    entries = [(c, words.group(g), counts[g]) for g, c in zip(ranked, COLOURS, strict=False)]
    rest = sum(counts[g] for g in ranked[len(COLOURS) :]) + counts.get("", 0)
    return [*entries, (GREY, words.others, rest)] if rest else entries


def _painter(dots: Sequence[Dot], by: str) -> Callable[[Dot], str]:
    if by == "generation":
        return lambda dot: GENERATIONS[min(dot.generation, len(GENERATIONS) - 1)]
    counts: dict[str, int] = {}
    for dot in dots:
        counts[dot.group] = counts.get(dot.group, 0) + dot.count
    ranked = sorted((g for g in counts if g), key=lambda g: (-counts[g], g))
    colours: Mapping[str, str] = dict(zip(ranked, COLOURS, strict=False))
    return lambda dot: colours.get(dot.group, GREY)


def time_tree_svg(tree: TimeTree, words: Words, *, by: str = "group", width: float = 1120.0) -> str:
    """The chains on their time axis. by: colour by `group` or by `generation`."""
    days = max((tree.last_on - tree.first_on).days, 1)
    scale = (width - _LEFT - _RIGHT) / days
    height = _TOP + tree.rows * _ROW + 12

    def x(dot: Dot) -> float:
        return _LEFT + dot.x * scale

    def y(dot: Dot) -> float:
        return _TOP + dot.y * _ROW + _ROW / 2

    out = [_head(width, height, words.title)]
    out += _axis(tree, words, scale, height)
    out.append('<g class="chain-sizes" font-size="10" fill="#6b7280" text-anchor="end">')
    for _head_id, row, size in tree.chains:
        out.append(f'<text x="{_LEFT - 12:.0f}" y="{_TOP + row * _ROW + 11:.1f}">{escape(words.chain(size))}</text>')
    out.append("</g>")
    lines: dict[str, list[str]] = {"sure": [], "unsure": [], "side": []}
    for dot in tree.dots:
        if dot.source >= 0:
            source = tree.dots[dot.source]
            sure = "sure" if dot.probability >= 0.95 else "unsure"
            lines[sure].append(f"M{x(source):.1f} {y(source):.1f}V{y(dot):.1f}H{x(dot):.1f}")
        for other in dot.side:
            source = tree.dots[other]
            lines["side"].append(f"M{x(source):.1f} {y(source):.1f}L{x(dot):.1f} {y(dot):.1f}")
    out += _lines(lines)
    out += _marks(tree.dots, words, by, x, y, 4.0)
    out.append("</svg>")
    return "\n".join(out) + "\n"


def graph_svg(graph: Graph, words: Words, *, by: str = "group") -> str:
    """The graph of cases and contacts. Contacts (kind `contact`) are small and hollow."""

    def x(dot: Dot) -> float:
        return dot.x

    def y(dot: Dot) -> float:
        return dot.y

    out = [_head(graph.width, max(graph.height, 40.0), words.title)]
    lines: dict[str, list[str]] = {"sure": [], "side": []}
    for dot in graph.dots:
        for other, name in [(dot.source, "sure"), *((at, "side") for at in dot.side)]:
            if other >= 0:
                source = graph.dots[other]
                lines[name].append(f"M{source.x:.1f} {source.y:.1f}L{dot.x:.1f} {dot.y:.1f}")
    out += _lines(lines)
    out += _marks(graph.dots, words, by, x, y, 4.5)
    out.append("</svg>")
    return "\n".join(out) + "\n"


def _head(width: float, height: float, title: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}"'
        f' height="{height:.0f}" class="chains" role="img" font-family="{_FONT}">\n<title>{escape(title)}</title>'
        f'\n<rect class="paper" width="100%" height="100%" fill="#fff"/>'
    )


def _axis(tree: TimeTree, words: Words, scale: float, height: float) -> list[str]:
    days = max((tree.last_on - tree.first_on).days, 1)
    step = next((s for s in (1, 2, 7, 14, 28, 56, 91, 182) if s * scale >= 54), 365)
    out = ['<g class="axis" font-size="11" fill="#6b7280" stroke-width="1">']
    for day in range(0, days + 1, step):
        at = _LEFT + day * scale
        out.append(f'<line x1="{at:.1f}" x2="{at:.1f}" y1="24" y2="{height - 6:.1f}" stroke="#e5e7eb"/>')
        label = escape(words.day(tree.first_on + timedelta(days=day)))
        out.append(f'<text x="{at:.1f}" y="16" text-anchor="middle">{label}</text>')
    return [*out, "</g>"]


def _lines(lines: Mapping[str, Sequence[str]]) -> list[str]:
    """One path a kind of line: five thousand links are three elements."""
    looks = {
        "sure": 'stroke="#9ca3af" stroke-width="1.2"',
        "unsure": 'stroke="#9ca3af" stroke-width="1.2" stroke-dasharray="4 2"',
        "side": 'stroke="#cbd5e1" stroke-width="0.8" stroke-dasharray="1 3"',
    }
    order = [name for name in ("side", "unsure", "sure") if lines.get(name)]
    return [f'<path class="link-{name}" d="{"".join(lines[name])}" fill="none" {looks[name]}/>' for name in order]


def _marks(
    dots: Sequence[Dot], words: Words, by: str, x: Callable[[Dot], float], y: Callable[[Dot], float], radius: float
) -> list[str]:
    paint = _painter(dots, by)
    out = ['<g class="cases" stroke="#fff" stroke-width="0.8">']
    for dot in dots:
        colour = paint(dot)
        hollow = dot.kind == "contact" or not dot.is_dated
        size = 2.6 if dot.kind == "contact" else min(radius + 1.1 * (dot.count - 1) ** 0.5, 7.0)
        look = f'fill="#fff" stroke="{colour}" stroke-width="1.4"' if hollow else f'fill="{colour}"'
        mark = (
            f'<circle cx="{x(dot):.1f}" cy="{y(dot):.1f}" r="{size:.1f}" {look}>'
            f"<title>{escape(words.dot(dot))}</title></circle>"
        )
        if dot.count > 1:
            mark += (
                f'<text x="{x(dot) + size + 2:.1f}" y="{y(dot) + 3.5:.1f}" font-size="10" fill="{colour}"'
                f' stroke="none">×{dot.count}</text>'
            )
        href = words.href(dot)
        out.append(f"<a href={quoteattr(href)}>{mark}</a>" if href else mark)
    return [*out, "</g>"]

"""Schematic map outlines where no boundaries are published: a county divided among its townships and villages.

The lines are drawn, not surveyed: cells of a relaxed power diagram (weighted Voronoi) inside the county's
outline, with gently wandering borders. They carry a count's colour, never a claim about land.
"""

import math
import zlib
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from bihuan.engines.linkage._divisions import Division

Point = tuple[float, float]
Outline = list[Point]
Floats = NDArray[np.float64]

# The invented county lies in the open Pacific, where no map of a real county can be mistaken for it.
QINGHE_OUTLINE: Outline = [
    (170.021, 30.318), (170.058, 30.352), (170.092, 30.341), (170.131, 30.372), (170.176, 30.401),
    (170.214, 30.392), (170.247, 30.421), (170.301, 30.437), (170.338, 30.418), (170.372, 30.433),
    (170.421, 30.409), (170.447, 30.371), (170.438, 30.336), (170.471, 30.301), (170.502, 30.287),
    (170.497, 30.246), (170.461, 30.221), (170.468, 30.184), (170.431, 30.152), (170.396, 30.159),
    (170.362, 30.121), (170.318, 30.098), (170.281, 30.112), (170.243, 30.087), (170.198, 30.071),
    (170.163, 30.094), (170.128, 30.089), (170.097, 30.121), (170.061, 30.132), (170.048, 30.171),
    (170.012, 30.197), (169.987, 30.236), (170.003, 30.274),
]  # fmt: skip
QINGHE_RIVER: Outline = [
    (170.131, 30.372), (170.148, 30.338), (170.182, 30.322), (170.197, 30.287), (170.236, 30.271),
    (170.262, 30.243), (170.301, 30.238), (170.327, 30.207), (170.368, 30.199), (170.391, 30.178),
    (170.431, 30.152),
]  # fmt: skip


def schematic_outlines(
    divisions: Iterable[Division],
    county_outline: Sequence[Point] | None = None,
    *,
    seed: int = 2022,
    county: str | None = None,
    shares: Mapping[str, float] | None = None,
) -> dict[str, Outline]:
    """One closed outline per township, in degrees: code → [(lon, lat), …] without the first point repeated.

    `county_outline` is the county's border (Qinghe's when left out); `county` its code, needed when the
    divisions hold several. `shares` weighs the areas (any positive numbers); left out, a township weighs by
    the square root of its number of villages, a 街道 half as much. Subdistricts (街道) lie together in the
    middle, as the seat of a county usually does. The same arguments give the same lines.
    """
    border = list(county_outline or QINGHE_OUTLINE)
    known = list(divisions)
    townships = _townships(known, county)
    if not townships:
        return {}
    streets = {d.code for d in known if d.kind == "街道"}
    usual = {code: math.sqrt(1 + n) * (0.55 if code in streets else 1.0) for code, n in townships.items()}
    weight = np.array([(shares or {}).get(code, usual[code]) for code in townships])
    town = np.array([code in streets for code in townships])
    owner, grid, steps = _divide(border, weight, town, seed=seed)
    lines = _trace(owner, grid, steps, len(townships))
    return dict(zip(townships, lines, strict=True))


def village_points(
    divisions: Iterable[Division], county_outline: Sequence[Point] | None = None, *, seed: int = 2022,
    county: str | None = None,
) -> dict[str, Point]:  # fmt: skip
    """One point per village inside its township's outline, spread evenly: code → (lon, lat)."""
    known = list(divisions)
    found: dict[str, Point] = {}
    for township, line in schematic_outlines(known, county_outline, seed=seed, county=county).items():
        villages = sorted(d.code for d in known if d.level == "village" and d.code.startswith(township))
        if not villages:
            continue
        chance = np.random.default_rng((seed, zlib.crc32(township.encode())))
        inside = _samples(line, chance, 900)
        seeds = _relaxed(inside, inside[chance.choice(len(inside), len(villages))], np.ones(len(villages)))
        found |= {c: (float(x), float(y)) for c, (x, y) in zip(villages, seeds, strict=True)}
    return found


def centre_of(outline: Sequence[Point]) -> Point:
    """Where to write an area's name: the point of the outline's inside farthest from its border."""
    line = np.asarray(outline, dtype=float)
    inside = _samples(list(outline), np.random.default_rng(1), 400)
    dense = np.concatenate([line + (np.roll(line, -1, axis=0) - line) * t for t in (0.0, 0.33, 0.67)])
    x, y = inside[int(np.argmax(cKDTree(dense).query(inside)[0]))]
    return float(x), float(y)


def smoothed(line: Sequence[Point], *, rounds: int = 3) -> Outline:
    """An open line with its corners cut (Chaikin), ends kept: a river that bends instead of breaking."""
    spots = np.asarray(line, dtype=float)
    for _ in range(rounds):
        near, far = spots[:-1] * 0.75 + spots[1:] * 0.25, spots[:-1] * 0.25 + spots[1:] * 0.75
        middle = np.stack([near, far], axis=1).reshape(-1, 2)
        spots = np.concatenate([spots[:1], middle, spots[-1:]])
    return [(float(x), float(y)) for x, y in spots]


def to_svg_paths(
    outlines: Mapping[str, Sequence[Point]], width: float, height: float, *, margin: float = 12.0,
    closed: bool = True, frame: Iterable[Point] | None = None,
) -> dict[str, str]:  # fmt: skip
    """SVG path data (`d`) per code, fitted into a box of `width` × `height` pixels, north up.

    The projection is equirectangular at the middle latitude, true enough for one county. `frame` gives the
    points that set the scale (default: the outlines themselves), so that a river or a label fits the same map.
    """
    place = svg_projection([p for o in outlines.values() for p in o] if frame is None else frame, width, height,
                           margin=margin)  # fmt: skip
    paths: dict[str, str] = {}
    for code, line in outlines.items():
        spots = [place(point) for point in line]
        paths[code] = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in spots) + ("Z" if closed else "")
    return paths


class svg_projection:  # noqa: N801 - reads as a function where it is used
    """From (lon, lat) in degrees to (x, y) in pixels, for a box fitted around the given points."""

    def __init__(self, points: Iterable[Point], width: float, height: float, *, margin: float = 12.0) -> None:
        spots = np.asarray(list(points), dtype=float)
        (west, south), (east, north) = spots.min(axis=0), spots.max(axis=0)
        self._narrow = math.cos(math.radians((south + north) / 2))
        across, up = (east - west) * self._narrow, north - south
        self._scale = min((width - 2 * margin) / across, (height - 2 * margin) / up)
        self._west, self._north = west, north
        self._left = (width - across * self._scale) / 2
        self._top = (height - up * self._scale) / 2

    def __call__(self, point: Point) -> Point:
        x = self._left + (point[0] - self._west) * self._narrow * self._scale
        return float(x), float(self._top + (self._north - point[1]) * self._scale)


def _townships(divisions: Iterable[Division], county: str | None) -> dict[str, int]:
    known = [d for d in divisions if county is None or d.code.startswith(county)]
    found = {d.code: 0 for d in sorted(known, key=lambda d: d.code) if d.level == "township"}
    for division in known:
        if division.level == "village" and division.code[:9] in found:
            found[division.code[:9]] += 1
    return found


def _inside(line: Sequence[Point], spots: Floats) -> NDArray[np.bool_]:
    """Even-odd rule for many points at once."""
    x, y = spots[:, 0], spots[:, 1]
    odd = np.zeros(len(spots), dtype=bool)
    for (ax, ay), (bx, by) in zip(line, [*line[1:], line[0]], strict=True):
        if ay != by:
            odd ^= ((ay > y) != (by > y)) & (x < (bx - ax) * (y - ay) / (by - ay) + ax)
    return odd


def _samples(line: Sequence[Point], chance: np.random.Generator, wanted: int) -> Floats:
    border = np.asarray(line, dtype=float)
    low, high = border.min(axis=0), border.max(axis=0)
    spots = low + chance.random((wanted * 4, 2)) * (high - low)
    kept = spots[_inside(line, spots)]
    return kept if len(kept) else border.mean(axis=0, keepdims=True)


def _relaxed(spots: Floats, seeds: Floats, weight: Floats, rounds: int = 12) -> Floats:
    for _ in range(rounds):
        nearest = cKDTree(seeds).query(spots)[1]
        for i in range(len(seeds)):
            mine = spots[nearest == i]
            if len(mine):
                seeds[i] = mine.mean(axis=0)
    return seeds


def _divide(
    border: Outline, weight: Floats, town: NDArray[np.bool_], *, seed: int, cells: int = 220
) -> tuple[NDArray[np.int64], Floats, Point]:
    """A raster of the county: which township owns each cell (−1 outside), by a power diagram of fitted areas."""
    line = np.asarray(border, dtype=float)
    narrow = math.cos(math.radians(float(line[:, 1].mean())))
    low, high = line.min(axis=0), line.max(axis=0)
    step = max((high[0] - low[0]) * narrow, high[1] - low[1]) / cells
    xs = np.arange(low[0] - 2 * step / narrow, high[0] + 3 * step / narrow, step / narrow)
    ys = np.arange(low[1] - 2 * step, high[1] + 3 * step, step)
    spots = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    mask = _inside(border, spots)
    flat = (spots - low) * (narrow, 1.0) / (step * cells)
    mine = flat[mask]
    chance = np.random.default_rng(seed)
    # A smooth displacement bends straight cell borders the way fields and streams do.
    wander = np.zeros_like(mine)
    for wave in (5.0, 11.0, 23.0):
        turn = chance.random((2, 3)) * 2 * math.pi
        for axis in (0, 1):
            phase = wave * (mine[:, 1 - axis] * math.cos(turn[axis, 0]) + mine[:, axis] * math.sin(turn[axis, 0]))
            wander[:, axis] += 0.075 / wave * np.sin(phase * 2 + turn[axis, 1])
    moved = mine + wander
    seeds = _relaxed(moved, moved[chance.choice(len(moved), len(weight), replace=False)].copy(), weight, 30)
    if town.any() and not town.all():
        first = seeds[((seeds - moved.mean(axis=0)) ** 2).sum(axis=1).argmin()]
        middle_out = seeds[((seeds - first) ** 2).sum(axis=1).argsort()]
        seeds[town], seeds[~town] = middle_out[: town.sum()], middle_out[town.sum() :]
    target = weight / weight.sum()
    power = np.zeros(len(weight))
    for _ in range(60):
        gap = ((moved[:, None, :] - seeds[None, :, :]) ** 2).sum(axis=2) - power
        owner = gap.argmin(axis=1)
        share = np.bincount(owner, minlength=len(weight)) / len(moved)
        power += 0.04 * (target - share) * (1 / len(weight)) ** 0.5
        for i in range(len(weight)):
            if (owner == i).any():
                seeds[i] += 0.5 * (moved[owner == i].mean(axis=0) - seeds[i])
    full = np.full(len(spots), -1, dtype=np.int64)
    full[mask] = owner
    return full.reshape(len(ys), len(xs)), np.array([xs[0], ys[0]]), (step / narrow, step)


def _trace(owner: NDArray[np.int64], origin: Floats, step: Point, count: int) -> list[Outline]:
    """The raster's regions as polygons: shared borders are simplified alike, so that neighbours fit."""
    smooth: dict[tuple[int, int], Point] = {}
    rings = [_ring(owner == i) for i in range(count)]
    degree = _junctions(owner)
    lines: list[Outline] = []
    for ring in rings:
        line: Outline = []
        n = len(ring)
        for k, corner in enumerate(ring):
            if corner not in smooth:
                if corner in degree:
                    smooth[corner] = (float(corner[1]), float(corner[0]))
                else:
                    near = [ring[(k + d) % n] for d in range(-_REACH, _REACH + 1)]
                    cut = _between_junctions(near, degree)
                    smooth[corner] = (sum(c[1] for c in cut) / len(cut), sum(c[0] for c in cut) / len(cut))
            line.append(smooth[corner])
        kept = [p for k, p in enumerate(line) if ring[k] in degree or (ring[k][0] + ring[k][1]) % 3 == 0]
        lines.append([
            (round(float(origin[0] + (x - 0.5) * step[0]), 6), round(float(origin[1] + (y - 0.5) * step[1]), 6))
            for x, y in kept
        ])  # fmt: skip
    return lines


_REACH = 4


def _between_junctions(near: list[tuple[int, int]], stops: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """A window around its middle, shrunk evenly so that it passes no meeting point of three areas."""
    reach = next((d for d in range(1, _REACH + 1) if near[_REACH - d] in stops or near[_REACH + d] in stops), _REACH)
    return near[_REACH - reach : _REACH + reach + 1]


def _junctions(owner: NDArray[np.int64]) -> set[tuple[int, int]]:
    four = np.stack([owner[:-1, :-1], owner[:-1, 1:], owner[1:, :-1], owner[1:, 1:]])
    four.sort(axis=0)
    kinds = 1 + (four[1:] != four[:-1]).sum(axis=0)
    return {(int(r) + 1, int(c) + 1) for r, c in np.argwhere(kinds >= 3)}


def _ring(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """The outer border of a region as lattice corners (row, column), walked with the region on the left."""
    padded = np.pad(mask, 1)
    after: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for row, col in np.argwhere(mask):
        r, c = int(row), int(col)
        for (dr, dc), a, b in (
            ((-1, 0), (r, c), (r, c + 1)),
            ((0, 1), (r, c + 1), (r + 1, c + 1)),
            ((1, 0), (r + 1, c + 1), (r + 1, c)),
            ((0, -1), (r + 1, c), (r, c)),
        ):
            if not padded[r + 1 + dr, c + 1 + dc]:
                after.setdefault(a, []).append(b)
    longest: list[tuple[int, int]] = []
    while after:
        start = next(iter(after))
        ring, at = [start], after[start].pop()
        if not after[start]:
            del after[start]
        while at != start:
            ring.append(at)
            onward = after[at].pop()
            if not after[at]:
                del after[at]
            at = onward
        if len(ring) > len(longest):
            longest = ring
    return longest

"""Outlines of areas as SVG: enough for a county on a wall, with no tile server and no library."""

from collections.abc import Callable, Mapping, Sequence
from math import cos, radians
from typing import Any

from bihuan.desk.parts import Shape

WIDTH = 640.0


def shapes(areas: Sequence[Any], values: Mapping[str, float], href: Callable[[Any], str]) -> tuple[list[Shape], str]:
    """Shapes of the areas that have an outline, with their view box."""
    drawn = [a for a in areas if a.outline]
    framed = frame([p for a in drawn for ring in a.outline for p in ring])
    if framed is None:
        return [], ""
    place, box = framed
    found = []
    for area in drawn:
        rings = [[place(p) for p in ring] for ring in area.outline]
        path = " ".join("M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in ring) + "Z" for ring in rings)
        x, y = _middle(max(rings, key=len))
        found.append(Shape(area.code, area.name, path, values.get(area.code, 0), href(area), round(x, 1), round(y, 1)))
    return found, box


def frame(points: Sequence[Sequence[float]]) -> tuple[Callable[[Sequence[float]], tuple[float, float]], str] | None:
    """Where each of these degrees stands on a drawing, and the drawing's view box; None without points.

    Degrees are stretched to true proportions at the middle latitude; a county is small enough for that.
    """
    if not points:
        return None
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    squeeze = cos(radians((south + north) / 2))
    scale = WIDTH / ((east - west) * squeeze or 1)

    def place(point: Sequence[float]) -> tuple[float, float]:
        return (point[0] - west) * squeeze * scale, (north - point[1]) * scale

    return place, f"0 0 {WIDTH:.0f} {(north - south) * scale:.0f}"


def _middle(ring: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The centroid of a polygon by its signed area."""
    twice = cx = cy = 0.0
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        cross = x1 * y2 - x2 * y1
        twice += cross
        cx += (x1 + x2) * cross
        cy += (y1 + y2) * cross
    if abs(twice) < 1e-9:
        return ring[0]
    return cx / (3 * twice), cy / (3 * twice)

"""The paths of edges between placed nodes, as SVG path data.

In rows, edges leave a node's upper or lower side beside each other, in the order of where they go,
so parallel links lie apart and do not cross. On an ellipse they are straight, and parallel ones
bow apart.
"""

from __future__ import annotations

import math
from collections import defaultdict

from sidr.draw.places import Layout, Place
from sidr.draw.sketch import Sketch

SIDE = 0.8
"""Share of a node's side that edges leave from."""
STEP = 6.0
"""Most px between two edges at a node."""
BOW = 12.0
"""Between parallel links on an ellipse, px."""

Point = tuple[float, float]


def edge_paths(sketch: Sketch, layout: Layout) -> list[str]:
    """Path data of every edge, by number."""
    return _curves(sketch, layout) if layout.in_rows else _chords(sketch, layout)


def number(value: float) -> str:
    """A coordinate to a tenth, as short as it gets."""
    return f"{round(value, 1) + 0.0:g}" if abs(value) < 1e5 else f"{value:.0f}"


def _curves(sketch: Sketch, layout: Layout) -> list[str]:
    ends = list(zip(sketch.near.tolist(), sketch.far.tolist(), strict=True))
    offsets = _offsets(ends, layout.places)
    return [
        _curve(layout.places[a], layout.places[b], *offsets[edge])
        for edge, (a, b) in enumerate(ends)
    ]


def _offsets(ends: list[tuple[int, int]], places: tuple[Place, ...]) -> list[tuple[float, float]]:
    """How far from the middle of its near and its far node each edge leaves, px."""
    sides: defaultdict[tuple[int, bool], list[tuple[float, int, int]]] = defaultdict(list)
    for edge, (a, b) in enumerate(ends):
        sides[a, places[b].y > places[a].y].append((places[b].x, edge, 0))
        sides[b, places[a].y > places[b].y].append((places[a].x, edge, 1))
    found = [[0.0, 0.0] for _ in ends]
    for (node, _), leaving in sides.items():
        step = min(STEP, SIDE * places[node].width / len(leaving))
        for rank, (_, edge, end) in enumerate(sorted(leaving)):
            found[edge][end] = (rank - (len(leaving) - 1) / 2) * step
    return [(near, far) for near, far in found]


def _curve(a: Place, b: Place, from_a: float, from_b: float) -> str:
    """An S between two rows, an arc above one row."""
    x0, x1 = a.x + from_a, b.x + from_b
    if a.y == b.y:
        y = a.y - a.height / 2
        rise = y - 14 - 0.12 * abs(x1 - x0)
        return _bezier((x0, y), (x0, rise), (x1, rise), (x1, b.y - b.height / 2))
    down = math.copysign(1, b.y - a.y)
    y0, y1 = a.y + down * a.height / 2, b.y - down * b.height / 2
    middle = (y0 + y1) / 2
    return _bezier((x0, y0), (x0, middle), (x1, middle), (x1, y1))


def _chords(sketch: Sketch, layout: Layout) -> list[str]:
    pairs = [
        (min(a, b), max(a, b))
        for a, b in zip(sketch.near.tolist(), sketch.far.tolist(), strict=True)
    ]
    parallel: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for edge, pair in enumerate(pairs):
        parallel[pair].append(edge)
    paths = []
    for edge, pair in enumerate(pairs):
        beside = parallel[pair]
        bow = (beside.index(edge) - (len(beside) - 1) / 2) * BOW
        paths.append(_chord(layout.places[pair[0]], layout.places[pair[1]], bow))
    return paths


def _chord(a: Place, b: Place, bow: float) -> str:
    length = math.hypot(b.x - a.x, b.y - a.y)
    if not length:
        y = a.y - a.height / 2
        return _bezier((a.x - 4, y), (a.x - 16, y - 22), (a.x + 16, y - 22), (a.x + 4, y))
    if not bow:
        return f"M{_point((a.x, a.y))}L{_point((b.x, b.y))}"
    x, y = (a.x + b.x) / 2, (a.y + b.y) / 2
    lean = 2 * bow / length  # a quadratic curve passes half way to its control point
    control = (x - (b.y - a.y) * lean, y + (b.x - a.x) * lean)
    return f"M{_point((a.x, a.y))}Q{_point(control)} {_point((b.x, b.y))}"


def _bezier(start: Point, leave: Point, arrive: Point, end: Point) -> str:
    return f"M{_point(start)}C{_point(leave)} {_point(arrive)} {_point(end)}"


def _point(point: Point) -> str:
    return f"{number(point[0])},{number(point[1])}"

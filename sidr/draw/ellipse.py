"""Places for a graph without tiers: on an ellipse, in the order of a walk through the graph.

The walk goes to unvisited neighbours first, so a ring stands in its own order. No chord of an
ellipse runs through a third switch.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from sidr.draw.places import BARE, NODE_HEIGHT, Layout, Place, cut, node_px
from sidr.draw.sketch import Sketch

RADII = ((200.0, 140.0), (260.0, 180.0), (320.0, 220.0), (420.0, 270.0), (520.0, 320.0))
"""Half axes to try, px: the first on which all labels have room."""
GAP = 8.0
"""Between labels, px."""
EDGE = 10.0


def ellipse(sketch: Sketch) -> Layout:
    """Places around an ellipse, labelled where there is room."""
    order = walk(sketch)
    labels = [cut(name) for name in sketch.names]
    for radii in RADII:
        places = _around(order, labels, radii)
        if not _crowded([places[node] for node in order]):
            break
    else:
        places = _around(order, [""] * len(labels), RADII[-1])
    left = min(place.x - place.width / 2 for place in places) - EDGE
    top = min(place.y - place.height / 2 for place in places) - EDGE
    width = max(place.x + place.width / 2 for place in places) + EDGE - left
    height = max(place.y + place.height / 2 for place in places) + EDGE - top
    moved = tuple(place._replace(x=place.x - left, y=place.y - top) for place in places)
    return Layout(width, height, moved, (), (), False)


def walk(sketch: Sketch) -> list[int]:
    """All nodes, each as soon as possible after a neighbour: depth first, lowest number first."""
    neighbours: list[set[int]] = [set() for _ in sketch.names]
    for a, b in zip(sketch.near.tolist(), sketch.far.tolist(), strict=True):
        neighbours[a].add(b)
        neighbours[b].add(a)
    order: dict[int, None] = {}
    for start in range(len(neighbours)):
        waiting = [start]
        while waiting:
            node = waiting.pop()
            if node not in order:
                order[node] = None
                waiting += sorted(neighbours[node] - order.keys(), reverse=True)
    return list(order)


def _around(order: Sequence[int], labels: Sequence[str], radii: tuple[float, float]) -> list[Place]:
    """Clockwise from the top, by node number."""
    places = [Place(0, 0, 0, 0, "")] * len(order)
    for rank, node in enumerate(order):
        angle = 2 * math.pi * rank / len(order)
        label = labels[node]
        width, height = (node_px(label), NODE_HEIGHT) if label else (BARE, BARE)
        x, y = radii[0] * math.sin(angle), -radii[1] * math.cos(angle)
        places[node] = Place(x, y, width, height, label)
    return places


def _crowded(ring: Sequence[Place]) -> bool:
    """Whether places come too near to each other; neighbours and those opposite at the tips."""
    nearby = [*pairwise([*ring, ring[0]]), *zip(ring, [*ring[2:], *ring[:2]], strict=True)]
    return len(ring) > 1 and any(
        abs(a.x - b.x) < (a.width + b.width) / 2 + GAP
        and abs(a.y - b.y) < (a.height + b.height) / 2 + GAP
        for a, b in nearby
        if a is not b
    )

"""Graphs without tiers stand on an ellipse; a ring stands in its own order."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from sidr.draw.ellipse import ellipse, walk
from sidr.draw.places import node_px
from sidr.draw.sketch import sketch
from sidr.topology import fabric, load
from tests.draw.test_rows import overlap


@pytest.mark.parametrize(
    "spec", ["topologies/ring-7.yaml", "jellyfish:switches=40,degree=6,seed=1"]
)
def test_labels_fit_and_do_not_overlap(spec: str) -> None:
    layout = ellipse(sketch(load(spec)))
    assert not layout.in_rows
    assert [pair for pair in combinations(layout.places, 2) if overlap(*pair)] == []
    for place in layout.places:
        assert place.label and node_px(place.label) <= place.width
        assert 0 < place.x < layout.width and 0 < place.y < layout.height


def test_a_large_graph_has_no_labels() -> None:
    layout = ellipse(sketch(load("jellyfish:switches=200,degree=4,seed=1")))
    assert not any(place.label for place in layout.places)


def test_a_ring_stands_in_its_order_whatever_its_numbers() -> None:
    ring = [0, 3, 1, 4, 2]
    built = fabric("ring", names=list("abcde"), a=np.array(ring), b=np.array(ring[1:] + ring[:1]))
    order = walk(sketch(built))
    at = order.index(0)
    assert order[at:] + order[:at] in (ring, [0, *ring[:0:-1]])


@pytest.mark.parametrize("switches", [1, 2, 3])
def test_tiny_graphs_are_drawn(switches: int) -> None:
    a = np.arange(switches - 1)
    built = fabric("tiny", names=list("abc"[:switches]), a=a, b=a + 1)
    layout = ellipse(sketch(built))
    assert [place.label for place in layout.places] == list("abc"[:switches])
    assert [pair for pair in combinations(layout.places, 2) if overlap(*pair)] == []

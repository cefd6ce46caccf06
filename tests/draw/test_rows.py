"""Tiers stand in rows, pods in boxes, and nothing lies over anything."""

from __future__ import annotations

from functools import cache
from itertools import combinations

import numpy as np
import pytest

from sidr.draw.places import Layout, Place, node_px, text_px
from sidr.draw.rows import WIDTH, rows
from sidr.draw.sketch import sketch
from sidr.topology import fabric, load
from tests.draw.sites import small_campus

LABELLED = (
    "leaf-spine:leaves=4,spines=4",
    "leaf-spine:leaves=4,spines=4,parallel=4",
    "leaf-spine:leaves=1,spines=1",
    "fat-tree:k=4",
    "fat-tree:k=8",
    "10p10u:size=mini",
    "10p10u:size=small",
)
BARE = ("leaf-spine:leaves=100,spines=40", "clos:pods=8,leaves=16,aggs=4,cores=16")
BUNDLED = ("10p10u:size=full",)


@cache
def laid(spec: str) -> Layout:
    return rows(sketch(load(spec)))


def overlap(a: Place, b: Place) -> bool:
    return abs(a.x - b.x) < (a.width + b.width) / 2 and abs(a.y - b.y) < (a.height + b.height) / 2


@pytest.mark.parametrize("spec", [*LABELLED, *BARE, *BUNDLED])
def test_no_switch_lies_over_another_or_outside(spec: str) -> None:
    layout = laid(spec)
    assert [pair for pair in combinations(layout.places, 2) if overlap(*pair)] == []
    for place in layout.places:
        assert place.width / 2 <= place.x <= layout.width - place.width / 2
        assert place.height / 2 <= place.y <= layout.height - place.height / 2


@pytest.mark.parametrize("spec", LABELLED)
def test_small_fabrics_have_labels_that_fit(spec: str) -> None:
    layout = laid(spec)
    assert layout.width <= WIDTH + 16
    for place in layout.places:
        assert place.label and node_px(place.label) <= place.width


@pytest.mark.parametrize("spec", BARE)
def test_labels_are_left_out_where_there_is_no_room(spec: str) -> None:
    layout = laid(spec)
    assert not any(place.label for place in layout.places)
    assert layout.width <= 1.2 * WIDTH


@pytest.mark.parametrize("spec", [*LABELLED, *BUNDLED])
def test_names_of_frames_fit(spec: str) -> None:
    for frame in laid(spec).frames:
        assert frame.text and text_px(frame.text, 12) <= frame.width


def test_the_core_is_on_top_and_pods_hold_their_switches() -> None:
    built = load("fat-tree:k=4")
    layout = laid("fat-tree:k=4")
    heights = [
        {place.y for place, tier in zip(layout.places, built.tier, strict=True) if tier == t}
        for t in (2, 1, 0)
    ]
    assert [len(found) for found in heights] == [1, 1, 1]
    assert max(heights[0]) < max(heights[1]) < max(heights[2])
    assert [frame.text for frame in layout.frames] == ["pod 0", "pod 1", "pod 2", "pod 3"]
    for place, pod in zip(layout.places, built.pod, strict=True):
        inside = [
            f.text
            for f in layout.frames
            if f.x < place.x < f.x + f.width and f.y < place.y < f.y + f.height
        ]
        assert inside == ([f"pod {pod}"] if pod >= 0 else [])
    assert {caption.text for caption in layout.captions} == {"leaf", "agg", "core"}


def test_labels_leave_out_what_their_box_and_their_row_say() -> None:
    assert laid("fat-tree:k=4").places[0].label == "leaf0"  # of p0-leaf0
    assert laid("fat-tree:k=8").places[0].label == "0"  # there is no room for leaf0


def test_planes_stand_apart_with_their_names() -> None:
    built, layout = load("10p10u:size=small"), laid("10p10u:size=small")
    assert [c.text for c in layout.captions if c.text.startswith("plane")] == ["plane 0", "plane 1"]
    lowest = max(p.y for p, plane in zip(layout.places, built.plane, strict=True) if plane == 0)
    highest = min(p.y for p, plane in zip(layout.places, built.plane, strict=True) if plane == 1)
    assert lowest < highest


@pytest.mark.parametrize("links_max", [10, 4000])
def test_sites_of_pods_stand_under_their_own_cores(links_max: int) -> None:
    drawn = sketch(small_campus(), links_max)
    layout = rows(drawn)
    assert [pair for pair in combinations(layout.places, 2) if overlap(*pair)] == []
    for node, place in enumerate(layout.places):
        if drawn.tier[node] == 2:
            plane_and_site = (drawn.plane == drawn.plane[node]) & (drawn.site == drawn.site[node])
            pods = np.flatnonzero(plane_and_site & (drawn.pod >= 0))
            x = [layout.places[pod].x for pod in pods]
            assert min(x) < place.x < max(x)
    assert {frame.text for frame in layout.frames} == {"pod 0", "pod 1", "pod 2", "pod 3", "pod 4"}


def test_sites_without_pods_are_boxes() -> None:
    built = fabric(
        "two towns",
        names=["a-leaf0", "a-spine0", "b-leaf0", "b-spine0", "hub"],
        a=np.array([0, 2, 1, 3]),
        b=np.array([1, 3, 4, 4]),
        tier=np.array([0, 1, 0, 1, 2]),
        site=np.array([0, 0, 1, 1, -1]),
    )
    layout = rows(sketch(built))
    assert [frame.text for frame in layout.frames] == ["site 0", "site 1"]
    assert [place.label for place in layout.places] == ["leaf0", "leaf0", "spine0", "spine0", "hub"]

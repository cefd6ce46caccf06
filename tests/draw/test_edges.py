"""Paths begin and end at their switches; parallel links lie apart."""

from __future__ import annotations

import re

import pytest

from sidr.draw.edges import edge_paths, number
from sidr.draw.ellipse import ellipse
from sidr.draw.rows import rows
from sidr.draw.sketch import sketch
from sidr.topology import load

SPECS = ("leaf-spine:leaves=4,spines=4,parallel=3", "fat-tree:k=8", "topologies/ring-7.yaml")


def points(path: str) -> list[tuple[float, float]]:
    numbers = [float(text) for text in re.findall(r"-?[0-9.]+", path)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


@pytest.mark.parametrize("spec", SPECS)
def test_every_path_joins_its_two_switches(spec: str) -> None:
    built = load(spec)
    drawn = sketch(built)
    layout = rows(drawn) if built.tiered else ellipse(drawn)
    paths = edge_paths(drawn, layout)
    assert len(paths) == built.links
    for link, path in enumerate(paths):
        ends = {int(built.near[link]), int(built.far[link])}
        for x, y in (points(path)[0], points(path)[-1]):
            at = [
                switch
                for switch in ends
                if abs(layout.places[switch].x - x) <= layout.places[switch].width / 2 + 0.1
                and abs(layout.places[switch].y - y) <= layout.places[switch].height / 2 + 0.1
            ]
            assert len(at) == 1, (link, path)
            ends -= set(at)


@pytest.mark.parametrize("spec", SPECS)
def test_no_two_links_have_one_path(spec: str) -> None:
    built = load(spec)
    drawn = sketch(built)
    paths = edge_paths(drawn, rows(drawn) if built.tiered else ellipse(drawn))
    assert len(set(paths)) == len(paths)


def test_a_bundle_inside_its_group_is_a_bow() -> None:
    drawn = sketch(load("jellyfish:switches=40,degree=6,seed=1"), links_max=10)
    paths = edge_paths(drawn, ellipse(drawn))
    assert all(len(set(points(path))) > 1 for path in paths)


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.0, "1"), (1.25, "1.2"), (-0.01, "0"), (1234.56, "1234.6"), (123456.7, "123457")],
)
def test_coordinates_are_short(value: float, text: str) -> None:
    assert number(value) == text

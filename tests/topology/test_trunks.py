"""Which links lie in one connector."""

from __future__ import annotations

import numpy as np
import pytest

from sidr.topology import fabric, load
from sidr.topology.trunks import trunk_number


@pytest.mark.parametrize(
    "spec",
    ["leaf-spine", "leaf-spine:spines=3,parallel=2", "fat-tree:k=8", "10p10u:size=small", "clos"],
)
def test_every_link_is_in_one_trunk_and_no_trunk_takes_all_uplinks_of_a_switch(spec: str) -> None:
    made = load(spec)
    members = np.concatenate(made.srlg_links)
    assert sorted(members.tolist()) == list(range(made.links))
    uplinks = np.bincount(made.near, minlength=made.switches)
    for links in made.srlg_links:
        (switch,) = set(made.near[links].tolist())
        assert len(links) <= min(8, -(-int(uplinks[switch]) // 2))
        assert len(links) < uplinks[switch]


@pytest.mark.parametrize(
    ("spines", "trunk", "sizes"),
    [(8, 8, [4, 4]), (8, 3, [3, 3, 2]), (32, 8, [8] * 4), (5, 8, [3, 2]), (2, 8, [1, 1])],
)
def test_uplinks_are_cut_in_order(spines: int, trunk: int, sizes: list[int]) -> None:
    made = load(f"leaf-spine:leaves=1,spines={spines},trunk={trunk}")
    assert [len(links) for links in made.srlg_links] == sizes
    assert np.concatenate(made.srlg_links).tolist() == list(range(spines))


def test_trunks_are_numbered_in_link_order() -> None:
    made = load("fat-tree:k=4")
    assert made.srlg_names == tuple(f"t{i}" for i in range(32))
    first = [int(links[0]) for links in made.srlg_links]
    assert first == sorted(first)


def test_trunk_none_makes_no_trunk() -> None:
    assert load("fat-tree:k=4,trunk=none").srlg_names == ()


def test_links_between_leaves_share_no_trunk_with_uplinks() -> None:
    names = ["leaf0", *(f"leaf{i}" for i in range(1, 7)), "spine0", "spine1"]
    peers, spines = range(1, 7), (7, 8)
    made = fabric("x", names=names, a=[0] * 8, b=[*peers, *spines], tier=[0] * 7 + [1] * 2)
    assert [len(links) for links in made.srlg_links] == [3, 3, 1, 1]


@pytest.mark.parametrize(("name", "number"), [("t0", 0), ("t12", 12), ("t01", -1), ("t", -1)])
def test_a_trunk_is_known_by_its_name(name: str, number: int) -> None:
    assert trunk_number(name) == number

"""What is drawn: everything of a small fabric, groups and bundles of a large one."""

from __future__ import annotations

import numpy as np
import pytest

from sidr.draw.sketch import GROUPS_MAX, LINKS_MAX, sketch, words_of
from sidr.topology import fabric, load
from tests.draw.sites import PLANES, PODS, SITES, small_campus


def test_a_small_fabric_is_drawn_link_by_link() -> None:
    drawn = sketch(load("fat-tree:k=4"))
    assert not drawn.bundled
    assert (len(drawn.names), len(drawn.near)) == (20, 32)
    assert [drawn.link_id(drawn.edge_title(edge)) for edge in range(32)] == list(range(32))


def test_beyond_the_limit_pods_are_nodes_and_their_links_bundles() -> None:
    built = load("10p10u:size=full")
    assert built.links > LINKS_MAX
    drawn = sketch(built)
    assert drawn.bundled
    assert (len(drawn.names), len(drawn.near)) == (16 * 9, 16 * 8)
    assert drawn.links.sum() == built.links
    assert np.array_equal(drawn.near[drawn.edge_of], drawn.node_of[built.near])
    assert np.array_equal(drawn.far[drawn.edge_of], drawn.node_of[built.far])
    assert drawn.titles[0] == "n0-p0-leaf0 … n0-p0-leaf31"
    assert drawn.edge_title(0).endswith(": 1,024 links")


def test_the_limit_itself_is_still_drawn_link_by_link() -> None:
    built = load("leaf-spine:leaves=4,spines=4")
    assert not sketch(built, links_max=16).bundled
    assert sketch(built, links_max=15).bundled


def test_a_fabric_without_pods_is_grouped_by_number() -> None:
    drawn = sketch(load("leaf-spine:leaves=128,spines=64"))
    assert (drawn.bundled, len(drawn.names), len(drawn.near)) == (True, 32, 256)
    assert set(drawn.names) == {"×8", "×4"}


def test_a_bundle_may_stay_inside_its_group() -> None:
    drawn = sketch(load("jellyfish:switches=40,degree=6,seed=1"), links_max=10)
    assert drawn.links.sum() == 120
    assert (drawn.near == drawn.far).any()
    assert (drawn.near <= drawn.far).all()


def test_where_there_are_too_many_groups_planes_are_drawn_as_one() -> None:
    built = small_campus()
    assert built.switches == PLANES * (SITES * (2 * PODS + 1) + 1) > GROUPS_MAX
    drawn = sketch(built, links_max=10)
    assert len(drawn.names) == SITES * (2 * PODS + 1) + 1
    assert set(drawn.names) == {f"×{PLANES}"}
    assert drawn.links.sum() == built.links


@pytest.mark.parametrize("rank", [0, 1])
def test_link_names_are_read_even_when_switch_names_look_like_them(rank: int) -> None:
    names = ["a", "b#1", "b", "a--b", "c"]
    built = fabric(
        "odd",
        names=names,
        a=np.array([0, 0, 0, 0, 3, 1]),
        b=np.array([1, 1, 2, 2, 4, 4]),
        tier=np.array([0, 1, 1, 0, 1]),
    )
    drawn = sketch(built)
    ambiguous = {"a--b#1"}  # the link to b#1, and the second one to b
    for link in range(built.links):
        name = built.link_name(link)
        assert built.link_name(drawn.link_id(name)) == name
        assert name in ambiguous or drawn.link_id(name) == link
    with pytest.raises(KeyError):
        drawn.link_id(f"a--nobody#{rank}")


def test_tiers_are_called_by_the_word_that_their_switches_share() -> None:
    assert words_of(load("fat-tree:k=4")) == {0: "leaf", 1: "agg", 2: "core"}
    assert words_of(load("topologies/ring-7.yaml")) == {}

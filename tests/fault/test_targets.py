"""What a target's text selects."""

import networkx as nx
import pytest

from sidr.errors import FaultError
from sidr.fault.targets import (
    Selection,
    link_tiers,
    links,
    plane_of,
    planes,
    planner,
    srlgs,
    switches,
    tier_words,
)
from sidr.model.fabric import Fabric
from sidr.topology import from_networkx, load


@pytest.fixture(scope="module")
def tree() -> Fabric:
    return load("fat-tree:k=4")


@pytest.fixture(scope="module")
def double() -> Fabric:
    return load("leaf-spine:leaves=4,spines=4,parallel=2")


@pytest.fixture(scope="module")
def flat() -> Fabric:
    return from_networkx(nx.petersen_graph())


def names(selection: Selection) -> list[str]:
    return [selection.name(int(id)) for id in selection.ids]


def test_every_link_is_selected_by_its_name_with_its_ends_in_any_order(double: Fabric) -> None:
    for link in range(double.links):
        name = double.link_name(link)
        pair, _, rank = name.partition("#")
        near, far = pair.split("--")
        turned = f"{far}--{near}" + (f"#{rank}" if rank else "")
        assert links(double, name, "").ids.tolist() == [link]
        assert links(double, turned, "").ids.tolist() == [link]


def test_a_selection_of_one_is_named_and_one_of_many_is_not(double: Fabric) -> None:
    assert links(double, "leaf0--spine1", "").is_named
    assert links(double, "leaf0--spine1#*", "").is_named
    assert not links(double, "leaf*--spine1", "").is_named


def test_a_bundle_is_all_parallel_links_of_a_pair(double: Fabric) -> None:
    bundle = links(double, "spine1--leaf0#*", "")
    assert names(bundle) == ["leaf0--spine1#*"]
    members = bundle.links(int(bundle.ids[0]))
    assert [double.link_name(m) for m in members] == ["leaf0--spine1", "leaf0--spine1#1"]


def test_a_glob_selects_links_by_their_ends(double: Fabric) -> None:
    assert len(links(double, "leaf*--spine0", "").ids) == 8
    assert names(links(double, "leaf[01]--spine0#1", "")) == ["leaf0--spine0#1", "leaf1--spine0#1"]
    assert names(links(double, "leaf?--spine0#*", "")) == [f"leaf{i}--spine0#*" for i in range(4)]
    assert len(links(double, "leaf3*", "").ids) == len(links(double, "leaf3--*", "").ids) == 8
    assert len(links(double, "*", "").ids) == len(links(double, "", "").ids) == 32


def test_tiers_select_the_links_between_them(tree: Fabric) -> None:
    assert link_tiers(tree)["leaf-agg"] == (0, 1)
    for text in ("leaf-agg", "agg-leaf", "tier0-tier1", "tier1-tier0"):
        assert set(links(tree, text, "").ids.tolist()) == set(range(16))
    assert set(links(tree, "agg-core", "").ids.tolist()) == set(range(16, 32))
    assert "leaf-core" not in link_tiers(tree)


def test_tier_words_come_from_the_names_all_switches_of_a_tier_share() -> None:
    small = load("10p10u:size=small")
    assert {w: t for w, t in tier_words(small).items() if "tier" not in w} == {
        "leaf": 0,
        "agg": 1,
        "core": 2,
    }


def test_a_graph_without_tiers_has_no_tier_words(flat: Fabric) -> None:
    assert tier_words(flat) == {}
    assert len(switches(flat, "", "").ids) == 10


def test_switches_by_name_glob_and_tier(tree: Fabric) -> None:
    assert names(switches(tree, "core2", "")) == ["core2"]
    assert names(switches(tree, "p0-*", "")) == ["p0-leaf0", "p0-leaf1", "p0-agg0", "p0-agg1"]
    assert names(switches(tree, "core", "")) == [f"core{i}" for i in range(4)]
    assert len(switches(tree, "tier0", "").ids) == 8


def test_an_open_switch_target_leaves_the_leaves_out(tree: Fabric) -> None:
    assert set(tree.tier[switches(tree, "", "").ids].tolist()) == {1, 2}


def test_trunks_by_name_and_glob(double: Fabric) -> None:
    one = srlgs(double, "t3", "")
    assert names(one) == ["t3"]
    assert one.links(int(one.ids[0])) == sorted(double.srlg_links[3].tolist())
    assert (
        len(srlgs(double, "", "").ids) == len(srlgs(double, "*", "").ids) == len(double.srlg_names)
    )


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("p0-leaf0--p0-ag1", "p0-leaf0--p0-agg1"),
        ("p0-laef0--p0-agg1", "p0-leaf0--p0-agg1"),
        ("p0-leaf0--p0-agg1#1", "p0-leaf0--p0-agg1"),
        ("leaf-ag", "leaf-agg"),
        ("p0-leaf0", "p0-leaf0--*"),
        ("zz*--yy", ""),
        ("leaf-agg#1x", "leaf-agg"),
    ],
)
def test_a_link_that_is_none_comes_with_the_nearest(tree: Fabric, text: str, nearest: str) -> None:
    with pytest.raises(FaultError) as caught:
        links(tree, text, "here")
    assert [(m.where, m.nearest) for m in caught.value.mistakes] == [("here", nearest)]


def test_two_switches_that_are_not_linked_show_what_the_first_is_linked_to(tree: Fabric) -> None:
    with pytest.raises(FaultError) as caught:
        links(tree, "p0-leaf0--p1-agg1", "")
    assert caught.value.mistakes[0].allowed == "p0-leaf0--p0-agg0, p0-leaf0--p0-agg1"


def test_unknown_switches_and_trunks_come_with_the_nearest(tree: Fabric) -> None:
    with pytest.raises(FaultError) as caught:
        switches(tree, "cor2", "")
    assert caught.value.mistakes[0].nearest == "core2"
    with pytest.raises(FaultError) as caught:
        srlgs(tree, "tt3", "")
    assert caught.value.mistakes[0].nearest == "t3"


def test_planes_are_those_of_the_fabric_or_the_parts_above_its_leaves(tree: Fabric) -> None:
    small = load("10p10u:size=small")
    assert names(planes(small, "", "")) == names(planes(small, "*", "")) == ["0", "1"]
    assert (plane_of(small) == small.plane).all()
    spines = load("leaf-spine:leaves=3,spines=3")
    assert plane_of(spines).tolist() == [-1, -1, -1, 0, 1, 2]
    assert names(planes(spines, "[12]", "")) == ["1", "2"]
    halves = plane_of(tree)
    assert {tree.names[v] for v in range(tree.switches) if halves[v] == 0} == {
        *(f"p{pod}-agg0" for pod in range(4)),
        "core0",
        "core1",
    }


def test_a_plane_stands_for_all_links_that_touch_it(tree: Fabric) -> None:
    one = planes(tree, "1", "")
    assert one.is_named
    found = {tree.link_name(link) for link in one.links(1)}
    assert len(found) == 16
    assert all("agg1" in name for name in found)


def test_a_fabric_of_one_plane_says_so_and_a_plane_that_is_none_comes_with_those_there_are(
    flat: Fabric, tree: Fabric
) -> None:
    with pytest.raises(FaultError, match="one plane"):
        planes(flat, "0", "")
    with pytest.raises(FaultError) as caught:
        planes(tree, "2", "")
    assert caught.value.mistakes[0].allowed == "0, 1"


def test_the_planner_is_dead_unless_it_is_said_to_be_slow(tree: Fabric) -> None:
    assert names(planner(tree, "", "")) == names(planner(tree, "dead", "")) == ["dead"]
    assert names(planner(tree, "slow", "")) == ["slow"]
    assert planner(tree, "slow", "").is_named
    with pytest.raises(FaultError) as caught:
        planner(tree, "ded", "")
    assert caught.value.mistakes[0].nearest == "dead"

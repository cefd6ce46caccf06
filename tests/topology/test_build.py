"""Numbers, ports and parts of a Fabric."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from sidr.errors import TopologyError
from sidr.model.fabric import Fabric
from sidr.topology import fabric, fabric_hash, load, restrict


def same(a: Fabric, b: Fabric) -> bool:
    return all(
        all(np.array_equal(x, y) for x, y in zip(one, other, strict=True))
        if field.name == "srlg_links"
        else np.array_equal(one, other)
        for field in fields(Fabric)
        for one, other in [(getattr(a, field.name), getattr(b, field.name))]
    )


def test_switches_are_numbered_by_plane_tier_pod_and_natural_name() -> None:
    made = fabric(
        "x",
        names=["leaf10", "leaf2", "spine", "leaf1", "other"],
        a=[0, 1, 3],
        b=[2, 2, 2],
        tier=[0, 0, 1, 0, 0],
        pod=[0, 0, -1, 1, 0],
        plane=[0, 0, 0, 0, 1],
    )
    assert made.names == ("leaf2", "leaf10", "leaf1", "spine", "other")


def test_near_is_the_lower_tier_and_the_lower_number_on_a_tie() -> None:
    made = fabric("x", names=["a", "b", "c"], a=[2, 1], b=[0, 0], tier=[1, 1, 0])
    assert made.names == ("c", "a", "b")
    assert [made.link_name(i) for i in range(2)] == ["c--a", "a--b"]


def test_a_network_described_in_another_order_is_the_same_fabric() -> None:
    one = load("clos:pods=2,leaves=3,aggs=2,cores=4")
    rng = np.random.default_rng(3)
    switches, links = rng.permutation(one.switches), rng.permutation(one.links)
    position = np.argsort(switches)
    flip = rng.integers(0, 2, one.links).astype(bool)
    near, far = position[one.near], position[one.far]
    two = fabric(
        one.label,
        names=[one.names[i] for i in switches],
        a=np.where(flip, far, near)[links],
        b=np.where(flip, near, far)[links],
        tier=one.tier[switches],
        pod=one.pod[switches],
        hosts=one.hosts[switches],
        length_m=one.length_m[links],
    )
    assert same(one, two)


def test_parallel_links_are_ranked_by_position_or_as_given() -> None:
    by_position = fabric("x", names=["a", "b"], a=[0, 1], b=[1, 0], length_m=[1, 2])
    as_given = fabric("x", names=["a", "b"], a=[0, 1], b=[1, 0], length_m=[1, 2], rank=[1, 0])
    assert [by_position.link_name(i) for i in range(2)] == ["a--b", "a--b#1"]
    assert by_position.length_m.tolist() == [1, 2]
    assert as_given.length_m.tolist() == [2, 1]
    assert as_given.rank.tolist() == [0, 1]


def test_delay_is_five_ns_per_metre_rounded() -> None:
    made = fabric("x", names=["a", "b", "c"], a=[0, 1], b=[1, 2], length_m=[20, 0.33])
    assert made.delay_ns.tolist() == [100, 2]


def test_groups_are_leaves_or_all_switches_where_there_are_no_tiers() -> None:
    assert load("leaf-spine:leaves=3,spines=2").groups.tolist() == [0, 1, 2]
    flat = fabric("x", names=["a", "b"], a=[0], b=[1])
    assert not flat.tiered
    assert flat.groups.tolist() == [0, 1]
    assert flat.hosts.tolist() == [1, 1]


def test_every_array_is_read_only() -> None:
    made = load("10p10u")
    for field in fields(Fabric):
        value = getattr(made, field.name)
        arrays = value if field.name == "srlg_links" else [value]
        assert not any(isinstance(a, np.ndarray) and a.flags.writeable for a in arrays)


def test_slots_of_a_link_point_at_each_other() -> None:
    made = load("leaf-spine:leaves=2,spines=2,parallel=2")
    for link in range(made.links):
        up, down = made.slots_of(link)
        assert (made.src[up], made.nbr[up]) == (made.near[link], made.far[link])
        assert made.twin[up] == down


def test_named_srlgs_follow_their_links_and_stand_after_the_trunks() -> None:
    made = fabric(
        "x", names=["b", "a", "c"], a=[0, 0], b=[2, 1], srlgs={"duct10": [0], "duct2": [0, 1]}
    )
    assert made.srlg_names == ("t0", "t1", "duct2", "duct10")
    named = dict(zip(made.srlg_names, made.srlg_links, strict=True))
    assert [made.link_name(i) for i in named["duct10"]] == ["b--c"]
    assert [made.link_name(i) for i in named["duct2"]] == ["a--b", "b--c"]


def test_a_plane_alone_is_the_plane_of_the_whole() -> None:
    whole = load("10p10u:size=small")
    part, switch_map, link_map = restrict(whole, [1])
    assert part.names == tuple(n for n in whole.names if n.startswith("n1-"))
    assert (part.switches, part.links, len(part.groups)) == (80, 512, 32)
    assert len(part.srlg_names) == len(whole.srlg_names) // 2
    for link in np.flatnonzero(link_map >= 0):
        assert part.link_name(link_map[link]) == whole.link_name(link)
    kept = np.flatnonzero(switch_map >= 0)
    assert [part.names[i] for i in switch_map[kept]] == [whole.names[i] for i in kept]
    assert (switch_map[:80] == -1).all()
    assert part.links_per_host == whole.links_per_host


def test_restricting_to_everything_changes_nothing() -> None:
    whole = load("10p10u:size=small")
    part, switch_map, link_map = restrict(whole, range(2))
    assert same(whole, part)
    assert fabric_hash(part) == fabric_hash(whole)
    assert switch_map.tolist() == list(range(160))
    assert link_map.tolist() == list(range(1024))


def test_an_srlg_across_the_cut_is_dropped() -> None:
    whole = fabric("x", names=list("abcd"), a=[0, 2], b=[1, 3], srlgs={"both": [0, 1], "one": [1]})
    part, _, _ = restrict(whole, [1])
    assert "one" in part.srlg_names
    assert "both" not in part.srlg_names


def test_a_fabric_without_switches_is_refused() -> None:
    with pytest.raises(TopologyError, match="no switches"):
        fabric("x", names=[], a=[], b=[])


def test_capacities_that_overflow_are_refused() -> None:
    with pytest.raises(TopologyError, match="too large"):
        load("leaf-spine:capacity=1000P")

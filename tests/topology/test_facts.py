"""Facts and complaints, against paths walked by hand or by networkx."""

from __future__ import annotations

import networkx as nx
import pytest

from sidr.topology import fabric, fabric_hash, facts, load, to_networkx
from sidr.topology.facts import complaints


def test_the_full_10p10u_earns_its_name() -> None:
    found = facts(load("10p10u:size=full"))
    assert found["capacity_bps"] == 2048 * 32 * 400 * 10**9 >= 10**16
    assert found["latency_ns_max"] < 10_000
    assert (found["switches"], found["links"], found["hosts"]) == (5120, 131072, 2048)
    assert (found["planes"], found["groups"], found["diameter_hops"]) == (16, 2048, 4)


@pytest.mark.parametrize(
    ("spec", "latency"),
    [
        ("leaf-spine", 3 * 600 + 2 * 100 + 2 * 15),
        ("fat-tree:k=4", 5 * 600 + 2 * (100 + 500) + 2 * 15),
        ("leaf-spine:leaves=1", 600 + 2 * 15),
    ],
)
def test_latency_adds_switches_links_and_host_cables(spec: str, latency: int) -> None:
    assert facts(load(spec))["latency_ns_max"] == latency


def test_the_worst_component_counts_even_where_planes_differ() -> None:
    far = fabric("x", names=list("abcd"), a=[0, 2], b=[1, 3], length_m=[10, 1000])
    assert facts(far)["latency_ns_max"] == 2 * 600 + 5000 + 30


@pytest.mark.parametrize("spec", ["topologies/ring-7.yaml", "clos", "10p10u"])
def test_the_diameter_is_that_of_networkx(spec: str) -> None:
    made = load(spec)
    assert facts(made)["diameter_hops"] == nx.diameter(to_networkx(made))


def test_counts_are_plain_integers_and_the_hash_is_the_fabric_s() -> None:
    made = load("10p10u:size=small")
    found = facts(made)
    assert all(type(v) is int for k, v in found.items() if k not in ("spec", "hash"))
    assert found["hash"] == fabric_hash(made)
    assert found["srlgs"] == len(made.srlg_names)
    assert found["hosts"] == 128


def test_a_sound_fabric_draws_no_complaint() -> None:
    assert complaints(load("10p10u:size=small")) == []


def test_a_plane_that_falls_apart_is_named_with_its_lost_switches() -> None:
    broken = fabric("x", names=list("abcd"), a=[0, 1], b=[1, 2])
    (text,) = map(str, complaints(broken))
    assert text.startswith("plane 0: falls apart into 2 components; the smallest: d")


def test_every_part_that_fell_off_a_plane_is_named_smallest_first() -> None:
    broken = fabric("x", names=list("abcdefghij"), a=[0, 1, 2, 6, 7, 4], b=[1, 2, 3, 7, 8, 5])
    (text,) = map(str, complaints(broken))
    assert "4 components; the smallest: j; the next: e, f; the next: g, h, i (allowed" in text


def test_planes_apart_from_each_other_are_no_complaint() -> None:
    assert complaints(fabric("x", names=list("abcd"), a=[0, 2], b=[1, 3], plane=[0, 0, 1, 1])) == []


def test_idle_leaves_and_half_hosts_are_complaints() -> None:
    idle = fabric(
        "x",
        names=["a", "b", "s"],
        a=[0, 1],
        b=[2, 2],
        tier=[0, 0, 1],
        hosts=[0, 3, 0],
        links_per_host=2,
    )
    assert [m.where for m in complaints(idle)] == ["a", "hosts"]


def test_a_plane_without_leaves_is_a_complaint() -> None:
    lost = fabric(
        "x", names=["a", "s", "x", "y"], a=[0, 2], b=[1, 3], tier=[0, 1, 1, 2], plane=[0, 0, 1, 1]
    )
    assert [m.where for m in complaints(lost)] == ["plane 1"]

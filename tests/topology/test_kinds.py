"""The shapes that kinds make, in figures that anyone can recompute."""

from __future__ import annotations

import numpy as np
import pytest

from sidr.errors import TopologyError
from sidr.topology import load, to_networkx
from sidr.topology.facts import complaints
from sidr.topology.kinds import KINDS, Kind


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(kind, id=kind.name, marks=[pytest.mark.slow] * (kind.name == "campus"))
        for kind in KINDS.values()
    ],
)
def test_every_kind_works_with_its_defaults_alone(kind: Kind) -> None:
    made = load(kind.name)
    assert complaints(made) == []
    assert made.label == kind.name


def test_kinds_are_known_by_their_own_names() -> None:
    assert [kind.name for kind in KINDS.values()] == list(KINDS)


@pytest.mark.parametrize(
    ("spec", "switches", "links", "ports"),
    [
        ("leaf-spine:leaves=4,spines=3,parallel=2", 7, 24, 4 * 6),
        ("fat-tree:k=2", 5, 4, 2),
        ("fat-tree:k=4", 20, 32, 16),
        ("fat-tree:k=8", 80, 256, 128),
        ("clos", 24, 48, 32),
        ("clos:pods=3,leaves=2,aggs=4,cores=4,agg_uplinks=2", 22, 48, 24),
        ("10p10u:size=mini", 20, 32, 16),
        ("10p10u:size=small", 160, 1024, 512),
        ("campus:sites=2", 16 * 1664, 16 * 73_728, 16 * 32_768),
    ],
)
def test_sizes(spec: str, switches: int, links: int, ports: int) -> None:
    made = load(spec)
    assert (made.switches, made.links, int(made.hosts.sum())) == (switches, links, ports)


def test_agg_j_of_every_pod_reaches_its_own_cores() -> None:
    graph = to_networkx(load("fat-tree:k=6"))
    for pod in range(6):
        for j in range(3):
            cores = {v for v in graph[f"p{pod}-agg{j}"] if v.startswith("core")}
            assert cores == {f"core{c}" for c in range(3 * j, 3 * j + 3)}


def test_aggs_share_core_sets_where_they_have_more_uplinks_than_their_part() -> None:
    graph = to_networkx(load("clos:pods=2,leaves=2,aggs=4,cores=8,agg_uplinks=4"))
    reached = [{v for v in graph[f"p1-agg{j}"] if v.startswith("core")} for j in range(4)]
    low, high = ({f"core{c}" for c in cores} for cores in (range(4), range(4, 8)))
    assert reached == [low, high, low, high]


def test_planes_of_the_small_10p10u_are_apart_and_equal() -> None:
    made = load("10p10u:size=small")
    assert made.names[0] == "n0-p0-leaf0"
    assert np.array_equal(made.component, made.plane)
    one, two = (np.flatnonzero(made.plane == p) for p in (0, 1))
    assert [n[2:] for n in np.array(made.names)[one]] == [n[2:] for n in np.array(made.names)[two]]


def test_the_full_10p10u_has_the_published_size() -> None:
    made = load("10p10u:size=full")
    assert (made.switches, made.links, len(made.groups)) == (5120, 131072, 2048)
    assert int(made.hosts.sum()) // made.links_per_host == 2048
    ports = np.diff(made.ptr) + made.hosts
    in_tier = {tier: set(ports[made.tier == tier].tolist()) for tier in range(3)}
    assert in_tier == {0: {64}, 1: {64}, 2: {64}}


def test_lengths_follow_the_tiers() -> None:
    made = load("fat-tree:k=4")
    assert {
        (int(made.tier[a]), float(length))
        for a, length in zip(made.near, made.length_m, strict=True)
    } == {(0, 20.0), (1, 100.0)}


def test_capacity_holds_for_links_and_host_ports() -> None:
    made = load("leaf-spine:capacity=1.6T")
    assert set(made.capacity_bps.tolist()) == {1_600_000_000_000}
    assert made.host_bps == 1_600_000_000_000


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("fat-tree:k=3", "even number"),
        ("clos:agg_uplinks=3", "does not divide cores=8"),
        ("clos:aggs=2,cores=8,agg_uplinks=2", "without a link"),
        ("clos:cores=3,aggs=2,agg_uplinks=1", "at least 2"),
        ("leaf-spine:leaves=4096,spines=4096", "makes 16777216 links"),
        ("campus:sites=5", "1..4"),
    ],
)
def test_values_that_do_not_fit_each_other_are_refused(spec: str, said: str) -> None:
    with pytest.raises(TopologyError, match=said):
        load(spec)

"""The campus: its graph against networkx built link by link, its size against the definition."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from sidr.topology import facts, load, to_networkx
from sidr.topology.campus import Campus, campus
from sidr.topology.facts import complaints
from sidr.topology.layered import Cables, Clos

CABLES = Cables(capacity_bps=10**9, trunk=0)
SITE = Clos(pods=2, leaves=2, aggs=4, cores=8, agg_uplinks=4, hosts=3, links_per_host=2)
SMALL = Campus(planes=2, sites=3, site=SITE, supers=6, core_uplinks=2)


def test_a_campus_is_the_graph_of_its_definition() -> None:
    expected = nx.Graph()
    for n in range(2):
        for s in range(3):
            for p in range(2):
                for j in range(4):
                    agg = f"n{n}-s{s}-p{p}-agg{j}"
                    expected.add_edges_from((agg, f"n{n}-s{s}-p{p}-leaf{i}") for i in range(2))
                    first = j % 2 * 4
                    cores = range(first, first + 4)
                    expected.add_edges_from((agg, f"n{n}-s{s}-core{c}") for c in cores)
            for c in range(8):
                first = c % 3 * 2
                supers = range(first, first + 2)
                expected.add_edges_from((f"n{n}-s{s}-core{c}", f"n{n}-super{u}") for u in supers)
    made = campus("x", SMALL, CABLES)
    assert nx.utils.graphs_equal(
        nx.Graph(nx.Graph(to_networkx(made)).edges), nx.Graph(expected.edges)
    )
    assert made.links == expected.number_of_edges()


def test_switches_know_their_place() -> None:
    made = campus("x", SMALL, CABLES)
    place = {
        name: (int(made.plane[i]), int(made.site[i]), int(made.pod[i]), int(made.tier[i]))
        for i, name in enumerate(made.names)
    }
    assert place["n1-s2-p1-leaf0"] == (1, 2, 5, 0)
    assert place["n0-s1-p0-agg3"] == (0, 1, 2, 1)
    assert place["n0-s1-core7"] == (0, 1, -1, 2)
    assert place["n1-super5"] == (1, -1, -1, 3)
    assert made.names[:3] == ("n0-s0-p0-leaf0", "n0-s0-p0-leaf1", "n0-s0-p1-leaf0")
    assert set(made.hosts[made.tier == 0].tolist()) == {3}
    assert made.hosts[made.tier > 0].sum() == 0


def test_one_site_of_the_real_size() -> None:
    made = load("campus:sites=1")
    found = facts(made)
    assert (found["switches"], found["links"]) == (16 * (768 + 128), 16 * (32_768 + 4_096))
    assert (found["planes"], found["tiers"], found["groups"]) == (16, 4, 16 * 256)
    assert int(made.hosts.sum()) == 262_144
    assert np.unique(made.length_m).tolist() == [20, 100, 2000]
    assert complaints(made) == []
    ports = np.diff(made.ptr) + made.hosts
    assert [set(ports[made.tier == tier].tolist()) for tier in range(4)] == [
        {128},
        {128},
        {80},
        {32},
    ]


@pytest.mark.slow
def test_the_whole_campus_has_the_size_of_its_definition() -> None:
    made = load("campus")
    found = facts(made)
    assert (found["switches"], found["links"], found["hosts"]) == (51_200, 2_359_296, 32_768)
    assert int(made.hosts.sum()) == 1_048_576
    assert (found["planes"], found["components"], found["groups"]) == (16, 16, 16_384)
    cables_ns = 2 * 5 * (20 + 100 + 2000) + 2 * 15
    assert found["latency_ns_max"] == 7 * 600 + cables_ns
    assert found["diameter_hops"] == 6
    assert complaints(made) == []
    ports = np.diff(made.ptr) + made.hosts
    assert int(ports.max()) == 128

"""Columns of layered fabrics: their graphs against networkx built link by link."""

from __future__ import annotations

import networkx as nx

from sidr.topology import to_networkx
from sidr.topology.layered import Cables, Clos, folded_clos, leaf_spine

CABLES = Cables(capacity_bps=10**9, trunk=0)


def test_a_folded_clos_is_the_graph_of_its_definition() -> None:
    shape = Clos(planes=2, pods=2, leaves=3, aggs=4, cores=6, agg_uplinks=3, hosts=5)
    expected = nx.Graph()
    for n in range(2):
        for p in range(2):
            for j in range(4):
                agg = f"n{n}-p{p}-agg{j}"
                expected.add_edges_from((agg, f"n{n}-p{p}-leaf{i}") for i in range(3))
                first = j % 2 * 3
                expected.add_edges_from((agg, f"n{n}-core{c}") for c in range(first, first + 3))
    made = folded_clos("x", shape, CABLES)
    assert nx.utils.graphs_equal(
        nx.Graph(nx.Graph(to_networkx(made)).edges), nx.Graph(expected.edges)
    )
    assert made.links == expected.number_of_edges()
    assert set(made.hosts[made.tier == 0].tolist()) == {5}
    assert made.hosts[made.tier > 0].sum() == 0


def test_a_leaf_spine_is_complete_between_its_tiers() -> None:
    made = leaf_spine("x", 3, 2, 2, CABLES)
    graph = to_networkx(made)
    assert all(
        graph.number_of_edges(f"leaf{i}", f"spine{j}") == 2 for i in range(3) for j in (0, 1)
    )
    assert graph.number_of_edges() == 12

"""The border to networkx."""

from __future__ import annotations

import networkx as nx
import pytest

from sidr.errors import TopologyError
from sidr.topology import fabric_hash, from_networkx, load, to_networkx


@pytest.mark.parametrize(
    "spec", ["leaf-spine:parallel=2", "10p10u:size=small", "fat-tree:trunk=none"]
)
def test_the_hash_survives_networkx(spec: str) -> None:
    made = load(spec)
    assert fabric_hash(from_networkx(to_networkx(made))) == fabric_hash(made)


def test_nodes_keep_number_order_and_keys_are_ranks() -> None:
    made = load("leaf-spine:leaves=2,spines=1,parallel=2")
    graph = to_networkx(made)
    assert isinstance(graph, nx.MultiGraph)
    assert tuple(graph) == made.names
    assert sorted(graph.edges(keys=True)) == [
        ("leaf0", "spine0", 0),
        ("leaf0", "spine0", 1),
        ("leaf1", "spine0", 0),
        ("leaf1", "spine0", 1),
    ]


def test_any_undirected_graph_is_a_fabric() -> None:
    made = from_networkx(nx.petersen_graph(), "petersen")
    assert (made.label, made.switches, made.links, made.tiered) == ("petersen", 10, 15, False)


def test_parallel_edges_with_any_keys_are_ranked() -> None:
    graph = nx.MultiGraph([("a", "b", "x"), ("a", "b", "y")])
    assert from_networkx(graph).rank.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("graph", "said"),
    [
        (nx.DiGraph([(1, 2)]), "a directed graph"),
        (nx.Graph([(1, 1)]), "to itself"),
        (nx.Graph([("a b", "a-b")]), "stands twice"),
        (nx.Graph([(1, 2, {"capacity": "fast"})]), r"edges\[0\].capacity"),
        (nx.Graph(), "no switches"),
    ],
)
def test_what_no_fabric_can_be_is_refused(graph: nx.Graph, said: str) -> None:
    with pytest.raises(TopologyError, match=said):
        from_networkx(graph)

"""The border to networkx, for plug-ins, oracles and foreign graphs. No kernel uses it.

networkx is imported here only, and only when a function runs.
"""

from __future__ import annotations

from typing import Any

from sidr.errors import TopologyError
from sidr.model.fabric import Fabric
from sidr.topology.nodelink import clean_name, from_nodelink, to_nodelink


def to_networkx(fabric: Fabric) -> Any:
    """The fabric as a `networkx.MultiGraph`: nodes are switch names in number order, edge keys
    are parallel ranks, attributes have the names of the native format."""
    import networkx as nx

    data = to_nodelink(fabric)
    nodes, edges, graph = data["nodes"], data["edges"], data["graph"]
    assert isinstance(nodes, list)
    assert isinstance(edges, list)
    assert isinstance(graph, dict)
    made: Any = nx.MultiGraph(**graph)
    made.add_nodes_from((node.pop("id"), node) for node in nodes)
    for edge in edges:
        made.add_edge(edge.pop("source"), edge.pop("target"), edge.pop("key"), **edge)
    return made


def from_networkx(graph: Any, label: str = "networkx") -> Fabric:
    """The fabric of an undirected graph or multigraph of any origin.

    Args:
        graph: a `networkx.Graph` or `MultiGraph`; attributes of the native format are used,
            others ignored; node names lose what switch names cannot hold; self-loops are
            mistakes.

    Raises:
        TopologyError: a directed graph, or with every mistake in names and attributes.
    """
    if graph.is_directed():
        raise TopologyError.one(label, "a directed graph", fix="give graph.to_undirected()")
    data = {
        "graph": dict(graph.graph),
        "nodes": [{**attributes, "id": clean_name(n)} for n, attributes in graph.nodes(data=True)],
        "edges": [
            {**attributes, "source": clean_name(a), "target": clean_name(b)}
            for a, b, attributes in graph.edges(data=True)
        ],
    }
    return from_nodelink(data, label)

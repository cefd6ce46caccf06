"""Physical connection, and who crosses what at rest, against networkx."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import numpy as np
import pytest

from sidr.forwarding.connected import connected, crossing
from sidr.forwarding.space import spaces
from sidr.plan import plan
from sidr.topology import load


@pytest.mark.parametrize("lit_part", [0.5, 0.9, 1.0])
def test_connection_equals_reachability_in_the_surviving_digraph(lit_part: float) -> None:
    fabric = load("fat-tree:k=4")
    (space,) = spaces(plan(fabric))
    rng = np.random.default_rng(5)
    for _ in range(20):
        lit = rng.random(fabric.slots) < lit_part
        alive = rng.random(fabric.switches) < 0.9
        graph = nx.DiGraph()
        graph.add_nodes_from(np.flatnonzero(alive).tolist())
        for e in np.flatnonzero(lit).tolist():
            if alive[fabric.src[e]] and alive[fabric.nbr[e]]:
                graph.add_edge(int(fabric.src[e]), int(fabric.nbr[e]))
        out = np.empty((len(space.dests), fabric.switches), np.bool_)
        connected(space.net, space.dests, lit, alive, out)
        for j, d in enumerate(space.dests.tolist()):
            reach = nx.ancestors(graph, d) | {d} if alive[d] else set()
            assert set(np.flatnonzero(out[j]).tolist()) == reach


def test_crossing_equals_the_union_of_shortest_paths() -> None:
    fabric = load("fat-tree:k=4")
    (space,) = spaces(plan(fabric))
    graph = nx.Graph()
    graph.add_edges_from((int(a), int(b)) for a, b in zip(fabric.near, fabric.far, strict=True))
    slot = fabric.slots_of(20)[1]
    marks = np.zeros(fabric.slots, np.bool_)
    marks[slot] = True
    out = np.empty((len(space.dests), fabric.switches), np.bool_)
    crossing(space.net, space.dests, space.part.dist, space.role, marks, out)
    step = (int(fabric.src[slot]), int(fabric.nbr[slot]))
    assert out.any()
    for j, d in enumerate(space.dests.tolist()):
        for v in range(fabric.switches):
            paths = nx.all_shortest_paths(graph, v, d)
            assert out[j, v] == any(step in pairwise(p) for p in paths)

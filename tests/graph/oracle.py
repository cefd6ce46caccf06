"""The planner's definitions read slowly: networkx, sets and exact fractions, one cell at a time.

A cell is (switch v, destination switch d). Everything is found by breadth-first searches in the
graph and in the graph without v; no level sets, no bitsets and no order of slots from the kernels.
A multigraph's nodes are switch numbers, its edge keys the ranks of parallel links. Used by the
tests of the kernels and of the plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import floor
from typing import NamedTuple

import networkx as nx

from sidr.model.fabric import Fabric

Link = tuple[int, int]
Cells = dict[tuple[int, int], "Cell"]
Weights = dict[tuple[int, int], dict[int, Fraction]]
"""Per cell, port -> flow over it as a part of the largest flow in the cell; 1 = the largest."""


class Cell(NamedTuple):
    """Port masks of a cell (bit p = port p), and what the closed form alone knows of it.

    Attributes:
        need: some neighbour is not primary, and none of those costs at most one hop extra.
        unprotected: one next-hop neighbour, and no detour that costs at most one hop extra.
    """

    prim: int
    sib: int
    b1: int
    need: bool
    unprotected: bool


def multigraph(n: int, links: Iterable[Link], capacities: Sequence[int] = ()) -> nx.MultiGraph:
    """n switches and links between them, each with a capacity (1 where none is given)."""
    graph = nx.MultiGraph()
    graph.add_nodes_from(range(n))
    for i, (a, b) in enumerate(links):
        graph.add_edge(a, b, capacity=capacities[i] if capacities else 1)
    return graph


def of_fabric(fabric: Fabric) -> nx.MultiGraph:
    """A fabric's switches and links, by number and rank."""
    graph = nx.MultiGraph()
    graph.add_nodes_from(range(fabric.switches))
    for i in range(fabric.links):
        a, b, rank = int(fabric.near[i]), int(fabric.far[i]), int(fabric.rank[i])
        graph.add_edge(a, b, key=rank, capacity=int(fabric.capacity_bps[i]))
    return graph


def ports(graph: nx.MultiGraph, v: int) -> list[tuple[int, int]]:
    """(neighbour, capacity) of every port of a switch, in the order of (neighbour, rank)."""
    listed = sorted((u, key, c) for _, u, key, c in graph.edges(v, keys=True, data="capacity"))
    return [(u, capacity) for u, _, capacity in listed]


def cells(graph: nx.MultiGraph, dests: Iterable[int]) -> Cells:
    """Every cell whose switch reaches its destination and is not it."""
    to = {d: nx.single_source_shortest_path_length(graph, d) for d in dests}
    found = {}
    for v in graph:
        bare = nx.restricted_view(graph, [v], [])
        cut = {u: nx.single_source_shortest_path_length(bare, u) for u in graph[v]}
        for d, dist in to.items():
            if v in dist and v != d:
                found[v, d] = _cell(graph, v, dist, {u: cut[u].get(d) for u in cut})
    return found


def _cell(
    graph: nx.MultiGraph, v: int, dist: Mapping[int, int], cut: Mapping[int, int | None]
) -> Cell:
    """One cell from the distances to its destination: with v, and from its neighbours without."""
    prim = {u for u in graph[v] if dist[u] == dist[v] - 1}
    sib = {u for u in graph[v] if dist[u] == dist[v] and u < v}
    others = set(graph[v]) - prim
    cost = {u: hops for u, hops in cut.items() if u in others and hops is not None}
    cheapest = min(cost.values(), default=None)
    quick = cheapest is not None and cheapest <= dist[v] + 1
    row = [u for u, _ in ports(graph, v)]

    def mask(neighbours: Iterable[int]) -> int:
        chosen = set(neighbours)
        return sum(1 << p for p, u in enumerate(row) if u in chosen)

    b1 = mask(u for u, hops in cost.items() if hops == cheapest)
    need = bool(others) and not quick
    return Cell(mask(prim), mask(sib), b1, need, len(prim) == 1 and not quick)


def weights(graph: nx.MultiGraph, dests: Iterable[int]) -> Weights:
    """Nominal weights: the flow recursion from each destination outwards, in exact fractions.

    What a switch receives is spread over all ports that have it as next hop, by their capacity.
    """
    rows = {v: ports(graph, v) for v in graph}
    found = {}
    for d in dests:
        dist = nx.single_source_shortest_path_length(graph, d)
        rho = {d: Fraction(1)}
        for v in sorted(set(dist) - {d}, key=dist.__getitem__):
            near = {p: (u, c) for p, (u, c) in enumerate(rows[v]) if dist[u] == dist[v] - 1}
            flow = {p: c * rho[u] for p, (u, c) in near.items()}
            asked = sum(c for u, c in rows[v] if dist[u] == dist[v] + 1)
            rho[v] = sum(flow.values(), Fraction(0)) / asked if asked else Fraction(0)
            most = max(flow.values())
            found[v, d] = {p: share / most for p, share in flow.items()}
    return found


def octet(share: Fraction) -> int:
    """A share of the largest weight as tables write it: 1..255, rounded half up."""
    return max(1, floor(255 * share + Fraction(1, 2)))


def is_tie(share: Fraction) -> bool:
    """Whether a share stands exactly between two octets."""
    return (255 * share).denominator == 2

"""The SPF against networkx on random multigraphs, with links that only one end lists."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sidr.graph.csr import Csr, build
from sidr.protocols.ospf.spf import next_hops
from tests.protocols.settled import IRREGULAR, fabric_of

Graph = tuple[int, list[tuple[int, int]]]


@st.composite
def multigraphs(draw: st.DrawFn) -> tuple[Graph, list[bool]]:
    """Switches, links (parallel ones too), and which slots are listed."""
    n = draw(st.integers(2, 8))
    pair = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda p: p[0] != p[1])
    links = draw(st.lists(pair, min_size=1, max_size=16))
    listed = draw(st.lists(st.booleans(), min_size=2 * len(links), max_size=2 * len(links)))
    return (n, links), listed


def oracle(graph: Graph, csr: Csr, listed: np.ndarray, root: int) -> list[set[int]]:
    """Next-hop slots of the root towards every switch."""
    n = graph[0]
    directed = nx.DiGraph()
    directed.add_nodes_from(range(n))
    pairs = {(int(csr.src[e]), int(csr.nbr[e])) for e in range(len(csr.nbr)) if listed[e]}
    directed.add_edges_from(pair for pair in pairs if pair[::-1] in pairs)
    found: list[set[int]] = [set() for _ in range(n)]
    for home in range(n):
        if home == root or not nx.has_path(directed, root, home):
            continue
        firsts = {path[1] for path in nx.all_shortest_paths(directed, root, home)}
        span = range(int(csr.ptr[root]), int(csr.ptr[root + 1]))
        found[home] = {e - span.start for e in span if listed[e] and int(csr.nbr[e]) in firsts}
    return found


@settings(max_examples=150, deadline=None)
@given(multigraphs())
def test_first_hops_are_those_of_all_shortest_paths(case: tuple[Graph, list[bool]]) -> None:
    (n, links), marks = case
    near, far = (np.array(column, np.int32) for column in zip(*links, strict=True))
    csr = build(n, near, far, np.arange(len(links), dtype=np.int32))
    listed = np.array(marks, np.bool_)
    homes = np.arange(n, dtype=np.int32)
    for root in range(n):
        found = next_hops(root, csr.ptr, csr.nbr, csr.twin, listed, homes)
        wanted = oracle((n, links), csr, listed, root)
        assert [set(np.flatnonzero(row).tolist()) for row in found] == wanted


@pytest.mark.parametrize("root", range(7))
def test_a_link_that_the_far_end_no_longer_lists_is_not_used(root: int) -> None:
    fabric = fabric_of(IRREGULAR)
    listed = np.ones(fabric.slots, np.bool_)
    a, b = fabric.slots_of(0)
    listed[b] = False
    one_way = next_hops(root, fabric.ptr, fabric.nbr, fabric.twin, listed, fabric.groups)
    listed[a] = False
    neither = next_hops(root, fabric.ptr, fabric.nbr, fabric.twin, listed, fabric.groups)
    assert one_way.tolist() == neither.tolist()


def test_more_than_64_ports_are_all_kept() -> None:
    fabric = fabric_of("leaf-spine:leaves=2,spines=70")
    listed = np.ones(fabric.slots, np.bool_)
    found = next_hops(0, fabric.ptr, fabric.nbr, fabric.twin, listed, fabric.groups)
    assert found.tolist() == [[0] * 70, [1] * 70]

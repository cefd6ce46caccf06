"""CSR, components and distances against networkx on random graphs."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from sidr.graph import csr


def random_links(seed: int, n: int, m: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """m links between n switches, parallel ones included, near < far."""
    rng = np.random.default_rng(seed)
    a = rng.integers(0, n, m)
    b = (a + rng.integers(1, n, m)) % n
    near, far = np.minimum(a, b).astype(np.int32), np.maximum(a, b).astype(np.int32)
    order = np.lexsort((far, near))
    near, far = near[order], far[order]
    rank = np.zeros(m, np.int32)
    for i in range(1, m):
        if (near[i], far[i]) == (near[i - 1], far[i - 1]):
            rank[i] = rank[i - 1] + 1
    return near, far, rank


@pytest.mark.parametrize("seed", range(5))
def test_ports_are_sorted_by_neighbour_and_rank(seed: int) -> None:
    near, far, rank = random_links(seed, 9, 30)
    made = csr.build(9, near, far, rank)
    for v in range(9):
        expected = sorted(
            (int(far[i] if near[i] == v else near[i]), int(rank[i]), i)
            for i in range(30)
            if v in (near[i], far[i])
        )
        slots = range(made.ptr[v], made.ptr[v + 1])
        assert [(made.nbr[e], rank[made.link[e]], made.link[e]) for e in slots] == expected


@pytest.mark.parametrize("seed", range(5))
def test_a_twin_is_the_same_link_seen_from_the_other_end(seed: int) -> None:
    near, far, rank = random_links(seed, 12, 40)
    made = csr.build(12, near, far, rank)
    slots = np.arange(80)
    assert (made.twin[made.twin] == slots).all()
    assert (made.twin != slots).all()
    assert (made.link[made.twin] == made.link).all()
    assert (made.src[made.twin] == made.nbr).all()
    assert (np.repeat(np.arange(12), np.diff(made.ptr)) == made.src).all()


def test_arrays_have_the_types_of_a_fabric() -> None:
    made = csr.build(3, *(np.array(x, np.int32) for x in ([0, 0], [1, 2], [0, 0])))
    assert [a.dtype for a in made] == [np.int64, np.int32, np.int32, np.int32, np.int32]


def test_a_graph_without_links_has_no_slots() -> None:
    none = np.empty(0, np.int32)
    made = csr.build(2, none, none, none)
    assert made.ptr.tolist() == [0, 0, 0]
    assert len(made.nbr) == 0
    assert csr.components(2, none, none).tolist() == [0, 1]


@pytest.mark.parametrize("seed", range(20))
def test_components_are_those_of_networkx_numbered_by_lowest_switch(seed: int) -> None:
    near, far, _ = random_links(seed, 40, 25)
    graph = nx.Graph(zip(near.tolist(), far.tolist(), strict=True))
    graph.add_nodes_from(range(40))
    parts = sorted(nx.connected_components(graph), key=min)
    expected = [next(i for i, part in enumerate(parts) if v in part) for v in range(40)]
    assert csr.components(40, near, far).tolist() == expected


def test_a_long_chain_in_any_order_is_one_component() -> None:
    order = np.random.default_rng(1).permutation(3000).astype(np.int32)
    assert csr.components(3000, order[:-1], order[1:]).max() == 0


@pytest.mark.parametrize("seed", range(10))
def test_hops_are_those_of_networkx(seed: int) -> None:
    near, far, rank = random_links(seed, 30, 35)
    made = csr.build(30, near, far, rank)
    graph = nx.Graph(zip(near.tolist(), far.tolist(), strict=True))
    graph.add_nodes_from(range(30))
    expected = nx.single_source_shortest_path_length(graph, 7)
    assert csr.hops_from(made.ptr, made.nbr, 7).tolist() == [expected.get(v, -1) for v in range(30)]

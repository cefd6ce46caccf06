"""The planner's kernels run on a networkx multigraph, and their bitsets read back cell by cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import networkx as nx
import numpy as np

from sidr.graph import csr, masks
from tests.graph.oracle import Cell, Cells, cells


class Solved(NamedTuple):
    """What the kernels made of a graph; row e of a bitset is slot e, column j is `dests[j]`."""

    made: csr.Csr
    cap: np.ndarray
    dests: np.ndarray
    prim: np.ndarray
    dist: np.ndarray
    sib: np.ndarray
    b1: np.ndarray
    need: np.ndarray
    unprotected: np.ndarray


def csr_of(graph: nx.MultiGraph) -> tuple[csr.Csr, np.ndarray]:
    """The CSR, and the capacity of each slot's link (float64)."""
    rows = sorted(
        (min(a, b), max(a, b), k, c) for a, b, k, c in graph.edges(keys=True, data="capacity")
    )
    near, far, rank = (np.array([row[i] for row in rows], np.int32) for i in range(3))
    made = csr.build(len(graph), near, far, rank)
    return made, np.array([row[3] for row in rows], np.float64)[made.link]


def solve(graph: nx.MultiGraph, dests: Sequence[int], *, fallback: bool = True) -> Solved:
    """All kernels in the planner's order; without `fallback`, as the closed form leaves them."""
    made, cap = csr_of(graph)
    chosen = np.array(dests, np.int32)
    words = max(1, -(-len(dests) // 64))
    prim, dist = masks.levels(made.ptr, made.nbr, chosen, words)
    own = masks.own_groups(len(graph), chosen, words)
    sib, b1, need, unprotected = masks.detours(made.ptr, made.nbr, made.twin, prim, own)
    if fallback:
        masks.search_detours(made.ptr, made.nbr, prim, need, chosen, b1)
    return Solved(made, cap, chosen, prim, dist, sib, b1, need, unprotected)


def bits(words: np.ndarray, columns: int) -> np.ndarray:
    """uint64[rows, W] -> bool[rows, columns]."""
    octets = np.ascontiguousarray(words).astype("<u8").view(np.uint8)
    return np.unpackbits(octets, axis=1, count=columns, bitorder="little").astype(bool)


def cells_of(solved: Solved) -> Cells:
    """Every cell of a connected graph but those of a destination itself."""
    ptr, count = solved.made.ptr.tolist(), len(solved.dests)
    prim, sib, b1 = (bits(x, count).T for x in (solved.prim, solved.sib, solved.b1))
    need, unprotected = bits(solved.need, count), bits(solved.unprotected, count)
    return {
        (v, d): Cell(
            *(_mask(rows[j, ptr[v] : ptr[v + 1]]) for rows in (prim, sib, b1)),
            bool(need[v, j]),
            bool(unprotected[v, j]),
        )
        for j, d in enumerate(solved.dests.tolist())
        for v in range(len(ptr) - 1)
        if v != d
    }


def _mask(row: np.ndarray) -> int:
    return int.from_bytes(np.packbits(row, bitorder="little").tobytes(), "little")


def wrong(graph: nx.MultiGraph, dests: Sequence[int], *, fallback: bool = True) -> Iterator[str]:
    """Cells where kernels and definition disagree, a line each."""
    found = cells_of(solve(graph, dests, fallback=fallback))
    expected = cells(graph, dests)
    assert found.keys() == expected.keys()
    for place, cell in expected.items():
        if found[place] != cell:
            yield f"{place}: {found[place]}, by definition {cell}"

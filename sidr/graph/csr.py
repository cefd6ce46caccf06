"""Directed CSR with twin slots, connected components and hop distances, by numpy alone.

Built for every Fabric by `topology.build`; the kernels that visit all pairs are elsewhere.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sidr.model.fabric import I32, I64


class Csr(NamedTuple):
    """The directed slots of a graph with n switches and m links.

    Attributes:
        ptr: int64[n+1]; the slots of v are ptr[v] .. ptr[v+1]-1, sorted by (neighbour, rank).
        nbr, link, twin, src: int32[2m]; where a slot leads, its link, the same link's slot in
            the other direction, and the switch it belongs to.
    """

    ptr: I64
    nbr: I32
    link: I32
    twin: I32
    src: I32


def build(n: int, near: I32, far: I32, rank: I32) -> Csr:
    """The CSR of a graph.

    Args:
        n: number of switches.
        near, far: int32[m], the ends of each link, in 0..n-1 and different from each other.
        rank: int32[m], tells parallel links apart.
    """
    m = len(near)
    src = np.concatenate([near, far])
    nbr = np.concatenate([far, near])
    order = np.lexsort((np.concatenate([rank, rank]), nbr, src))
    slot_of = np.empty(2 * m, np.int32)
    slot_of[order] = np.arange(2 * m, dtype=np.int32)
    other = np.concatenate([slot_of[m:], slot_of[:m]])
    ptr = np.zeros(n + 1, np.int64)
    np.cumsum(np.bincount(src, minlength=n), out=ptr[1:])
    link = np.where(order < m, order, order - m).astype(np.int32)
    return Csr(
        ptr=ptr,
        nbr=nbr[order].astype(np.int32),
        link=link,
        twin=other[order],
        src=src[order].astype(np.int32),
    )


def components(n: int, near: I32, far: I32) -> I32:
    """The connected component of each switch.

    Returns:
        int32[n]; components are numbered by their lowest switch.
    """
    root = np.arange(n, dtype=np.int64)
    while True:
        lower = np.minimum(root[near], root[far])
        before = root.copy()
        np.minimum.at(root, before[near], lower)
        np.minimum.at(root, before[far], lower)
        np.minimum.at(root, near, lower)
        np.minimum.at(root, far, lower)
        root = root[root]
        if np.array_equal(root, before):
            break
    return np.unique(root, return_inverse=True)[1].astype(np.int32)


def hops_from(ptr: I64, nbr: I32, source: int) -> I32:
    """Hop distances from one switch, level by level.

    Returns:
        int32[n]; -1 where `source` does not reach.
    """
    hops = np.full(len(ptr) - 1, -1, np.int32)
    hops[source] = 0
    front = np.array([source])
    distance = 0
    while len(front):
        distance += 1
        first, degree = ptr[front], ptr[front + 1] - ptr[front]
        skipped = np.cumsum(degree) - degree
        slots = np.repeat(first - skipped, degree) + np.arange(int(degree.sum()))
        reached = nbr[slots]
        front = np.unique(reached[hops[reached] < 0])
        hops[front] = distance
    return hops

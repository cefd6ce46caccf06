"""Numba kernels over all pairs of a graph: the longest hop distance and the worst latency.

Import this module inside functions only: it loads numba.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from sidr.model.fabric import I32, I64


@njit(cache=True)
def diameter(ptr: I64, nbr: I32) -> int:
    """The most hops between two switches that reach each other.

    Args:
        ptr: int64[n+1]; nbr: int32[2m] (see `csr.Csr`).
    """
    n = len(ptr) - 1
    hops = np.empty(n, np.int32)
    queue = np.empty(n, np.int32)
    most = 0
    for source in range(n):
        hops[:] = -1
        hops[source] = 0
        queue[0] = source
        head, tail = 0, 1
        while head < tail:
            at = queue[head]
            head += 1
            for slot in range(ptr[at], ptr[at + 1]):
                to = nbr[slot]
                if hops[to] < 0:
                    hops[to] = hops[at] + 1
                    queue[tail] = to
                    tail += 1
        most = max(most, hops[queue[tail - 1]])
    return most


@njit(cache=True)
def latency_max(ptr: I64, nbr: I32, cost: I64, ends: I32) -> int:
    """The largest cost of a hop-shortest path between two of `ends` that reach each other.

    Among the shortest paths of a pair the dearest counts, because ECMP uses them all.

    Args:
        ptr: int64[n+1]; nbr: int32[2m] (see `csr.Csr`).
        cost: int64[2m], cost of taking each slot.
        ends: int32[], switches.
    """
    n = len(ptr) - 1
    is_end = np.zeros(n, np.bool_)
    is_end[ends] = True
    hops = np.empty(n, np.int32)
    paid = np.empty(n, np.int64)
    queue = np.empty(n, np.int32)
    worst = 0
    for source in ends:
        hops[:] = -1
        hops[source] = 0
        paid[source] = 0
        queue[0] = source
        head, tail = 0, 1
        while head < tail:
            at = queue[head]
            head += 1
            if is_end[at]:
                worst = max(worst, paid[at])
            for slot in range(ptr[at], ptr[at + 1]):
                to = nbr[slot]
                if hops[to] < 0:
                    hops[to] = hops[at] + 1
                    paid[to] = paid[at] + cost[slot]
                    queue[tail] = to
                    tail += 1
                elif hops[to] == hops[at] + 1:
                    paid[to] = max(paid[to], paid[at] + cost[slot])
    return worst

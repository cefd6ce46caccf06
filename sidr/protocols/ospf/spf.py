"""Shortest paths from one router over a link-state database. A numba kernel; import it lazily.

A link counts when its router lists it and the router at its other end lists any link back (RFC
2328, 16.1 step 2b). All costs are 1, so the search is breadth first; first hops are bits over the
root's ports, so that parallel links and equal paths are all kept.
"""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True)
def _listed_back(ptr, nbr, twin, listed, e):
    """Whether the switch behind slot e lists any link to the switch of e."""
    if listed[twin[e]]:
        return True
    h, v = nbr[e], nbr[twin[e]]
    f = twin[e]
    while f > ptr[h] and nbr[f - 1] == v:
        f -= 1
    while f < ptr[h + 1] and nbr[f] == v:
        if listed[f]:
            return True
        f += 1
    return False


@njit(cache=True)
def next_hops(root, ptr, nbr, twin, listed, homes):
    """ECMP members of a root for every group.

    Args:
        ptr: int64[n+1]; nbr, twin: int32[E]; listed: bool[E], slots that their router's LSA
            lists. homes: int32[g], switch of each group.

    Returns:
        uint8[g, ports of root], 1 = next hop; all 0 for the root's own groups and unreachable
        ones.
    """
    n, lo = len(ptr) - 1, ptr[root]
    ports = ptr[root + 1] - lo
    dist = np.full(n, -1, np.int32)
    first = np.zeros((n, (ports + 63) // 64), np.uint64)
    queue = np.empty(n, np.int32)
    dist[root] = 0
    queue[0] = root
    head, tail = 0, 1
    while head < tail:
        v = queue[head]
        head += 1
        for e in range(ptr[v], ptr[v + 1]):
            h = nbr[e]
            if not listed[e] or (dist[h] >= 0 and dist[h] <= dist[v]):
                continue
            if not _listed_back(ptr, nbr, twin, listed, e):
                continue
            if dist[h] < 0:
                dist[h] = dist[v] + 1
                queue[tail] = h
                tail += 1
            if v == root:
                first[h, (e - lo) // 64] |= np.uint64(1) << np.uint64((e - lo) % 64)
            else:
                first[h] |= first[v]
    out = np.zeros((len(homes), ports), np.uint8)
    for g in range(len(homes)):
        for p in range(ports):
            out[g, p] = first[homes[g], p // 64] >> np.uint64(p % 64) & np.uint64(1)
    return out

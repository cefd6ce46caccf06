"""Who can physically reach whom, and whose traffic crosses given slots at rest. Numba kernels.

Physical connection ignores every protocol: a pair that no routing could serve is nobody's loss.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from sidr.model.plan import PRIM


@njit(cache=True)
def _search(net, root, lit, alive, back, seen, queue):
    """Mark in `seen` who reaches `root` (back = 1) or whom it reaches; returns how many."""
    seen[:] = False
    seen[root] = True
    queue[0] = root
    head, tail = 0, 1
    while head < tail:
        v = queue[head]
        head += 1
        for e in range(net.ptr[v], net.ptr[v + 1]):
            u = net.nbr[e]
            if not seen[u] and alive[u] and lit[net.twin[e] if back else e]:
                seen[u] = True
                queue[tail] = u
                tail += 1
    return tail


@njit(cache=True)
def connected(net, dests, lit, alive, out):
    """out[j, v] = whether v reaches the switch of column j over lit directions and live switches.

    Args:
        dests: int32[g]; lit: bool[E]; alive: bool[k]; out: bool[g, k].
    """
    queue = np.empty(len(net.ptr) - 1, np.int64)
    seen = np.empty(len(net.ptr) - 1, np.bool_)
    root = np.argmax(alive)
    living = alive.sum()
    if (
        living
        and _search(net, root, lit, alive, 1, seen, queue) == living
        and _search(net, root, lit, alive, 0, seen, queue) == living
    ):
        for j in range(len(dests)):  # all reach one that reaches all
            out[j, :] = alive & alive[dests[j]]
        return
    for j in range(len(dests)):
        out[j, :] = False
        if alive[dests[j]]:
            _search(net, dests[j], lit, alive, 1, out[j], queue)


@njit(cache=True)
def crossing(net, dests, dist, role, marks, out):
    """out[j, v] = whether traffic from v to column j uses a marked slot in the intact fabric.

    Args:
        dist: int16[g, k]; role: uint8[g, E]; marks: bool[E]; out: bool[g, k].
    """
    for j in range(len(dests)):
        out[j, :] = False
        for v in np.argsort(dist[j], kind="mergesort"):
            for e in range(net.ptr[v], net.ptr[v + 1]):
                if role[j, e] & PRIM and (marks[e] or out[j, net.nbr[e]]):
                    out[j, v] = True
                    break

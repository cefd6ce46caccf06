"""Who can physically reach whom, and whose traffic crosses given slots at rest. Numba kernels.

Physical connection ignores every protocol: a pair that no routing could serve is nobody's loss.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from sidr.model.plan import PRIM


@njit(cache=True)
def connected(net, dests, lit, alive, out):
    """out[j, v] = whether v reaches the switch of column j over lit directions and live switches.

    Args:
        dests: int32[g]; lit: bool[E]; alive: bool[k]; out: bool[g, k].
    """
    queue = np.empty(len(net.ptr) - 1, np.int64)
    for j in range(len(dests)):
        d = dests[j]
        out[j, :] = False
        if not alive[d]:
            continue
        out[j, d] = True
        queue[0] = d
        head, tail = 0, 1
        while head < tail:
            v = queue[head]
            head += 1
            for e in range(net.ptr[v], net.ptr[v + 1]):
                u = net.nbr[e]
                if lit[net.twin[e]] and alive[u] and not out[j, u]:
                    out[j, u] = True
                    queue[tail] = u
                    tail += 1


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

"""Numba kernel: weights of next hops on what is left of a graph, inside the intact one's order.

`masks.weights` is the intact case. Called by `plan`; import this module lazily.
"""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True)
def rebalance(net, live, hops, dist, dests, r, out):
    """Weights such that weight x announced share is the exact flow over what is left.

    rho(d) = 1; flow(v, p) = c_p * rho(next) over live ports; rho(v) = sum of flows / sum of the
    intact capacities of the ports that have v as next hop. A weight is flow * 16 / r(next), and
    for ports that are dead or lead to a neighbour without a share what it would be if they were
    whole, so that a link that comes back is used at once. Scaled to 1..255 per cell.

    Args:
        net: (ptr int64[n+1], nbr int32[E], twin int32[E], cap float64[E]).
        live: bool[E]; hops: uint64[E, words]; dist: int16[g, n]; dests: int32[g].
        r: uint8[g, E], the share that the neighbour behind a slot will announce (0..16).
        out: uint8[g, E], zeroed.
    """
    n = len(net.ptr) - 1
    rho, whole = np.zeros(n), np.zeros(n)
    for j in range(len(dests)):
        word, bit = j // 64, np.uint64(j % 64)
        for v in np.argsort(dist[j], kind="mergesort"):
            if v == dests[j]:
                rho[v] = whole[v] = 1.0
                continue
            flow, nominal, used, top = 0.0, 0.0, 0.0, 0.0
            for e in range(net.ptr[v], net.ptr[v + 1]):
                if hops[e, word] >> bit & np.uint64(1):
                    full = net.cap[e] * whole[net.nbr[e]]
                    part = net.cap[e] * rho[net.nbr[e]]
                    nominal += full
                    flow += part if live[e] else 0.0
                    top = max(top, part * 16.0 / r[j, e] if part > 0.0 and r[j, e] else full)
                if hops[net.twin[e], word] >> bit & np.uint64(1):
                    used += net.cap[e]
            rho[v] = flow / used if used > 0.0 else 0.0
            whole[v] = nominal / used if used > 0.0 else 0.0
            for e in range(net.ptr[v], net.ptr[v + 1]):
                if hops[e, word] >> bit & np.uint64(1):
                    part = net.cap[e] * rho[net.nbr[e]]
                    weight = net.cap[e] * whole[net.nbr[e]]
                    if part > 0.0 and r[j, e]:
                        weight = part * 16.0 / r[j, e]
                    out[j, e] = max(1, int(255.0 * weight / top + 0.5))

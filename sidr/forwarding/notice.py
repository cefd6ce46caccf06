"""The notice fixpoint: what every switch would announce if all notices had arrived.

r(v, g) = sum over live prim ports of w0 * r(next) over the nominal sum of w0, in sixteenths,
rounded half up; at least 1 while a prim or sib port is usable, 0 only when none is. Solved from
each destination outwards along the order (distance, number). It is the oracle of the message-level
agents and the state that `verify --phase notified` checks.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from sidr.model.plan import FULL, PRIM, SIB


@njit(cache=True)
def capacity_share(numerator, denominator):
    """round(numerator / denominator), half up, in integers; numerator counts sixteenths."""
    return (2 * numerator + denominator) // (2 * denominator)


@njit(cache=True)
def fixpoint(net, dests, dist, role, w0, up, r_out):
    """Write r as heard at every slot: r_out[j, e] = r of the neighbour behind e for column j.

    Args:
        dist: int16[g, k]; role, w0: uint8[g, E]; up: bool[E], slot admitted at both ends.
        r_out: uint8[g, E]. Behind a slot that is not up FULL is written: nothing was heard.
    """
    switches = len(net.ptr) - 1
    r = np.empty(switches, np.int64)
    for j in range(len(dests)):
        order = np.argsort(dist[j], kind="mergesort")
        r[:] = 0
        for v in order:
            if v == dests[j]:
                r[v] = FULL
                continue
            if dist[j, v] < 0:
                continue
            have, nominal, usable = 0, 0, False
            for e in range(net.ptr[v], net.ptr[v + 1]):
                heard = r[net.nbr[e]] if up[e] else 0
                if role[j, e] & PRIM:
                    nominal += w0[j, e]
                    have += w0[j, e] * heard
                    usable = usable or heard > 0
                elif role[j, e] & SIB:
                    usable = usable or heard > 0
            if usable:
                r[v] = max(1, capacity_share(have, nominal))
        for e in range(len(net.nbr)):
            r_out[j, e] = r[net.nbr[e]] if up[e] else FULL

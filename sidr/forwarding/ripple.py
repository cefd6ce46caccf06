"""Numba kernel: what one switch's new next hops do to the loads behind it, without solving again.

In a calm column all traffic goes downhill, every hop one nearer to the destination, over ports
that carry everything. As long as that stays true, shares and hops stay what they are, and only
the loads behind the switch move, level by level: a switch that got traffic before splits it as
before, so what it sends is scaled. Where it does not stay true the column must be solved
(`columns`), which starts from nothing.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from sidr.forwarding.rule import Column, branches, has_usable_primary

NOTHING = 1e-12
"""An inflow that has become less than this part of what it was is the rounding of zero."""


@njit(cache=True)
def _outflow(net, rule, col, u, inflow, work, fresh):
    """What u sends into each of its ports; False when that is not calm."""
    lo = net.ptr[u]
    fresh[: net.ptr[u + 1] - lo] = 0.0
    if inflow == 0.0:
        return True
    if rule.tagged and not has_usable_primary(net, col, u):
        return False
    n, tag = branches(net, rule, col, u, 0, -1, work.buf_slots, work.buf_weights)
    total = 0.0
    for i in range(n):
        total += work.buf_weights[i]
    for i in range(n):
        e = work.buf_slots[i]
        if col.lit[e] != 1.0 or col.dist[net.nbr[e]] != col.dist[u] - 1:
            return False
        fresh[e - lo] = inflow * work.buf_weights[i] / total
    return n > 0 and tag == 0


@njit(cache=True)
def _ripple(net, rule, col, start, demand, work, load, total):
    """Loads again from switch `start` on; False when the column is not calm any more.

    work.flow holds what is to be added to the inflow of the switches on the way.
    """
    fresh = np.empty(len(work.buf_weights))
    work.stack[0] = start
    head, tail, calm = 0, 1, True
    while head < tail and calm:
        u = work.stack[head]
        head += 1
        lo, hi = net.ptr[u], net.ptr[u + 1]
        before = 0.0
        for e in range(lo, hi):
            before += load[e]
        inflow = before + work.flow[u]
        if inflow < NOTHING * before:
            inflow = 0.0
        if u == start:
            inflow = demand[u]
            for e in range(lo, hi):
                inflow += load[net.twin[e]]
        anew = u == start or before == 0.0
        if anew:
            calm = _outflow(net, rule, col, u, inflow, work, fresh)
            if not calm:
                break
        factor = 0.0 if anew else inflow / before
        for e in range(lo, hi):
            now = fresh[e - lo] if anew else load[e] * factor
            change = now - load[e]
            if change == 0.0:
                continue
            total[e] += change
            load[e] = now
            h = net.nbr[e]
            if h != col.dest:
                if not work.on_stack[h]:
                    work.stack[tail] = h
                    work.on_stack[h] = True
                    tail += 1
                work.flow[h] += change
    for i in range(tail):
        work.on_stack[work.stack[i]] = False
        work.flow[work.stack[i]] = 0.0
    return calm


@njit(cache=True)
def ripple(net, rule, columns, starts, dests, dist, role, w0, r, live, lit, demand, work, out):
    """Carry the new next hops of one switch per column to the loads behind it.

    Args:
        columns, starts: int32[c], which columns, and the switch of each that forwards otherwise.
        dist: int16[g, k]; the others as `columns.solve`.
        out: (load: float64[g, E], total: float64[E], calm: bool[g]); total follows load.

    Returns:
        bool[c], whether the column is up to date; where it is not, it must be solved.
    """
    load, total, calm = out
    done = np.zeros(len(columns), np.bool_)
    for i in range(len(columns)):
        j, v = columns[i], starts[i]
        if v == dests[j]:
            done[i] = True
        elif calm[j]:
            col = Column(dests[j], role[j], w0[j], r[j], live, lit, dist[j])
            done[i] = _ripple(net, rule, col, v, demand, work, load[j], total)
    return done

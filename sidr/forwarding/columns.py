"""Numba kernels: where one destination's traffic ends up, exactly.

States are (tag, switch, in-port); the rule splits traffic from each over its ports. The state
graph is explored depth first (Tarjan), so that every strongly connected part is finished before
those that lead into it: shares follow in one pass, and loads in the reverse pass. Inside a cycle
all self-avoiding walks are followed: a packet that comes back to a state hashes the same way
again and goes round until its TTL ends, so it counts as looping, never as delivered late.

Not here: the rule itself (`rule`), tables, time. Called by `shares`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from sidr.forwarding.rule import (
    Bools,
    Column,
    branches,
    has_usable_primary,
    in_port_matters,
)
from sidr.model.fabric import F64, I32, I64

WALK_STEPS_MAX = 200_000
"""Steps on the paths through one cycle from one entry; what is left then counts as looping."""

DELIVERED, LOST = -1, -2
"""Children of a branch that are not states."""

USED, VISITED, PARTS, DONE, PENDING, ASTRAY = 0, 1, 2, 3, 4, 5
"""Counters of a Work: arena cells, visited states, finished parts, finished states, stack, and
branches that do not carry everything one hop nearer to the destination with the tag they had."""


class Work(NamedTuple):
    """Scratch of one component, allocated once (`shares.Solver`); S states, A arena cells."""

    number: I32
    low: I32
    part: I32
    on_stack: Bools
    on_path: Bools
    cyclic: Bools
    first: I64
    fan: I64
    at: I64
    calls: I64
    stack: I64
    order: I64
    share: F64
    looping: F64
    hops: F64
    hops_max: F64
    flow: F64
    child: I32
    slot: I32
    weight: F64
    prim_ok: Bools
    buf_slots: I64
    buf_weights: F64
    n: I64


@njit(cache=True)
def _enter(net, rule, col, work, s):
    """First visit of state s: its branches go into the arena."""
    slots, switches = len(net.nbr), len(net.ptr) - 1
    width = slots + switches
    tag = s // width
    x = s - tag * width
    v, back = (net.nbr[x], net.twin[x]) if x < slots else (x - slots, -1)
    n, out_tag = branches(net, rule, col, v, tag, back, work.buf_slots, work.buf_weights)
    total = 0.0
    for i in range(n):
        total += work.buf_weights[i]
    used = work.n[USED]
    if n == 0:
        work.n[ASTRAY] += 1
    for i in range(n):
        e = work.buf_slots[i]
        work.slot[used + i] = e
        work.weight[used + i] = work.buf_weights[i] / total
        h = net.nbr[e]
        if col.lit[e] != 1.0 or col.dist[h] != col.dist[v] - 1 or out_tag != 0:
            work.n[ASTRAY] += 1
        if not col.lit[e]:
            work.child[used + i] = LOST
            continue
        work.weight[used + i] *= col.lit[e]
        if h == col.dest:
            work.child[used + i] = DELIVERED
        elif rule.tagged == 0 or (work.prim_ok[h] and not in_port_matters(net, col, net.twin[e])):
            work.child[used + i] = out_tag * width + slots + h
        else:
            work.child[used + i] = out_tag * width + e
    work.first[s], work.fan[s], work.at[s] = used, n, 0
    work.number[s] = work.low[s] = work.n[VISITED]
    work.stack[work.n[PENDING]] = s
    work.on_stack[s] = True
    work.n[USED] += n
    work.n[VISITED] += 1
    work.n[PENDING] += 1


@njit(cache=True)
def _explore(net, rule, col, work, root):
    """Tarjan from `root`; finished parts are settled at once. True = a walk ran out of steps."""
    short = False
    depth = 0
    work.calls[0] = root
    _enter(net, rule, col, work, root)
    while depth >= 0:
        s = work.calls[depth]
        if work.at[s] < work.fan[s]:
            c = work.child[work.first[s] + work.at[s]]
            work.at[s] += 1
            if c < 0:
                continue
            if work.number[c] == -1:
                depth += 1
                work.calls[depth] = c
                _enter(net, rule, col, work, c)
            elif work.on_stack[c]:
                work.low[s] = min(work.low[s], work.number[c])
                work.cyclic[s] = work.cyclic[s] or c == s
            continue
        depth -= 1
        if depth >= 0:
            up = work.calls[depth]
            work.low[up] = min(work.low[up], work.low[s])
        if work.low[s] == work.number[s]:
            short = _settle(work, s) or short
    return short


@njit(cache=True)
def _settle(work, s):
    """Pop the part that s completes and solve its states; everything behind them is solved."""
    begin = work.n[DONE]
    while True:
        work.n[PENDING] -= 1
        c = work.stack[work.n[PENDING]]
        work.on_stack[c] = False
        work.part[c] = work.n[PARTS]
        work.order[work.n[DONE]] = c
        work.n[DONE] += 1
        if c == s:
            break
    work.n[PARTS] += 1
    short = False
    several = work.n[DONE] - begin > 1
    for i in range(begin, work.n[DONE]):
        c = work.order[i]
        if several or work.cyclic[c]:
            work.cyclic[c] = True
            short = _walk(work, c, 1.0, work.share, False) or short
        else:
            _pass_back(work, c)
    return short


@njit(cache=True)
def _pass_back(work, c):
    """Shares and hops of an acyclic state from those behind it."""
    got, lost, length, far = 0.0, 0.0, 0.0, 0.0
    for q in range(work.first[c], work.first[c] + work.fan[c]):
        b, p = work.child[q], work.weight[q]
        if b == DELIVERED:
            got += p
            length += p
            far = max(far, 1.0)
        elif b >= 0:
            got += p * work.share[b]
            lost += p * work.looping[b]
            length += p * (work.share[b] + work.hops[b])
            if work.hops_max[b] > 0.0:
                far = max(far, 1.0 + work.hops_max[b])
    work.share[c], work.looping[c], work.hops[c], work.hops_max[c] = got, lost, length, far


@njit(cache=True)
def _walk(work, entry, amount, load, forward):
    """All self-avoiding walks from `entry` through its cycle.

    forward = False solves the entry's share, looping and hops; forward = True spreads `amount`
    over `load` and over the flow of the states behind the cycle.
    """
    states = len(work.number)
    depth_max = min(states, work.n[VISITED] + 1)
    path = np.empty(depth_max, np.int64)
    at = np.empty(depth_max, np.int64)
    prob = np.empty(depth_max)
    path[0], at[0], prob[0] = entry, 0, amount
    work.on_path[entry] = True
    top, steps = 0, 0
    got, lost, length = 0.0, 0.0, 0.0
    while top >= 0:
        s = path[top]
        if at[top] == work.fan[s]:
            work.on_path[s] = False
            top -= 1
            continue
        q = work.first[s] + at[top]
        at[top] += 1
        steps += 1
        c, p = work.child[q], prob[top] * work.weight[q]
        if forward:
            load[work.slot[q]] += p
        if c == DELIVERED:
            got += p
            length += p * (top + 1)
        elif c >= 0 and work.part[c] != work.part[s]:
            if forward:
                work.flow[c] += p
            got += p * work.share[c]
            lost += p * work.looping[c]
            length += p * ((top + 1) * work.share[c] + work.hops[c])
        elif c >= 0 and (work.on_path[c] or steps > WALK_STEPS_MAX):
            lost += p
        elif c >= 0:
            top += 1
            path[top], at[top], prob[top] = c, 0, p
            work.on_path[c] = True
    if not forward:
        work.share[entry], work.looping[entry] = got, lost
        work.hops[entry], work.hops_max[entry] = length, 0.0
    return steps > WALK_STEPS_MAX


@njit(cache=True)
def _spread(work, load):
    """Loads, from the sources' flow, in the order from sources to destination; then clean up."""
    for i in range(work.n[DONE] - 1, -1, -1):
        s = work.order[i]
        amount = work.flow[s]
        if amount > 0.0 and work.cyclic[s]:
            _walk(work, s, amount, load, True)
        elif amount > 0.0:
            for q in range(work.first[s], work.first[s] + work.fan[s]):
                load[work.slot[q]] += amount * work.weight[q]
                if work.child[q] >= 0:
                    work.flow[work.child[q]] += amount * work.weight[q]
        work.flow[s] = 0.0
        work.number[s] = -1
        work.cyclic[s] = False
    work.n[:] = 0


@njit(cache=True)
def solve(net, rule, columns, dests, dist, role, w0, r, live, lit, demand, work, out):
    """Solve some columns of a component and write their rows of `out` (see `shares.Traffic`).

    Args:
        columns: int32[c], which columns; dests: int32[g]; dist: int16[g, k]; role, w0, r:
            uint8[g, E].
        live: bool[E]; lit: bool[E] or float64[E], the part of packets that a slot carries. The
            load of a lossy slot is what it carries, that of a dark one what is sent into it.
        demand: float64[k], what each switch offers to each destination; 0 = no source.
        out: (share, looping, hops, hops_max: float64[g, k], load: float64[g, E], total:
            float64[E], which follows load, calm: bool[g], see `ripple`).

    Returns:
        True when some walk ran out of steps: looping is then an upper bound.
    """
    slots = len(net.nbr)
    share, looping, hops, hops_max, load, total, calm = out
    short = False
    for j in columns:
        col = Column(dests[j], role[j], w0[j], r[j], live, lit, dist[j])
        for e in range(slots):
            total[e] -= load[j, e]
            load[j, e] = 0.0
        for v in range(len(net.ptr) - 1):
            work.prim_ok[v] = rule.tagged == 1 and has_usable_primary(net, col, v)
        for v in range(len(net.ptr) - 1):
            share[j, v] = looping[j, v] = hops[j, v] = hops_max[j, v] = 0.0
            if demand[v] == 0.0 or v == col.dest:
                continue
            root = slots + v
            if work.number[root] == -1:
                short = _explore(net, rule, col, work, root) or short
            share[j, v], looping[j, v] = work.share[root], work.looping[root]
            hops[j, v], hops_max[j, v] = work.hops[root], work.hops_max[root]
            work.flow[root] += demand[v]
        calm[j] = work.n[ASTRAY] == 0
        _spread(work, load[j])
        for e in range(slots):
            total[e] += load[j, e]
    return short

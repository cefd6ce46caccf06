"""Another epoch of a plan for what is left of its fabric: the same order, other weights, detours.

Next hops and siblings stay those of the intact fabric (so that a link that comes back is used at
once, and tables of both epochs may be mixed in any way); weights become exact for the links that
carry, and detours lead where they still can. Growth and rewiring need another order: plan anew.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from sidr.forwarding.codec import digest64
from sidr.forwarding.notice import fixpoint
from sidr.forwarding.rule import Bools
from sidr.forwarding.space import Space, space
from sidr.graph import masks
from sidr.graph.flows import rebalance
from sidr.model.plan import FULL, U8, U64, Plan, PlanPart
from sidr.plan.tables import contents, tables

ROUNDS = 4
"""Shares are rounded to sixteenths and weights correct for it, which may move shares once more;
this often is enough to settle, and a rounding step is all that is at stake."""


def replan(base: Plan, out: Collection[int], *, epoch: int) -> Plan:
    """The tables for a fabric with some links out.

    Args:
        base: the plan of the intact fabric. out: links that carry nothing.
        epoch: greater than any that the switches hold.
    """
    fabric = base.fabric
    dead = np.zeros(fabric.links, np.bool_)
    dead[list(out)] = True
    parts: list[PlanPart] = []
    encoded = list(base.tables)
    for part in base.parts:
        live = ~dead[fabric.link[part.slots]]
        made = part if live.all() or not len(part.groups) else _part(base, part, live)
        parts.append(made)
        fresh = tables(fabric, made, contents(fabric, made), epoch=epoch, order_id=base.order_id)
        for switch, table in zip(part.switches.tolist(), fresh, strict=True):
            encoded[switch] = table
    digest = digest64(b"".join(encoded))
    return Plan(fabric, tuple(parts), epoch, base.order_id, digest, tuple(encoded))


def _part(base: Plan, part: PlanPart, live: Bools) -> PlanPart:
    view = space(base.fabric, part)
    return replace(part, b1=_detours(view, part, live), w0=_weights(view, part, live))


def _weights(view: Space, part: PlanPart, live: Bools) -> U8:
    """uint8[g, E], such that weight x announced share splits exactly."""
    w0, heard = view.w0, np.full(view.role.shape, FULL, np.uint8)
    for _ in range(ROUNDS):
        before = heard.copy()
        fixpoint(view.net, view.dests, part.dist, view.role, w0, live, heard)
        if w0 is not view.w0 and np.array_equal(before, heard):
            break
        w0 = np.zeros(view.role.shape, np.uint8)
        rebalance(view.net, live, part.prim, part.dist, view.dests, heard, w0)
    return w0


def _detours(view: Space, part: PlanPart, live: Bools) -> U64:
    """uint64[E, W]: b1 on what is left, among the live ports that are no next hops of the order.

    A next hop of the surviving graph that is none of the order is the cheapest detour there is;
    otherwise detours are those of the surviving graph, without the order's own next hops.
    """
    net, words = view.net, part.prim.shape[1]
    kept = np.flatnonzero(live)
    degree = np.add.reduceat(np.append(live, False).astype(np.int64), net.ptr[:-1])
    degree[net.ptr[1:] == net.ptr[:-1]] = 0
    ptr = np.concatenate([[0], np.cumsum(degree)]).astype(np.int64)
    row = np.full(len(live), -1, np.int32)
    row[kept] = np.arange(len(kept))
    nbr, twin = net.nbr[kept], row[net.twin[kept]]
    own = masks.own_groups(len(ptr) - 1, view.dests, words)
    hops, _ = masks.levels(ptr, nbr, view.dests, words)
    _, found, _, _ = masks.detours(ptr, nbr, twin, hops, own)
    order = part.prim[kept]
    fresh = hops & ~order
    src = np.repeat(np.arange(len(ptr) - 1), degree)
    some = _any(fresh, src, len(ptr) - 1)
    chosen = np.where(some[src] != 0, (fresh & some[src]) | (found & ~order & ~some[src]), found)
    chosen &= ~order
    other = _any(~order, src, len(ptr) - 1) & ~own
    need = other & ~_any(chosen, src, len(ptr) - 1) & _groups(own)
    if need.any():
        masks.search_detours(ptr, nbr, order, need, view.dests, chosen)
    b1 = np.zeros_like(part.b1)
    b1[kept] = chosen
    return b1


def _any(bits: U64, src: np.ndarray, n: int) -> U64:
    """uint64[n, W]: what any slot of a switch has."""
    found = np.zeros((n, bits.shape[1]), np.uint64)
    np.bitwise_or.at(found, src, bits)
    return found


def _groups(own: U64) -> U64:
    """uint64[W]: the groups that exist."""
    every: U64 = np.bitwise_or.reduce(own, axis=0)
    return every

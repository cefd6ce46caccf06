"""One connected component solved: order, next hops, siblings, detours and weights."""

from __future__ import annotations

import numpy as np

from sidr.graph import masks
from sidr.model.fabric import I32, I64, Fabric
from sidr.model.plan import U8, PlanPart


def local_csr(fabric: Fabric, switches: I32) -> tuple[I32, I64, I32, I32]:
    """The component's own CSR.

    Args:
        switches: int32[k], member switches, ascending.

    Returns:
        (slots: int32[E], fabric slot of each row; ptr: int64[k+1]; nbr, twin: int32[E], local).
    """
    degree = (fabric.ptr[1:] - fabric.ptr[:-1])[switches]
    ptr = np.concatenate([[0], np.cumsum(degree)]).astype(np.int64)
    start = np.repeat(fabric.ptr[switches] - ptr[:-1], degree)
    slots = (np.arange(ptr[-1]) + start).astype(np.int32)
    number = np.full(fabric.switches, -1, np.int32)
    number[switches] = np.arange(len(switches))
    row = np.full(fabric.slots, -1, np.int32)
    row[slots] = np.arange(len(slots))
    return slots, ptr, number[fabric.nbr[slots]], row[fabric.twin[slots]]


def solve(fabric: Fabric, switches: I32, groups: I32) -> PlanPart:
    """The plan of one component.

    Args:
        switches, groups: int32, members, ascending.
    """
    slots, ptr, nbr, twin = local_csr(fabric, switches)
    dests = np.searchsorted(switches, fabric.groups[groups]).astype(np.int32)
    words = max(1, -(-len(groups) // 64))
    prim, dist = masks.levels(ptr, nbr, dests, words)
    own = masks.own_groups(len(switches), dests, words)
    sib, b1, need, _ = masks.detours(ptr, nbr, twin, prim, own)
    if need.any():
        masks.search_detours(ptr, nbr, prim, need, dests, b1)
    cap = fabric.capacity_bps[fabric.link[slots]].astype(np.float64)
    w0: U8 | None = np.empty((0, 0), np.uint8)
    if masks.weights(ptr, nbr, twin, cap, prim, dist, dests, w0):
        w0 = None  # an even split everywhere needs no bytes
    else:
        w0 = np.zeros((len(groups), len(slots)), np.uint8)
        masks.weights(ptr, nbr, twin, cap, prim, dist, dests, w0)
    return PlanPart(switches, groups, slots, prim, sib, b1, dist, w0)

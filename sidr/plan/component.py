"""One connected component solved: order, next hops, siblings, detours and weights.

Components of equal shape (the planes of most fabrics) are solved once: `Shape` holds everything
that a solution depends on, so equal shapes prove equal solutions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sidr.graph import masks
from sidr.model.fabric import F64, I32, I64, Fabric
from sidr.model.plan import U8, PlanPart


class Shape(NamedTuple):
    """A component of k switches and E slots with numbers of its own.

    Attributes:
        ptr: int64[k+1]; nbr, twin: int32[E]. Its CSR.
        dests: int32[g], switch of each group. capacity_bps: float64[E].
    """

    ptr: I64
    nbr: I32
    twin: I32
    dests: I32
    capacity_bps: F64

    @property
    def key(self) -> tuple[bytes, ...]:
        """Equal for equal shapes, and for them only."""
        return tuple(array.tobytes() for array in self)


def solve_all(
    fabric: Fabric, components: Sequence[tuple[I32, I32]]
) -> tuple[tuple[PlanPart, ...], tuple[int, ...]]:
    """The plan of every component, given by its (switches, groups).

    Returns:
        The parts, and for each the number of the first part of the same shape, whose arrays it
        shares (its own number, when there is none before it).
    """
    parts: list[PlanPart] = []
    like: list[int] = []
    known: dict[tuple[bytes, ...], int] = {}
    for switches, groups in components:
        slots, shape = shape_of(fabric, switches, groups)
        first = known.setdefault(shape.key, len(parts))
        if first == len(parts):
            parts.append(_solve(shape, switches, groups, slots))
        else:
            old = parts[first]
            shared = (old.prim, old.sib, old.b1, old.dist, old.w0)
            parts.append(PlanPart(switches, groups, slots, *shared))
        like.append(first)
    return tuple(parts), tuple(like)


def shape_of(fabric: Fabric, switches: I32, groups: I32) -> tuple[I32, Shape]:
    """The fabric slot of each of a component's rows (int32[E]), and its shape.

    Args:
        switches, groups: int32, members, ascending.
    """
    degree = (fabric.ptr[1:] - fabric.ptr[:-1])[switches]
    ptr = np.concatenate([[0], np.cumsum(degree)]).astype(np.int64)
    start = np.repeat(fabric.ptr[switches] - ptr[:-1], degree)
    slots = (np.arange(ptr[-1]) + start).astype(np.int32)
    number = np.full(fabric.switches, -1, np.int32)
    number[switches] = np.arange(len(switches))
    row = np.full(fabric.slots, -1, np.int32)
    row[slots] = np.arange(len(slots))
    return slots, Shape(
        ptr=ptr,
        nbr=number[fabric.nbr[slots]],
        twin=row[fabric.twin[slots]],
        dests=number[fabric.groups[groups]],
        capacity_bps=fabric.capacity_bps[fabric.link[slots]].astype(np.float64),
    )


def _solve(shape: Shape, switches: I32, groups: I32, slots: I32) -> PlanPart:
    ptr, nbr, twin, dests, cap = shape
    words = max(1, -(-len(groups) // 64))
    prim, dist = masks.levels(ptr, nbr, dests, words)
    own = masks.own_groups(len(switches), dests, words)
    sib, b1, need, _ = masks.detours(ptr, nbr, twin, prim, own)
    if need.any():
        masks.search_detours(ptr, nbr, prim, need, dests, b1)
    w0: U8 | None = np.empty((0, 0), np.uint8)
    if masks.weights(ptr, nbr, twin, cap, prim, dist, dests, w0):
        w0 = None  # an even split everywhere needs no bytes
    else:
        w0 = np.zeros((len(groups), len(slots)), np.uint8)
        masks.weights(ptr, nbr, twin, cap, prim, dist, dests, w0)
    return PlanPart(switches, groups, slots, prim, sib, b1, dist, w0)

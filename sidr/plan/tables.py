"""The encoded tables of a component's switches, from its bitsets."""

from __future__ import annotations

import numpy as np

from sidr.forwarding.codec import Class, Run, mask_size, pack
from sidr.graph import masks
from sidr.model.fabric import I32, Fabric
from sidr.model.plan import NO_ENTRY, OWN, PlanPart


def tables(fabric: Fabric, part: PlanPart, epoch: int, order_id: int) -> list[bytes]:
    """One table per member switch, in order. Groups of other components have no entry."""
    found = []
    lo = 0
    degree = (fabric.ptr[1:] - fabric.ptr[:-1])[part.switches].tolist()
    groups = len(part.groups)
    number, first = np.empty(groups, np.int32), np.empty(groups, np.int32)
    w0 = np.empty((0, 0), np.uint8) if part.w0 is None else part.w0
    home = fabric.groups[part.groups]
    for switch, ports in zip(part.switches.tolist(), degree, strict=True):
        hi = lo + ports
        cells = np.zeros((groups, 3 * max(1, -(-ports // 64))), np.uint64)
        count = masks.classes(lo, hi, part.prim, part.sib, part.b1, w0, cells, number, first)
        kept, renumbered = _without_own(number, count, home == switch)
        classes = [_class(part, cells, int(first[c]), (lo, hi)) for c in kept]
        runs = _runs(len(fabric.groups), part.groups, renumbered)
        found.append(pack(mask_size(ports), classes, runs, epoch, order_id))
        lo = hi
    return found


def _without_own(number: I32, count: int, own: np.ndarray) -> tuple[list[int], I32]:
    """Classes that some group of another switch uses, and the groups' numbers among them."""
    used = np.zeros(count, np.bool_)
    used[number[~own]] = True
    place = np.cumsum(used) - 1
    return np.flatnonzero(used).tolist(), np.where(own, OWN, place[number]).astype(np.int32)


def _class(part: PlanPart, cells: np.ndarray, group: int, span: tuple[int, int]) -> Class:
    """Masks and weights of the class that a group column stands for."""
    lo, hi = span
    size = mask_size(hi - lo)
    octets = cells[group].astype("<u8").reshape(3, -1).view(np.uint8)
    prim, sib, b1 = (octets[k].tobytes()[:size] for k in range(3))
    weights = b"" if part.w0 is None else part.w0[group, lo:hi].tobytes()
    return prim, sib, b1, b"" if _is_even(weights) else weights


def _is_even(weights: bytes) -> bool:
    """Whether all ports with a weight have the same one."""
    return len(set(weights) - {0}) <= 1


def _runs(total: int, members: I32, number: I32) -> list[Run]:
    """Run-length form over all groups of the fabric, with the end marked."""
    line = np.full(total, NO_ENTRY, np.int32)
    line[members] = number
    starts = np.concatenate([[0], np.flatnonzero(np.diff(line)) + 1])
    runs = list(zip(starts.tolist(), line[starts].tolist(), strict=True))
    return [*runs, (total, NO_ENTRY)]

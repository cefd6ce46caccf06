"""A component's tables as dense rows, ready for the kernels.

A Space is the local view of one PlanPart: switches and slots renumbered from 0, roles expanded
from bitsets to one byte per (group column, slot), and the traffic that is offered. Built once per
component; nothing in it changes with faults.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sidr.errors import PlanError
from sidr.forwarding.rule import Net
from sidr.model.fabric import F64, I32, Fabric
from sidr.model.plan import B1, PRIM, SIB, U8, U64, Plan, PlanPart

CELLS_MAX = 1_000_000_000
"""Bytes of roles that one component may take (a campus plane fits); more is refused."""


@dataclass(frozen=True, slots=True, eq=False)
class Space:
    """One component of k switches, g group columns and E slot rows.

    Attributes:
        part: the plan it came from; `part.slots[row]` is the fabric's slot.
        net: local CSR. dests: int32[g], local switch of each column.
        role, w0: uint8[g, E]; w0 is at least 1 on prim rows.
        link: int32[E], fabric link of each row.
        demand: float64[k], bps that each switch offers to each other destination (what it sends
            in all, split evenly); 0 = no source.
    """

    part: PlanPart
    net: Net
    dests: I32
    role: U8
    w0: U8
    link: I32
    demand: F64

    def column(self, group: int) -> int:
        """Column of a fabric group, -1 when it is in another component."""
        j = int(np.searchsorted(self.part.groups, group))
        here = j < len(self.part.groups) and self.part.groups[j] == group
        return j if here else -1

    def local(self, switch: int) -> int:
        """Local number of a member switch."""
        return int(np.searchsorted(self.part.switches, switch))


def _bits(words: U64, columns: int) -> U8:
    """uint64[E, W] bitsets over columns -> uint8[columns, E] of 0 and 1."""
    octets = np.ascontiguousarray(words).astype("<u8").view(np.uint8)
    return np.ascontiguousarray(np.unpackbits(octets, axis=1, count=columns, bitorder="little").T)


def offered(fabric: Fabric) -> F64:
    """What every destination switch sends in all, in bps per switch; 0 for the others.

    A switch sends its host capacity; in a fabric without hosts, the rate of its fastest link. A
    switch that is alone in its component has nobody to send to.
    """
    total = np.zeros(fabric.switches)
    rates = fabric.hosts.astype(np.float64) * fabric.host_bps
    if not rates.any():
        np.maximum.at(rates, fabric.src, fabric.capacity_bps[fabric.link].astype(np.float64))
    crowd = np.bincount(fabric.component[fabric.groups], minlength=1)
    senders = fabric.groups[crowd[fabric.component[fabric.groups]] > 1]
    total[senders] = rates[senders]
    return total


def space(fabric: Fabric, part: PlanPart) -> Space:
    """The dense local view of one component.

    Raises:
        PlanError: the component's tables would not fit in memory as bytes.
    """
    g, rows = len(part.groups), len(part.slots)
    if 2 * g * rows > CELLS_MAX:
        raise PlanError.one(
            fabric.label,
            f"{g} groups x {rows} slots are too many for exact traffic",
            fix="use a smaller fabric, or fewer planes",
        )
    degree = (fabric.ptr[1:] - fabric.ptr[:-1])[part.switches]
    ptr = np.concatenate([[0], np.cumsum(degree)]).astype(np.int64)
    nbr = np.searchsorted(part.switches, fabric.nbr[part.slots]).astype(np.int32)
    twin = np.searchsorted(part.slots, fabric.twin[part.slots]).astype(np.int32)
    link = fabric.link[part.slots]
    prim = _bits(part.prim, g)
    role = prim * np.uint8(PRIM) | _bits(part.sib, g) * np.uint8(SIB)
    role |= _bits(part.b1, g) * np.uint8(B1)
    return Space(
        part=part,
        net=Net(ptr, nbr, twin, fabric.capacity_bps[link].astype(np.float64)),
        dests=np.searchsorted(part.switches, fabric.groups[part.groups]).astype(np.int32),
        role=role,
        w0=prim if part.w0 is None else part.w0,
        link=link,
        demand=offered(fabric)[part.switches] / max(1, g - 1),
    )


def spaces(plan: Plan) -> tuple[Space, ...]:
    """The Space of every component, in the plan's order."""
    return tuple(space(plan.fabric, part) for part in plan.parts)

"""Puts a Plan together: every component solved, every table encoded, and what identifies both."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from sidr.errors import PlanError
from sidr.forwarding.codec import EPOCH_MAX, GROUPS_MAX, PORTS_MAX, digest64
from sidr.model.fabric import Fabric
from sidr.model.plan import Plan, PlanPart
from sidr.plan.component import solve_all
from sidr.plan.tables import Content, contents, tables


def plan(fabric: Fabric, *, epoch: int = 1) -> Plan:
    """Plan a fabric.

    Args:
        epoch: number of the plan among those of the same order.

    Raises:
        PlanError: more destination groups or ports than tables can number, or such an epoch.
    """
    if len(fabric.groups) >= GROUPS_MAX:
        raise PlanError.one(
            fabric.label, f"{len(fabric.groups)} destination groups", f"below {GROUPS_MAX}"
        )
    most = int(np.diff(fabric.ptr).max(initial=0))
    if most > PORTS_MAX:
        raise PlanError.one(fabric.label, f"a switch with {most} ports", f"at most {PORTS_MAX}")
    if not 0 <= epoch <= EPOCH_MAX:
        raise PlanError.one(fabric.label, f"epoch {epoch}", f"0..{EPOCH_MAX}")
    parts, like = solve_all(fabric, _components(fabric))
    order = order_id(fabric, parts)
    encoded = [b""] * fabric.switches
    said: dict[int, list[Content]] = {}
    for part, first in zip(parts, like, strict=True):
        if first not in said:
            said[first] = contents(fabric, part)
        of_part = tables(fabric, part, said[first], epoch=epoch, order_id=order)
        for switch, table in zip(part.switches.tolist(), of_part, strict=True):
            encoded[switch] = table
    return Plan(fabric, parts, epoch, order, digest64(b"".join(encoded)), tuple(encoded))


def order_id(fabric: Fabric, parts: Sequence[PlanPart]) -> int:
    """Identity of the order: which switches, in which numbers, at which distances to what, and
    which neighbour is behind which port."""
    state = hashlib.blake2b(digest_size=8)
    state.update("\n".join(fabric.names).encode())
    for part in parts:
        wiring = fabric.nbr[part.slots]
        for array in (part.switches, part.groups, fabric.groups[part.groups], part.dist, wiring):
            state.update(np.ascontiguousarray(array).tobytes())
    return int.from_bytes(state.digest(), "little")


def _components(fabric: Fabric) -> list[tuple[np.ndarray, np.ndarray]]:
    """(switches, groups) of every component, int32 and ascending."""
    of_group = fabric.component[fabric.groups]
    return [
        (
            np.flatnonzero(fabric.component == c).astype(np.int32),
            np.flatnonzero(of_group == c).astype(np.int32),
        )
        for c in range(int(fabric.component.max(initial=-1)) + 1)
    ]

"""What the planner hands out: the Plan of a fabric and one SwitchTable per switch.

The planner works on bitsets over groups (64 to a word) per directed slot; a switch's table is the
same content transposed to port masks. Both are frozen. `plan` makes them, `forwarding` reads them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sidr.model.fabric import I32, Fabric

U8 = npt.NDArray[np.uint8]
U64 = npt.NDArray[np.uint64]

PRIM, SIB, B1 = 1, 2, 4
"""Role bits of a slot for one group, where a column is expanded to bytes. A slot may be SIB and
B1 at once; rank 2 (`rest`) = neither PRIM nor B1."""

NO_ENTRY, OWN = -1, -2
"""Values of SwitchTable.group_class that are not classes."""

FULL = 16
"""r of a switch that reaches a group with its whole nominal capacity; r is an int in 0..FULL."""


@dataclass(frozen=True, slots=True, eq=False)
class PlanPart:
    """The plan of one connected component (a plane); ids are those of the whole Fabric.

    Rows are the component's slots: row i is fabric slot `slots[i]`, the member switches' slots
    concatenated in ascending switch order. Columns are its groups: column j is group `groups[j]`,
    kept as bit j % 64 of word j // 64.

    Attributes:
        switches: int32[k], member switches, ascending.
        groups: int32[g], member groups, ascending.
        slots: int32[E], fabric slot of each row.
        prim, sib, b1: uint64[E, ceil(g / 64)], the roles of a row for each group.
        dist: int16[g, k], hops from member switch k to the group's switch.
        w0: uint8[g, E], nominal weights of the prim rows, 1..255 scaled to the largest of their
            (switch, group) cell and 0 on other rows; None = equal within every cell.
    """

    switches: I32
    groups: I32
    slots: I32
    prim: U64
    sib: U64
    b1: U64
    dist: npt.NDArray[np.int16]
    w0: U8 | None


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """All tables of a fabric for one epoch.

    Attributes:
        fabric: what was planned.
        parts: one per connected component; every switch is in exactly one.
        epoch: starts at 1; order_id: hash of the order (which DAGs), equal across epochs that may
            be mixed; digest: hash of all tables.
        tables: encoded table of each switch, index = SwitchId (see `forwarding.codec`).
    """

    fabric: Fabric
    parts: tuple[PlanPart, ...]
    epoch: int
    order_id: int
    digest: int
    tables: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class SwitchTable:
    """One switch's table, decoded: what an agent knows of the plan.

    Attributes:
        ports: number of ports; masks are ints, bit p = port p.
        classes: per class (prim mask, sib mask, b1 mask, weight per port 0..255); weights are 0
            off prim; b"" = all prim ports weigh the same.
        group_class: per group 0..G-1 of the fabric its class number, NO_ENTRY where the switch
            does not reach it (another plane), OWN where the group is the switch's own.
    """

    switch: int
    ports: int
    epoch: int
    order_id: int
    digest: int
    classes: tuple[tuple[int, int, int, bytes], ...]
    group_class: tuple[int, ...]

"""The FIBs of a fabric: what forwards now. Changed write by write, without a clock.

Rows are those of the dense view of each component (`space`). Masks and weights of a table are the
plan's until another table is installed. Who decides, when a write takes effect and what is
measured are not here: drivers know.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from sidr.forwarding.codec import decode
from sidr.forwarding.rule import Bools
from sidr.forwarding.space import Space
from sidr.model.effects import FibWrite, ProgramFib
from sidr.model.fabric import I32, Fabric
from sidr.model.plan import B1, PRIM, SIB, U8, SwitchTable


class Fibs:
    """All FIBs.

    Args:
        fib: uint8[G, slots] and admitted: bool[slots], to begin with; see `kit.Start`.

    Attributes:
        rows: per component uint8[g, E], see `effects.FibWrite.ports`.
        role, w0: per component uint8[g, E], as `space.Space`; shared with it until changed.
        admitted: bool[slots].
        dirty: per component the columns that have changed since the set was last cleared.
        moved: per component the columns of which only one switch forwards otherwise since then,
            and that switch (numbers of the component).
        closed: per component the rows out of which ports have been taken since; only traffic
            that was sent there forwards otherwise.
        ports_moved: a port has been taken out of its groups or put back since it was last False.
    """

    def __init__(self, fabric: Fabric, spaces: Sequence[Space], fib: U8, admitted: Bools) -> None:
        self.spaces = spaces
        self.rows: list[U8] = [
            np.ascontiguousarray(fib[s.part.groups][:, s.part.slots]) for s in spaces
        ]
        self.role: list[U8] = [s.role for s in spaces]
        self.w0: list[U8] = [s.w0 for s in spaces]
        self.admitted: Bools = admitted.copy()
        self.dirty: list[set[int]] = [set() for _ in spaces]
        self.moved: list[dict[int, int]] = [{} for _ in spaces]
        self.ports_moved = False
        self.closed: list[set[int]] = [set() for _ in spaces]
        self._fabric = fabric
        self._place: dict[int, tuple[int, int]] = {}
        for i, space in enumerate(spaces):
            for v, lo in zip(space.part.switches.tolist(), space.net.ptr.tolist(), strict=False):
                self._place[v] = (i, lo)

    def of(self, switch: int, ports: int) -> tuple[U8, I32]:
        """The rows of a switch with so many ports, uint8[columns, ports], and the group of each
        column; a view that changes with what forwards."""
        place, lo = self._place[switch]
        return self.rows[place][:, lo : lo + ports], self.spaces[place].part.groups

    def touch(self, switch: int) -> None:
        """The switch may forward every column otherwise from now on."""
        place = self._place[switch][0]
        self.ports_moved = True
        self._move(switch, range(len(self.spaces[place].dests)))

    def _move(self, switch: int, columns: Iterable[int]) -> None:
        place = self._place[switch][0]
        moved, dirty = self.moved[place], self.dirty[place]
        here = self.spaces[place].local(switch)
        for j in columns:
            if moved.setdefault(j, here) != here:
                dirty.add(j)

    def shut(self, slot: int) -> None:
        """A port has been taken out of every group of its switch."""
        self.ports_moved = True
        place, lo = self._place[int(self._fabric.src[slot])]
        self.closed[place].add(lo + slot - int(self._fabric.ptr[self._fabric.src[slot]]))

    def reset(self, switch: int, fib: U8, admitted: Bools) -> None:
        """The switch boots with the FIB of a start."""
        place, lo = self._place[switch]
        ports = self._fabric.ports(switch)
        rows = slice(lo, lo + len(ports))
        groups = self.spaces[place].part.groups
        self.rows[place][:, rows] = fib[groups][:, ports.start : ports.stop]
        self.admitted[ports.start : ports.stop] = admitted[ports.start : ports.stop]
        self.touch(switch)

    def write(self, switch: int, write: FibWrite) -> None:
        """New next hops for some groups of a switch."""
        place, lo = self._place[switch]
        space, row = self.spaces[place], np.frombuffer(write.ports, np.uint8)
        columns = [space.column(g) for g in write.groups]
        self.rows[place][columns, lo : lo + len(row)] = row
        self._move(switch, columns)

    def masks(self, switch: int, order: ProgramFib) -> None:
        """Ports leave or enter all groups of a switch, and another table may take over."""
        first = self._fabric.ports(switch).start
        for p in order.expel:
            self.admitted[first + p] = False
            self.shut(first + p)
        for p in order.admit:
            self.admitted[first + p] = True
        if order.table:
            ports = len(self._fabric.ports(switch))
            self._install(switch, decode(order.table, switch, ports))
        if order.admit:
            self.touch(switch)

    def _install(self, switch: int, table: SwitchTable) -> None:
        """A table's masks and weights take the place of the plan's."""
        place, lo = self._place[switch]
        space = self.spaces[place]
        for arrays, original in ((self.role, space.role), (self.w0, space.w0)):
            if arrays[place] is original:
                arrays[place] = original.copy()
        rows = slice(lo, lo + table.ports)
        cells = [_cell(table.ports, *parts) for parts in table.classes]
        role, w0 = self.role[place][:, rows], self.w0[place][:, rows]
        changed = []
        for j, g in enumerate(space.part.groups.tolist()):
            number = table.group_class[g]
            if number >= 0 and not _same(cells[number], role[j], w0[j]):
                role[j], w0[j] = cells[number]
                changed.append(j)
        self._move(switch, changed)


def _same(cell: tuple[U8, U8], role: U8, w0: U8) -> bool:
    return cell[0].tobytes() == role.tobytes() and cell[1].tobytes() == w0.tobytes()


def _cell(ports: int, prim: int, sib: int, b1: int, weights: bytes) -> tuple[U8, U8]:
    """Role bits and weights per port of a class; without weights every primary has 1."""
    role = np.zeros(ports, np.uint8)
    for mask, bit in ((prim, PRIM), (sib, SIB), (b1, B1)):
        role |= np.array([bit * (mask >> p & 1) for p in range(ports)], np.uint8)
    if weights:
        return role, np.frombuffer(weights, np.uint8)
    return role, (role & PRIM).astype(np.uint8)

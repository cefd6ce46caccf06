"""The FIBs of a fabric in virtual time: what forwards now, and writes that take effect one by one.

Rows are those of the dense view of each component (`forwarding.space`). Masks and weights of a
table are the plan's until a core programs another table. Not here: who decides, what is measured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from sidr.forwarding.codec import decode
from sidr.forwarding.rule import Bools
from sidr.forwarding.space import Space
from sidr.model.effects import FibWrite, ProgramFib
from sidr.model.fabric import Fabric
from sidr.model.plan import B1, PRIM, SIB, U8, SwitchTable
from sidr.protocols.kit import Core, Start
from sidr.sim.hardware import Costs
from sidr.sim.kernel import Kernel
from sidr.trace.recorder import Recorder

Job = tuple[int, Core, ProgramFib, int]
"""(switch, core that ordered it, its order, number of the write in it)."""


class Fibs:
    """All FIBs.

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
        last_write_ns, changed: when the last write was, and which switches have written.
    """

    def __init__(
        self, fabric: Fabric, spaces: Sequence[Space], start: Start, kernel: Kernel, costs: Costs
    ) -> None:
        self.spaces = spaces
        self.rows: list[U8] = [
            np.ascontiguousarray(start.fib[s.part.groups][:, s.part.slots]) for s in spaces
        ]
        self.role: list[U8] = [s.role for s in spaces]
        self.w0: list[U8] = [s.w0 for s in spaces]
        self.admitted: Bools = start.admitted.copy()
        self.dirty: list[set[int]] = [set() for _ in spaces]
        self.moved: list[dict[int, int]] = [{} for _ in spaces]
        self.ports_moved = False
        self.closed: list[set[int]] = [set() for _ in spaces]
        self.last_write_ns: int | None = None
        self.changed: set[int] = set()
        self._fabric, self._kernel, self._costs = fabric, kernel, costs
        self._busy = [0] * fabric.switches
        self._place: dict[int, tuple[int, int]] = {}
        for i, space in enumerate(spaces):
            for v, lo in zip(space.part.switches.tolist(), space.net.ptr.tolist(), strict=False):
                self._place[v] = (i, lo)

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

    def reset(self, switch: int, start: Start) -> None:
        """The switch boots with the FIB of a start."""
        place, lo = self._place[switch]
        ports = self._fabric.ports(switch)
        rows = slice(lo, lo + len(ports))
        groups = self.spaces[place].part.groups
        self.rows[place][:, rows] = start.fib[groups][:, ports.start : ports.stop]
        self._busy[switch] = 0
        self.admitted[ports.start : ports.stop] = start.admitted[ports.start : ports.stop]
        self.touch(switch)

    def schedule(
        self, switch: int, core: Core, order: ProgramFib, carry_out: Callable[[Job], None]
    ) -> int:
        """Have the writes of an order carried out, each when its cost has passed.

        Returns:
            When the last of them is done.
        """
        at = self._kernel.at
        done = max(self._kernel.now_ns, self._busy[switch]) + self._costs.ns(order.work)
        for number, write in enumerate(order.writes):
            done += self._price(write.group_writes, write.route_writes)
            at(done, carry_out, (switch, core, order, number))
        if order.expel or order.admit or order.table:
            done += self._price(order.mask_writes, 0)
            at(done, carry_out, (switch, core, order, len(order.writes)))
        self._busy[switch] = done
        return done

    def _price(self, group_writes: int, route_writes: int) -> int:
        cost = self._costs.ns
        return sum(cost("group_write") for _ in range(group_writes)) + sum(
            cost("route_write") for _ in range(route_writes)
        )

    def carry_out(self, job: Job, recorder: Recorder) -> None:
        """One write takes effect now."""
        switch, _, order, number = job
        now = self._kernel.now_ns
        if number < len(order.writes):
            recorder.write(now, switch, order.writes[number])
            self._write(switch, order.writes[number])
        else:
            recorder.masks(now, switch, order.expel, order.admit)
            self._masks(switch, order)
        self.last_write_ns = now
        self.changed.add(switch)

    def _write(self, switch: int, write: FibWrite) -> None:
        place, lo = self._place[switch]
        space, row = self.spaces[place], np.frombuffer(write.ports, np.uint8)
        columns = [space.column(g) for g in write.groups]
        self.rows[place][columns, lo : lo + len(row)] = row
        self._move(switch, columns)

    def _masks(self, switch: int, order: ProgramFib) -> None:
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

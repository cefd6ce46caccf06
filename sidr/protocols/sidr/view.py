"""What an agent knows about its destinations: its table, what each neighbour announced, and the
share r that follows. Pure bookkeeping, no messages and no timers.

Entries are kept per group as one byte per port (the neighbour's r), which is also what goes into
the FIB; groups with equal class and equal bytes share one next-hop group in hardware.
"""

from __future__ import annotations

from collections.abc import Iterable

from sidr.model.effects import FibWrite
from sidr.model.plan import FULL, OWN, SwitchTable


def capacity_share(have: int, nominal: int) -> int:
    """Sixteenths of the nominal capacity that are left, rounded half up."""
    return (2 * have + nominal) // (2 * nominal)


class View:
    """One switch's table joined with what its neighbours announced.

    Attributes:
        entry: per group the r of each port's neighbour; groups without a class keep b"".
        admitted: mask of ports in the forwarding groups.
        own: per group the r that follows from entry and admitted; FULL for the own group.
    """

    def __init__(self, table: SwitchTable, heard: int, admitted: int) -> None:
        blank = bytes([heard]) * table.ports
        self.table = table
        self.admitted = admitted
        self.entry = [blank if c >= 0 else b"" for c in table.group_class]
        self._members: dict[tuple[int, bytes], int] = {}
        for c in table.group_class:
            if c >= 0:
                self._members[c, blank] = self._members.get((c, blank), 0) + 1
        self.own = [FULL if c == OWN else 0 for c in table.group_class]
        self.refresh(range(len(self.entry)))

    def adopt(self, table: SwitchTable) -> list[int]:
        """Another table of the same order: the same groups, other weights and detours.

        Returns:
            The groups whose own r changed.
        """
        self.table = table
        self._members.clear()
        for c, entry in zip(table.group_class, self.entry, strict=True):
            if c >= 0:
                self._members[c, entry] = self._members.get((c, entry), 0) + 1
        return self.refresh(range(len(self.entry)))

    def classes_using(self, port: int) -> int:
        """How many classes have the port as primary, sibling or backup."""
        bit = 1 << port
        return sum(1 for prim, sib, b1, _ in self.table.classes if (prim | sib | b1) & bit)

    def groups_over(self, port: int) -> list[int]:
        """Groups whose own r depends on the port (it is prim or sib for them)."""
        bit = 1 << port
        hit = [bool((prim | sib) & bit) for prim, sib, _, _ in self.table.classes]
        return [g for g, c in enumerate(self.table.group_class) if c >= 0 and hit[c]]

    def refresh(self, groups: Iterable[int]) -> list[int]:
        """Recompute own r of some groups; returns those where it changed, in the given order."""
        known: dict[tuple[int, bytes], int] = {}
        changed = []
        for g in groups:
            c = self.table.group_class[g]
            if c < 0:
                continue
            key = (c, self.entry[g])
            r = known.get(key)
            if r is None:
                r = known[key] = self._share(*key)
            if r != self.own[g]:
                self.own[g] = r
                changed.append(g)
        return changed

    def _share(self, number: int, entry: bytes) -> int:
        prim, sib, _, weights = self.table.classes[number]
        have = nominal = 0
        usable = False
        for p in range(self.table.ports):
            bit = 1 << p
            heard = entry[p] if self.admitted & bit else 0
            if prim & bit:
                w0 = weights[p] if weights else 1
                nominal += w0
                have += w0 * heard
            if (prim | sib) & bit and heard:
                usable = True
        return max(1, capacity_share(have, nominal)) if usable else 0

    def hear(
        self, port: int, shares: Iterable[tuple[int, int]]
    ) -> tuple[list[int], list[FibWrite]]:
        """Take in a neighbour's (group, r) pairs.

        Returns:
            (groups whose entry changed, the FIB writes that follow in order of first group).
        """
        moves: dict[tuple[int, bytes, bytes], list[int]] = {}
        touched = []
        for g, r in shares:
            old = self.entry[g]
            if not old or old[port] == r:
                continue
            new = old[:port] + bytes([r]) + old[port + 1 :]
            self.entry[g] = new
            touched.append(g)
            moves.setdefault((self.table.group_class[g], old, new), []).append(g)
        return touched, [self._move(*key, groups) for key, groups in moves.items()]

    def _move(self, number: int, old: bytes, new: bytes, groups: list[int]) -> FibWrite:
        """The cheapest way to give groups a new entry: rewrite the next-hop group that they
        share if nobody else uses it, else point their routes to another one."""
        count = len(groups)
        alone = self._members[number, old] == count
        exists = self._members.get((number, new), 0) > 0
        self._members[number, old] -= count
        self._members[number, new] = self._members.get((number, new), 0) + count
        return FibWrite(
            groups=tuple(groups),
            ports=new,
            group_writes=1 if alone or not exists else 0,
            route_writes=0 if alone else count,
        )

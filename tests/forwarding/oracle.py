"""An independent, slow reading of the forwarding rule with exact fractions.

Written from the rule's definition, on names and sets instead of arrays, by recursion over
(switch, tag, where from). A state that comes back on its own path loops for ever.
"""

from __future__ import annotations

from collections import deque
from fractions import Fraction

from sidr.model.fabric import Fabric


def hops_to(fabric: Fabric, dest: int, without: int = -1) -> dict[int, int]:
    """Breadth-first distances to a switch, with one switch removed."""
    dist = {dest: 0}
    queue = deque([dest])
    while queue:
        v = queue.popleft()
        for e in fabric.ports(v):
            u = int(fabric.nbr[e])
            if u != without and u not in dist:
                dist[u] = dist[v] + 1
                queue.append(u)
    return dist


class Oracle:
    """Shares towards one destination with some links dark; all neighbours at r > 0 unless told."""

    def __init__(self, fabric: Fabric, dest: int, dark: set[int], bounces: int) -> None:
        self.fabric, self.dest, self.dark, self.bounces = fabric, dest, dark, bounces
        self.dist = hops_to(fabric, dest)
        self.poisoned: set[tuple[int, int]] = set()  # (switch, neighbour that sent r = 0)

    def roles(self, v: int) -> tuple[set[int], set[int], set[int]]:
        """Neighbours of v that are prim, sib, b1."""
        near = {int(self.fabric.nbr[e]) for e in self.fabric.ports(v)}
        prim = {u for u in near if self.dist[u] == self.dist[v] - 1}
        sib = {u for u in near if self.dist[u] == self.dist[v] and u < v}
        detour = hops_to(self.fabric, self.dest, without=v)
        cost = {u: detour[u] for u in near - prim if u in detour}
        best = min(cost.values(), default=0)
        return prim, sib, {u for u, c in cost.items() if c == best}

    def next_ports(self, v: int, tag: int, behind: int) -> tuple[list[int], int]:
        """Slots that a packet takes, and its tag when it leaves."""
        prim, sib, b1 = self.roles(v)
        live = [e for e in self.fabric.ports(v) if int(self.fabric.link[e]) not in self.dark]
        to = {e: int(self.fabric.nbr[e]) for e in live}
        good = {e for e in live if (v, to[e]) not in self.poisoned}
        away = {e for e in live if to[e] != behind}
        rise = tag < self.bounces
        lines = [
            ([e for e in live if to[e] in prim and e in good & away], tag),
            ([e for e in live if to[e] in sib and e in good & away], tag),
            ([e for e in live if rise and to[e] in b1 and e in good], tag + 1),
            ([e for e in live if rise and to[e] not in prim | b1 and e in good & away], tag + 1),
            ([e for e in live if to[e] in prim and e in away], tag),
            ([e for e in live if rise], tag + 1),
        ]
        return next(((slots, t) for slots, t in lines if slots), ([], tag))

    def share(self, source: int) -> tuple[Fraction, Fraction]:
        """(delivered, looping) of what a switch sends."""
        return self._from(source, 0, -1, ())

    def _from(
        self, v: int, tag: int, behind: int, path: tuple[tuple[int, int, int], ...]
    ) -> tuple[Fraction, Fraction]:
        if v == self.dest:
            return Fraction(1), Fraction(0)
        if (v, tag, behind) in path:
            return Fraction(0), Fraction(1)
        slots, out = self.next_ports(v, tag, behind)
        got = lost = Fraction(0)
        for e in slots:
            u = int(self.fabric.nbr[e])
            more, gone = self._from(u, out, v, (*path, (v, tag, behind)))
            got += more / len(slots)
            lost += gone / len(slots)
        return got, lost

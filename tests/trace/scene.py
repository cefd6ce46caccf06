"""A small fabric whose tables and light a test changes by hand, watched by a Meter.

Everything is named: a port is (switch, neighbour), a pair is (source, destination).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from sidr.forwarding.rule import PLAIN
from sidr.forwarding.shares import Traffic
from sidr.forwarding.space import Space, offered, spaces
from sidr.model.fabric import Fabric
from sidr.model.plan import PRIM
from sidr.plan import plan
from sidr.topology import load
from sidr.trace.metrics import Measured, Meter

T0_NS = 5_000_000_000
MS = 10**6
Port = tuple[str, str]
Pair = tuple[str, str]


class Plane:
    """One component: its tables, its light, and its Traffic.

    Args:
        crossed: pairs whose traffic crosses the fault, by scope; "all" = down and up, unless given.
    """

    def __init__(self, space: Space, fabric: Fabric, crossed: Mapping[str, Iterable[Pair]]) -> None:
        self.space, self.fabric = space, fabric
        self.fib = (space.role & PRIM != 0).astype(np.uint8)
        self.live = np.ones(len(space.net.nbr), np.bool_)
        self.lit = self.live.copy()
        self.demand = space.demand.copy()
        self.connected = np.ones((len(space.dests), len(space.demand)), np.bool_)
        self.traffic = Traffic(space, PLAIN)
        given = {scope: list(pairs) for scope, pairs in crossed.items()}
        given.setdefault("all", [*given.get("down", []), *given.get("up", [])])
        self.crossed = {scope: self.mask(given.get(scope, [])) for scope in ("all", "down", "up")}
        self.solve(self.columns)

    @property
    def columns(self) -> np.ndarray:
        return np.arange(len(self.space.dests), dtype=np.int32)

    def has(self, switch: str) -> bool:
        return self.fabric.names.index(switch) in self.space.part.switches

    def local(self, switch: str) -> int:
        return self.space.local(self.fabric.names.index(switch))

    def column(self, dest: str) -> int:
        return self.space.dests.tolist().index(self.local(dest))

    def row(self, port: Port) -> int:
        switch, neighbour = (self.local(name) for name in port)
        lo, hi = self.space.net.ptr[switch : switch + 2]
        return int(lo) + self.space.net.nbr[lo:hi].tolist().index(neighbour)

    def mask(self, pairs: Iterable[Pair]) -> np.ndarray:
        found = np.zeros(self.connected.shape, np.bool_)
        for source, dest in pairs:
            found[self.column(dest), self.local(source)] = True
        return found

    def solve(self, columns: np.ndarray) -> None:
        self.traffic.solve(columns, self.fib, self.live, self.lit, self.demand)


class Scene:
    """Planes and their Meter. Times are ms since the start of the fault."""

    def __init__(
        self,
        of: str | Fabric,
        *,
        crossed: Mapping[str, Iterable[Pair]] | None = None,
        offered_bps: float | None = None,
    ) -> None:
        self.fabric = load(of) if isinstance(of, str) else of
        self.planes = []
        for space in spaces(plan(self.fabric)):
            members = {self.fabric.names[v] for v in space.part.switches}
            here = {s: [p for p in ps if p[0] in members] for s, ps in (crossed or {}).items()}
            self.planes.append(Plane(space, self.fabric, here))
        self.offered_bps = offered_bps or float(offered(self.fabric).sum())
        traffics, masks = [p.traffic for p in self.planes], [p.crossed for p in self.planes]
        self.meter = Meter(traffics, masks, self.offered_bps, T0_NS)
        for i, plane in enumerate(self.planes):
            self.meter.observe(i, plane.columns)

    def at(
        self,
        ms: float,
        *,
        fib: Mapping[tuple[str, str], Iterable[str]] | None = None,
        live: Mapping[Port, bool] | None = None,
        lit: Mapping[Port, bool] | None = None,
        connected: Mapping[Pair, bool] | None = None,
        silent: Iterable[str] = (),
    ) -> None:
        """Change things at an instant, as a driver does: time passes, then shares are new.

        Args:
            fib: (switch, destination) -> its next hops from now on. live: ports in their groups
                or out. lit: directions with light or without. connected: pairs that light joins
                or no more. silent: sources that send nothing from now on.
        """
        for i, plane in enumerate(self.planes):
            changed = self._columns(plane, [dest for _, dest in fib or ()])
            if live or lit or connected or silent:
                changed = plane.columns
            if not len(changed):
                continue
            self.meter.advance(i, changed, self.ns(ms))
            self._change(plane, fib or {}, {**(live or {})}, {**(lit or {})})
            for source in silent:
                plane.demand[plane.local(source)] = 0.0
            for pair, up in (connected or {}).items():
                plane.connected[plane.mask([pair])] = up
            self.meter.connect(i, plane.connected)
            plane.solve(changed)
            self.meter.observe(i, changed)
        self.meter.instant(self.ns(ms))

    def restore(self, ms: float) -> None:
        """Light begins to return."""
        self.meter.restore(self.ns(ms))

    def result(self, ms: float) -> Measured:
        """Watching ends."""
        return self.meter.result(self.ns(ms))

    @staticmethod
    def ns(ms: float) -> int:
        return T0_NS + round(ms * MS)

    def _columns(self, plane: Plane, dests: Iterable[str]) -> np.ndarray:
        return np.array(sorted({plane.column(d) for d in dests if plane.has(d)}), np.int32)

    def _change(
        self,
        plane: Plane,
        fib: Mapping[tuple[str, str], Iterable[str]],
        live: Mapping[Port, bool],
        lit: Mapping[Port, bool],
    ) -> None:
        for (switch, dest), hops in fib.items():
            if plane.has(switch):
                v, j = plane.local(switch), plane.column(dest)
                lo, hi = plane.space.net.ptr[v : v + 2]
                plane.fib[j, lo:hi] = 0
                plane.fib[j, [plane.row((switch, h)) for h in hops]] = 1
        for flags, changes in ((plane.live, live), (plane.lit, lit)):
            for port, on in changes.items():
                if plane.has(port[0]):
                    flags[plane.row(port)] = on

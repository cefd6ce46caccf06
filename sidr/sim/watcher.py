"""Keeps shares and metrics up to date while a World runs: after every instant, what changed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sidr.forwarding import connected as reach
from sidr.forwarding.rule import Bools, Rule
from sidr.forwarding.shares import Traffic
from sidr.forwarding.space import Space
from sidr.model.fabric import F64, I32
from sidr.model.faults import NEAR, Change
from sidr.sim.stage import Stage
from sidr.sim.world import World
from sidr.trace.metrics import Meter


class Watcher:
    """Watches one World.

    Args:
        changes: what the trial changes; it says whose traffic is affected.
        t0_ns: start of the first fault, on the World's clock.
    """

    def __init__(
        self, world: World, rule: Rule, stage: Stage, changes: Sequence[Change], t0_ns: int
    ) -> None:
        self.world, self.stage = world, stage
        self.traffics = [Traffic(space, rule) for space in stage.spaces]
        self._ports = [self._read(space) for space in stage.spaces]
        for i in range(len(self.traffics)):
            self._solve(i, self._all(i))
        crossed = [crossings(stage, space, changes) for space in stage.spaces]
        self._passing = world.physics.passing.copy()
        self._alive = ~np.array(world.physics.dead)
        self.meter = Meter(self.traffics, crossed, stage.offered_bps, t0_ns)
        for i in range(len(self.traffics)):
            self.meter.observe(i, self._all(i))

    def after(self, now_ns: int) -> None:
        """Kernel hook: an instant is complete."""
        connected = touched = self.world.physics.changed
        if connected:
            self._connect(now_ns)
        if connected or self.world.fibs.ports_moved:
            self.world.fibs.ports_moved = False
            self._ports = [self._read(space) for space in self.stage.spaces]
        for i in range(len(self.traffics)):
            touched = bool(self.world.fibs.moved[i]) or touched
            chosen = self._changed(i)
            if len(chosen):
                touched = True
                self.meter.advance(i, chosen, now_ns)
                self._solve(i, chosen)
            if connected:  # who is connected has changed, even where traffic has not
                chosen = self._all(i)
            if len(chosen):
                self.meter.observe(i, chosen)
        if touched:
            self.meter.instant(now_ns)

    def _connect(self, now_ns: int) -> None:
        world = self.world
        world.physics.changed = False
        alive = ~np.array(world.physics.dead)
        moved = world.physics.passing != self._passing
        self._passing = world.physics.passing.copy()
        for i, space in enumerate(self.stage.spaces):
            self.meter.advance(i, self._all(i), now_ns)
            out = np.empty((len(space.dests), len(space.demand)), np.bool_)
            lit = world.physics.passing[space.part.slots] > 0.0
            reach.connected(space.net, space.dests, lit, alive[space.part.switches], out)
            self.meter.connect(i, out)
            home = space.part.switches[space.dests]
            if np.array_equal(alive[home], self._alive[home]):
                world.fibs.closed[i].update(np.flatnonzero(moved[space.part.slots]).tolist())
            else:  # a destination is a source as well
                world.fibs.dirty[i].update(range(len(space.dests)))
        self._alive = alive

    def _changed(self, i: int) -> I32:
        """The columns of a component that must be solved; those that need not are up to date."""
        fibs = self.world.fibs
        moved, dirty, closed = fibs.moved[i], fibs.dirty[i], fibs.closed[i]
        if closed:
            rows = np.array(sorted(closed), np.int64)
            dirty.update(self.traffics[i].using(rows).tolist())
            closed.clear()
        calm = sorted(moved.keys() - dirty)
        if calm:
            starts = np.array([moved[j] for j in calm], np.int32)
            columns = np.array(calm, np.int32)
            done = self._traffic(i).ripple(columns, starts, fibs.rows[i], self._ports[i])
            dirty.update(columns[~done].tolist())
        moved.clear()
        chosen = np.array(sorted(dirty), np.int32)
        dirty.clear()
        return chosen

    def _all(self, i: int) -> np.ndarray:
        return np.arange(len(self.stage.spaces[i].dests), dtype=np.int32)

    def _read(self, space: Space) -> tuple[Bools, F64, F64]:
        """Ports in their groups, the part of packets that they carry, and what switches offer."""
        physics, slots = self.world.physics, space.part.slots
        live = self.world.fibs.admitted[slots] & ~physics.pruned[slots]
        alive = ~np.array(physics.dead)[space.part.switches]
        return live, physics.passing[slots], np.where(alive, space.demand, 0.0)

    def _traffic(self, i: int) -> Traffic:
        traffic, fibs = self.traffics[i], self.world.fibs
        traffic.role, traffic.w0 = fibs.role[i], fibs.w0[i]
        return traffic

    def _solve(self, i: int, columns: np.ndarray) -> None:
        self._traffic(i).solve(columns, self.world.fibs.rows[i], *self._ports[i])


def crossings(stage: Stage, space: Space, changes: Sequence[Change]) -> dict[str, Bools]:
    """Pairs whose traffic crosses what fails, in all ("all") or down or up over a failed link."""
    fabric, slots = stage.fabric, space.part.slots
    src, dst, link = fabric.src[slots], fabric.nbr[slots], space.link
    failed = np.zeros(len(slots), np.bool_)
    dead = np.zeros(fabric.switches, np.bool_)
    for change in changes:
        if change.element == "switch":
            dead[change.id] = True
        elif change.element != "planner":
            here = link == change.id
            if change.end:
                here &= (src == fabric.near[change.id]) == (change.end == NEAR)
            failed |= here
    marks = {
        "all": failed | dead[src] | dead[dst],
        "down": failed & (fabric.tier[src] > fabric.tier[dst]),
        "up": failed & (fabric.tier[src] < fabric.tier[dst]),
    }
    found = {}
    for scope, marked in marks.items():
        out = np.empty((len(space.dests), len(space.demand)), np.bool_)
        reach.crossing(space.net, space.dests, space.part.dist, space.role, marked, out)
        found[scope] = out
    return found

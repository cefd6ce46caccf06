"""One trial: a fault on a freshly converged fabric, run to its end and measured.

`run` is a pure function of its arguments: same trial, same fabric, same profiles, same result and
same trace, on any machine and in any process.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from sidr.forwarding import connected as reach
from sidr.forwarding.rule import PLAIN, Bools, Rule
from sidr.forwarding.shares import Traffic
from sidr.forwarding.space import Space
from sidr.model.faults import Change, Trial
from sidr.model.profiles import Hardware, Profile
from sidr.protocols.kit import Kit, Setting
from sidr.sim.stage import Stage
from sidr.sim.world import World
from sidr.trace.metrics import Measured, Meter
from sidr.trace.recorder import Recorder

START_NS = 1_000_000_000
"""When trials begin, virtual time: time zero of a fault expression."""
RESTORE_AFTER_NS = 1_000_000_000
"""Quiet time between the end of a lasting fault's run and its restoration."""
SETTLE_NS = 10_000_000_000
"""What the horizon adds to three times the slowest dead or hold timer."""
RESTORING = ("sidr",)
"""Protocols whose restoration is modelled in full and therefore measured."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one trial gave: metrics, counts, and the recorder with the trace's digest."""

    measured: Measured
    detection_ns: int
    reconvergence_ns: int
    messages: int
    switches_changed: int
    events: int
    recorder: Recorder


def horizon_ns(profile: Profile) -> int:
    """How long after the last change a protocol may take before it counts as unrecovered."""
    return 3 * max(profile.bgp.hold_ns, profile.ospf.dead_ns) + SETTLE_NS


def rule_of(kit: Kit, profile: Profile) -> Rule:
    """The forwarding rule of a protocol, weighted as hardware does it."""
    return Rule(1, profile.sidr.bounces, 1, 1) if kit.tagged else PLAIN


class Watcher:
    """Keeps shares and metrics up to date while a World runs."""

    def __init__(self, world: World, rule: Rule, meter_of: type[Meter], stage: Stage,
                 changes: Sequence[Change]) -> None:  # fmt: skip
        self.world, self.stage = world, stage
        self.traffics = [Traffic(space, rule) for space in stage.spaces]
        for i in range(len(self.traffics)):
            self._solve(i, self._all(i))
        crossed = [crossings(stage, space, changes) for space in stage.spaces]
        t0 = START_NS + min(c.at_ns for c in changes)
        self.meter = meter_of(self.traffics, crossed, stage.offered_bps, t0)
        for i in range(len(self.traffics)):
            self.meter.observe(i, self._all(i))

    def after(self, now_ns: int) -> None:
        """Kernel hook: an instant is complete."""
        world = self.world
        if world.physics_changed:
            self._connect(now_ns)
        touched = False
        for i, columns in enumerate(world.dirty):
            if columns:
                touched = True
                chosen = np.array(sorted(columns), np.int32)
                columns.clear()
                self.meter.advance(i, chosen, now_ns)
                self._solve(i, chosen)
                self.meter.observe(i, chosen)
        if touched:
            self.meter.instant(now_ns)

    def _connect(self, now_ns: int) -> None:
        world = self.world
        world.physics_changed = False
        alive = ~np.array(world.dead)
        for i, space in enumerate(self.stage.spaces):
            self.meter.advance(i, self._all(i), now_ns)
            out = np.empty((len(space.dests), len(space.demand)), np.bool_)
            lit = world.ports.lit[space.part.slots]
            reach.connected(space.net, space.dests, lit, alive[space.part.switches], out)
            self.meter.connect(i, out)
            world.dirty[i].update(range(len(space.dests)))

    def _all(self, i: int) -> np.ndarray:
        return np.arange(len(self.stage.spaces[i].dests), dtype=np.int32)

    def _solve(self, i: int, columns: np.ndarray) -> None:
        world, space = self.world, self.stage.spaces[i]
        slots = space.part.slots
        live = world.ports.admitted[slots] & ~world.ports.pruned[slots]
        alive = ~np.array(world.dead)[space.part.switches]
        demand = np.where(alive, space.demand, 0.0)
        self.traffics[i].solve(columns, world.fibs[i], live, world.ports.lit[slots], demand)


def crossings(stage: Stage, space: Space, changes: Sequence[Change]) -> dict[str, Bools]:
    """Pairs whose traffic crosses what fails, in all ("all") or down or up over a failed link."""
    fabric = stage.fabric
    links = np.zeros(fabric.links, np.bool_)
    links[[c.id for c in changes if c.kind == "link-down"]] = True
    failed = links[space.link]
    slots = space.part.slots
    src, dst = fabric.src[slots], fabric.nbr[slots]
    dead = np.zeros(fabric.switches, np.bool_)
    dead[[c.id for c in changes if c.kind == "switch-down"]] = True
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


def run(
    stage: Stage,
    trial: Trial,
    kit: Kit,
    profile: Profile,
    hardware: Hardware,
    *,
    asn: str = "rfc7938",
    keep: bool = False,
) -> Outcome:
    """Run one trial under one protocol.

    Args:
        stage: must hold every component that the trial touches.
        keep: the recorder holds all records (for replay and saved traces).
    """
    physics, birth, chance, reborn = np.random.SeedSequence(trial.seed).spawn(4)
    setting = Setting(stage.fabric, stage.plan, profile, asn, np.random.default_rng(birth))
    again = Setting(stage.fabric, stage.plan, profile, asn, np.random.default_rng(reborn))
    recorder = Recorder(keep=keep)
    world = World(
        stage.fabric,
        stage.spaces,
        kit.converged(setting),
        tagged=kit.tagged,
        hardware=hardware,
        protocol=kit.name,
        physics=np.random.default_rng(physics),
        chance=np.random.default_rng(chance),
        recorder=recorder,
        reboot=lambda: kit.cold(again),
    )
    changes = stage.changes(trial)
    watcher = Watcher(world, rule_of(kit, profile), Meter, stage, changes)
    tables = stage.plan.tables if kit.tagged else None
    meter, kernel = watcher.meter, world.kernel
    apply = partial(world.apply, tables=tables)
    first_up = min((c.at_ns for c in changes if c.kind.endswith("-up")), default=None)
    if first_up is not None:
        kernel.at(START_NS + first_up, meter.restore, START_NS + first_up)
    for change in changes:
        kernel.at(START_NS + change.at_ns, apply, change)
    limit = START_NS + changes[-1].at_ns + horizon_ns(profile)
    kernel.run(limit, watcher.after)
    detection, wrote = world.first_event_ns, world.last_write_ns
    counts = (world.messages, len(world.changed), kernel.ran)
    end = limit
    restored = kit.name in RESTORING
    if restored and first_up is None:
        end = _restore(world, watcher, changes, apply, limit)
    t0 = START_NS + changes[0].at_ns
    return Outcome(
        measured=meter.result(end, restored=restored),
        detection_ns=(detection or t0) - t0,
        reconvergence_ns=(wrote or t0) - t0,
        messages=counts[0],
        switches_changed=counts[1],
        events=counts[2],
        recorder=recorder,
    )


def _restore(
    world: World,
    watcher: Watcher,
    changes: Sequence[Change],
    apply: Callable[[Change], None],
    limit_ns: int,
) -> int:
    """Undo lasting faults after everything has settled; returns when watching ends."""
    begin = limit_ns + RESTORE_AFTER_NS
    world.kernel.at(begin, watcher.meter.restore, begin)
    for change in changes:
        undo = Change(0, change.kind.replace("-down", "-up"), change.id)
        world.kernel.at(begin, apply, undo)
    span = limit_ns - START_NS
    world.kernel.run(begin + span, watcher.after)
    return begin + span

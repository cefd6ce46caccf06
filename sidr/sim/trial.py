"""One trial: a fault on a freshly converged fabric, run to its end and measured.

`run` is a pure function of its arguments: same trial, same fabric, same profiles, same result and
same trace, on any machine and in any process.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from msgspec import structs

from sidr.forwarding.rule import PLAIN, Rule
from sidr.model.faults import Change, Trial
from sidr.model.profiles import Hardware, Profile
from sidr.protocols.kit import Kit, Setting, Start
from sidr.protocols.pulse import Pulse
from sidr.sim.stage import Stage
from sidr.sim.watcher import Watcher
from sidr.sim.world import Chance, World
from sidr.trace.metrics import Measured
from sidr.trace.recorder import Recorder

START_NS = 1_000_000_000
"""When trials begin, virtual time: time zero of a fault expression."""
RESTORE_AFTER_NS = 1_000_000_000
"""Quiet time between the end of a lasting fault's run and its restoration."""
SETTLE_NS = 10_000_000_000
"""What the horizon adds to three times the slowest dead or hold timer."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one trial gave: metrics, counts of phase A, and the recorder with the trace's digest.

    Attributes:
        detection_ns: nan when nobody noticed.
    """

    measured: Measured
    detection_ns: int | float
    reconvergence_ns: int
    messages: int
    switches_changed: int
    events: int
    recorder: Recorder


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a protocol runs; the same for all protocols of a comparison.

    Attributes:
        asn, prefixes, hello: see `kit.Setting`.
        everywhere: life signs and digests run on all links, not only on exercised ones.
    """

    profile: Profile
    hardware: Hardware
    asn: str = "rfc7938"
    prefixes: int = 1
    hello: Pulse | None = None
    everywhere: bool = False


def horizon_ns(profile: Profile) -> int:
    """How long after the last change a protocol may take before it counts as unrecovered."""
    return 3 * max(profile.bgp.hold_ns, profile.ospf.dead_ns) + SETTLE_NS


def rule_of(kit: Kit, profile: Profile) -> Rule:
    """The forwarding rule of a protocol, weighted as hardware does it."""
    return Rule(1, profile.sidr.bounces, 1, 1) if kit.tagged else PLAIN


def exercised(stage: Stage, changes: Sequence[Change], *, everywhere: bool) -> frozenset[int]:
    """Slots of the links that a trial's changes touch, both directions."""
    fabric = stage.fabric
    if everywhere:
        return frozenset(range(fabric.slots))
    found: set[int] = set()
    for change in changes:
        if change.element == "switch":
            for e in fabric.ports(change.id):
                found |= {e, int(fabric.twin[e])}
        elif change.element != "planner":
            found |= set(fabric.slots_of(change.id))
    return frozenset(found)


def lasting(changes: Sequence[Change]) -> list[Change]:
    """The changes down that no later change takes back, in order."""
    open_: list[Change] = []
    for change in changes:
        if change.is_down:
            open_.append(change)
            continue
        same = [c for c in open_ if _what(c) == _what(change)]
        open_.remove(same[0])
    return open_


def _what(change: Change) -> tuple[object, ...]:
    return change.element, change.id, change.end, change.loss_ratio, change.delay_ns


def world_of(
    stage: Stage, kit: Kit, terms: Terms, trial: Trial, recorder: Recorder
) -> tuple[World, tuple[Change, ...]]:
    """The World of a trial at rest, and the trial's changes in the stage's numbers."""
    physics, birth, chance, reborn, fate, pulse = np.random.SeedSequence(trial.seed).spawn(6)
    changes = stage.changes(trial)
    base = Setting(
        fabric=stage.fabric,
        plan=stage.plan,
        profile=terms.profile,
        asn=terms.asn,
        rng=np.random.default_rng(birth),
        pulse_seed=int(pulse.generate_state(1, np.uint64)[0] >> np.uint64(1)),
        exercised=exercised(stage, changes, everywhere=terms.everywhere),
        hello=terms.hello,
        prefixes=terms.prefixes,
        memo=stage.memo,
    )
    births = np.random.default_rng(reborn)

    def reboot() -> Start:
        return kit.cold(base.born_of(births))

    world = World(
        stage.fabric,
        stage.spaces,
        kit.converged(base),
        tagged=kit.tagged,
        hardware=terms.hardware,
        protocol=kit.name,
        chance=Chance(*(np.random.default_rng(seed) for seed in (physics, chance, fate))),
        recorder=recorder,
        reboot=reboot,
    )
    return world, changes


def run(stage: Stage, trial: Trial, kit: Kit, terms: Terms, *, keep: bool = False) -> Outcome:
    """Run one trial under one protocol.

    Args:
        stage: must hold every component that the trial touches.
        keep: the recorder holds all records (for replay and saved traces).
    """
    recorder = Recorder(keep=keep)
    world, changes = world_of(stage, kit, terms, trial, recorder)
    faults = [c for c in changes if c.element != "planner"] or changes
    t0 = START_NS + faults[0].at_ns
    watcher = Watcher(world, rule_of(kit, terms.profile), stage, changes, t0)
    meter, kernel = watcher.meter, world.kernel
    apply = partial(world.apply, tables=stage.plan.tables if kit.tagged else None)
    rest = lasting(changes)
    counts: list[tuple[int | None, int, int]] = []

    def end_phase(now_ns: int) -> None:
        meter.restore(now_ns, closed=bool(rest))
        counts.append((world.writer.last_ns, world.messages, len(world.writer.changed)))

    if not rest:  # what is finite ends when light returns after the last down edge
        back = START_NS + returns_ns(changes)
        kernel.at(back, end_phase, back)
    for change in changes:
        kernel.at(START_NS + change.at_ns, apply, change)
    limit = START_NS + changes[-1].at_ns + horizon_ns(terms.profile)
    kernel.run(limit, watcher.after)
    detection, events, end = world.first_event_ns, kernel.ran, limit
    if rest:
        end_phase(limit)
        begin = limit + RESTORE_AFTER_NS
        end = begin + limit - START_NS
        kernel.at(begin, meter.restore, begin)
        for change in rest:
            undo = structs.replace(change, kind=change.kind.replace("-down", "-up"))
            kernel.at(begin, apply, undo)
        kernel.run(end, watcher.after)
    wrote, messages, changed = counts[0]
    return Outcome(
        measured=meter.result(end),
        detection_ns=math.nan if detection is None else detection - t0,
        reconvergence_ns=0 if wrote is None else wrote - t0,
        messages=messages,
        switches_changed=changed,
        events=events,
        recorder=recorder,
    )


def returns_ns(changes: Sequence[Change]) -> int:
    """When light first returns after the last down edge of finite changes."""
    last_down = max((c.at_ns for c in changes if c.is_down), default=0)
    return min((c.at_ns for c in changes if not c.is_down and c.at_ns >= last_down), default=0)

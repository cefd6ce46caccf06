"""SIDR in bad weather: links fail and return while messages are lost, doubled and late.

Watches every instant for loops, and compares the end with the exact fixpoint of the physical state.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sidr.forwarding.notice import fixpoint
from sidr.model.faults import Change
from sidr.model.profiles import hardware, profile
from sidr.plan import plan
from sidr.protocols.kit import Setting
from sidr.protocols.sidr import KIT
from sidr.sim.stage import Stage
from sidr.sim.trial import rule_of
from sidr.sim.watcher import Watcher
from sidr.sim.wire import Weather
from sidr.sim.world import Chance, World
from sidr.trace.recorder import Recorder

SECOND = 1_000_000_000
BAD = Weather(loss=0.2, duplicate=0.2, late=0.2, late_ns=5_000_000)
STORM_S, CALM_S = 20, 140
"""Links fail and return for so long; then damping needs its time, and digests theirs."""


def storm(stage: Stage, seed: int, timers: str) -> tuple[World, Watcher]:
    """A World after a storm and the calm that follows it, with what was seen."""
    changes = drawn(stage, seed)
    streams = [np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(4)]
    sheet = profile(timers)
    every = frozenset(range(stage.fabric.slots))
    setting = Setting(stage.fabric, stage.plan, sheet, "unique", streams[0], seed, every)
    world = World(
        stage.fabric,
        stage.spaces,
        KIT.converged(setting),
        tagged=True,
        hardware=hardware("linux-netns"),
        protocol="sidr",
        chance=Chance(*streams[1:]),
        recorder=Recorder(),
        reboot=lambda: KIT.cold(setting),
        weather=BAD,
    )
    watcher = Watcher(world, rule_of(KIT, sheet), stage, changes, 0)
    for change in changes:
        world.kernel.at(change.at_ns, world.apply, change)
    world.kernel.at(STORM_S * SECOND, world.wire.clear_up, None)
    world.kernel.run((STORM_S + CALM_S) * SECOND, watcher.after)
    return world, watcher


def drawn(stage: Stage, seed: int) -> list[Change]:
    """Every third link goes down and up at random; all but one are up at the end."""
    rng = np.random.default_rng((seed, 1))
    found: list[Change] = []
    for link in sorted(rng.choice(stage.fabric.links, stage.fabric.links // 3, replace=False)):
        times = np.sort(rng.integers(1, STORM_S * SECOND, size=2 * int(rng.integers(1, 3))))
        for i, at in enumerate(times.tolist()):
            found.append(Change(at, "link-down" if i % 2 == 0 else "link-up", int(link)))
    last = Change(STORM_S * SECOND, "link-down", int(rng.integers(stage.fabric.links)))
    return [*sorted(found, key=lambda change: change.at_ns), last]


def exact(stage: Stage, world: World) -> Sequence[bool]:
    """Per component, whether ports and shares are those of the fixpoint of the links that have
    light (by the tables that forward)."""
    verdicts = []
    for i, space in enumerate(stage.spaces):
        slots = space.part.slots
        light = world.physics.light[slots]
        r = np.zeros(space.role.shape, np.uint8)
        fibs = world.fibs
        fixpoint(space.net, space.dests, space.part.dist, fibs.role[i], fibs.w0[i], light, r)
        forwards = np.ones(space.role.shape, np.bool_)
        for j, home in enumerate(space.dests.tolist()):
            forwards[j, space.net.ptr[home] : space.net.ptr[home + 1]] = False
        same = np.array_equal(fibs.rows[i][forwards & light], r[forwards & light])
        verdicts.append(same and np.array_equal(fibs.admitted[slots], light))
    return verdicts


def stage_of(spec: str) -> Stage:
    """A whole fabric as a stage."""
    from sidr.sim.stage import stage
    from sidr.topology import load

    fabric = load(spec)
    return stage(fabric, tuple(range(int(fabric.component.max()) + 1)))


__all__ = ["exact", "plan", "stage_of", "storm"]

"""Whole fabrics whose life signs run on every link, so that anything may be lost on any of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sidr.forwarding.space import spaces
from sidr.model.fabric import Fabric
from sidr.model.faults import Change
from sidr.model.profiles import hardware, profile
from sidr.plan import plan
from sidr.protocols.kit import Setting
from sidr.protocols.ospf import KIT
from sidr.sim.wire import Weather
from sidr.sim.world import Chance, World
from sidr.trace.recorder import Recorder
from tests.protocols.settled import FAULT_NS

SECOND = 1_000_000_000


def lively(
    fabric: Fabric,
    changes: Sequence[Change] = (),
    *,
    timers: str = "frr-datacenter",
    cold: bool = False,
    seed: int = 1,
    weather: Weather | None = None,
    seconds: int = 200,
) -> World:
    """A world on `linux-netns`, converged or just switched on, after changes and some time."""
    planned = plan(fabric)
    births, *others = np.random.SeedSequence(seed).spawn(4)
    setting = Setting(
        fabric, planned, profile(timers), "unique", np.random.default_rng(births),
        pulse_seed=seed, exercised=frozenset(range(fabric.slots)),
    )  # fmt: skip
    world = World(
        fabric,
        spaces(planned),
        KIT.cold(setting) if cold else KIT.converged(setting),
        tagged=False,
        hardware=hardware("linux-netns"),
        protocol="ospf",
        chance=Chance(*(np.random.default_rng(part) for part in others)),
        recorder=Recorder(),
        reboot=lambda: KIT.cold(setting),
        weather=weather,
    )
    if cold:
        world.boot(None)
    for change in changes:
        world.kernel.at(FAULT_NS + change.at_ns, world.apply, change)
    world.kernel.run(FAULT_NS + seconds * SECOND)
    return world

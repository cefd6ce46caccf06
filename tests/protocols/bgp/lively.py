"""Whole fabrics whose life signs and TCP run on every link, so that anything may be lost on any."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sidr.forwarding.space import spaces
from sidr.model.fabric import Fabric
from sidr.model.faults import Change
from sidr.model.profiles import hardware, profile
from sidr.plan import plan
from sidr.protocols.bgp import KIT
from sidr.protocols.bgp.speaker import Speaker
from sidr.protocols.kit import Setting
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
    fair_ns: int | None = None,
    seconds: int = 100,
) -> World:
    """A world on `linux-netns`, converged or just switched on, after changes and some time.

    Args:
        fair_ns: when the bad weather ends; None = never.
    """
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
        protocol="bgp",
        chance=Chance(*(np.random.default_rng(part) for part in others)),
        recorder=Recorder(),
        reboot=lambda: KIT.cold(setting),
        weather=weather,
    )
    if cold:
        world.boot(None)
    if fair_ns is not None:
        world.kernel.at(fair_ns, world.wire.clear_up, None)
    for change in changes:
        world.kernel.at(FAULT_NS + change.at_ns, world.apply, change)
    world.kernel.run(FAULT_NS + seconds * SECOND)
    return world


def speakers(world: World) -> list[Speaker]:
    """The speakers of a world."""
    return [core for core in world.cores if isinstance(core, Speaker)]


def troubles(fabric: Fabric, rng: np.random.Generator) -> list[Change]:
    """A minute of links, directions and switches that fail for 0.1 ms to a minute."""
    found: list[Change] = []
    for what in rng.choice(["link", "switch", "silent", "lossy"], 10).tolist():
        is_switch = what == "switch"
        number = int(rng.integers(fabric.switches if is_switch else fabric.links))
        if is_switch and any(c.element == "switch" and c.id == number for c in found):
            continue  # a switch dies once at a time
        end = "" if what in ("link", "switch") else ("near", "far")[int(rng.integers(2))]
        loss = float(rng.choice([0.1, 0.3, 0.9])) if what == "lossy" else 0.0
        start = int(rng.integers(60 * SECOND))
        stop = start + int(10 ** rng.uniform(5, 10.8))
        for at_ns, edge in ((start, "down"), (stop, "up")):
            found.append(Change(at_ns, f"{what}-{edge}", number, end=end, loss_ratio=loss))
    return sorted(found, key=lambda change: change.at_ns)

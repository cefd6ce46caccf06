"""The same scenario ends in the same FIBs in virtual time and live."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from sidr.fault import scenario, schedule
from sidr.live.emulation import Emulation, Wanted
from sidr.live.rundir import RunDir
from sidr.model.faults import Trial
from sidr.model.profiles import hardware, profile
from sidr.protocols.registry import kit
from sidr.sim.stage import stage
from sidr.sim.trial import Terms, world_of
from sidr.sim.world import World
from sidr.topology import load
from sidr.trace.recorder import Recorder
from tests.live.at_rest import FAST, until

SPEC = "fat-tree:k=4"
SCHEDULES = 20
AT_ONCE = 5
REST_NS = 30_000_000_000
KINDS = ("cut", "cut", "silent", "switch")


def random_schedule(seed: int, place: Path) -> tuple[Path, Trial]:
    """A scenario file of a few faults, some of which last, and its trial."""
    rng = np.random.default_rng(seed)
    faults = []
    for _ in range(int(rng.integers(1, 5))):
        duration = f"+{int(rng.integers(20, 400))}ms" if rng.random() < 0.5 else ""
        faults.append(f"{rng.choice(KINDS)}@{int(rng.integers(0, 500))}ms{duration}")
    fabric = load(SPEC)
    made = schedule(fabric, ["; ".join(faults)], sample=1, seed=seed)
    path = place / f"{seed}.yaml"
    scenario.write(made, fabric, path)
    return path, made.trials[0]


def simulated(trial: Trial) -> World:
    """The world at rest after the trial's faults, none of which is repaired."""
    fabric = load(SPEC)
    terms = Terms(profile(FAST), hardware("ideal"), everywhere=True)
    ground = stage(fabric, (0,))
    world, changes = world_of(ground, kit("sidr"), terms, trial, Recorder())
    for change in changes:
        world.kernel.at(change.at_ns, partial(world.apply, tables=ground.plan.tables), change)
    world.kernel.run(REST_NS)
    return world


def differences(world: World, emulation: Emulation) -> str:
    """In what the FIBs of both differ; "" = in nothing. What a dead switch held does not count."""
    ours, theirs = emulation.switches.fibs, world.fibs
    fabric = emulation.fabric
    alive = ~np.array(world.physics.dead)[fabric.src]
    found = []
    if not np.array_equal(ours.admitted[alive], theirs.admitted[alive]):
        found.append("admitted ports")
    for i, space in enumerate(ours.spaces):
        here = alive[space.part.slots]
        live = here & ours.admitted[space.part.slots]
        if not np.array_equal(ours.rows[i][:, live], theirs.rows[i][:, live]):
            found.append("shares")
        if not np.array_equal(ours.role[i][:, here], theirs.role[i][:, here]):
            found.append("roles")
        if not np.array_equal(ours.w0[i][:, here], theirs.w0[i][:, here]):
            found.append("weights")
    return ", ".join(found)


async def lived(path: Path, world: World, place: RunDir) -> None:
    """Run the file live, and wait until the FIBs are those of the world."""
    fabric = load(SPEC)
    emulation = Emulation(Wanted(fabric, profile(FAST), tuple(range(fabric.switches))), place)
    try:
        await emulation.start()
        emulation.inject(str(path))
        await until(
            lambda: not emulation.injector.pending and not differences(world, emulation),
            f"live and simulated FIBs are alike after {path.read_text()}",
        )
        await asyncio.sleep(0.3)
        assert differences(world, emulation) == ""
    finally:
        await emulation.stop()


@pytest.mark.parametrize("first", range(0, SCHEDULES, AT_ONCE))
async def test_a_scenario_ends_in_the_same_fibs(first: int, tmp_path: Path) -> None:
    seeds = range(first, first + AT_ONCE)
    made = [random_schedule(seed, tmp_path) for seed in seeds]
    worlds = [simulated(trial) for _, trial in made]
    assert len({w.fibs.admitted.tobytes() for w in worlds}) > 1, "these schedules break nothing"
    async with asyncio.timeout(90):
        await asyncio.gather(
            *(
                lived(path, world, RunDir(tmp_path / f"run-{path.stem}"))
                for (path, _), world in zip(made, worlds, strict=True)
            )
        )

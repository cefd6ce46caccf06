"""Where SIDR comes to rest, against the notice fixpoint in exact fractions; and what returns."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest

from sidr.fault import schedule
from sidr.model.effects import Effect, ProgramFib
from sidr.model.faults import Change, Trial
from sidr.model.plan import FULL, PRIM, SIB
from sidr.model.profiles import hardware, profile
from sidr.protocols.sidr import KIT
from sidr.protocols.sidr.agent import Agent
from sidr.sim.stage import stage, touched
from sidr.sim.trial import Outcome, Terms, run
from sidr.sim.world import World
from sidr.topology import load
from tests.protocols.settled import IRREGULAR, SMALL, fabric_of, single_faults, strike, world_of

QUIET = "frr-datacenter,sidr.replan=0"
"""Without re-plans, so that the tables are the plan's."""


def fixpoint(world: World) -> list[tuple[str, str, int]]:
    """(switch, destination, r) of every switch that is alive, from destinations outwards."""
    fabric, found = world.fabric, []
    for space in world.spaces:
        for j, home in enumerate(space.dests.tolist()):
            hops = space.part.dist[j]
            r = {home: 0 if world.physics.dead[space.part.switches[home]] else FULL}
            order = sorted((v for v in range(len(hops)) if hops[v] > 0), key=lambda v: (hops[v], v))
            for v in order:
                have, nominal, usable = Fraction(0), 0, False
                for e in range(space.net.ptr[v], space.net.ptr[v + 1]):
                    lit = world.physics.light[space.part.slots[e]]
                    heard = r.get(int(space.net.nbr[e]), 0) if lit else 0
                    if space.role[j, e] & PRIM:
                        nominal += int(space.w0[j, e])
                        have += int(space.w0[j, e]) * heard
                    usable = usable or bool(space.role[j, e] & (PRIM | SIB) and heard)
                rounded = int(have / nominal + Fraction(1, 2)) if nominal else 0
                r[v] = max(1, rounded) if usable else 0
            for v, share in r.items():
                switch = int(space.part.switches[v])
                if not world.physics.dead[switch]:
                    name = fabric.names[fabric.groups[space.part.groups[j]]]
                    found.append((fabric.names[switch], name, share))
    return sorted(found)


def announced(world: World) -> list[tuple[str, str, int]]:
    """(switch, destination, r) as the agents say it."""
    fabric, found = world.fabric, []
    for v, core in enumerate(world.cores):
        assert isinstance(core, Agent)
        if world.physics.dead[v]:
            continue
        home = fabric.component[v]
        for g, share in enumerate(core.view.own):
            if fabric.component[fabric.groups[g]] == home:
                found.append((fabric.names[v], fabric.names[fabric.groups[g]], share))
    return sorted(found)


@pytest.mark.parametrize("spec", SMALL)
def test_after_every_single_fault_agents_rest_on_the_fixpoint(spec: str) -> None:
    fabric = fabric_of(spec)
    for name, change in single_faults(fabric):
        world = strike(world_of(fabric, KIT, timers=QUIET), [change])
        assert announced(world) == fixpoint(world), name


def test_after_two_faults_they_do_as_well() -> None:
    rng = np.random.default_rng(1)
    for spec in (*SMALL, IRREGULAR):
        fabric = fabric_of(spec)
        for _ in range(15):
            one, two = rng.choice(fabric.links, 2, replace=False).tolist()
            cuts = [Change(0, "link-down", one), Change(300_000, "link-down", two)]
            world = strike(world_of(fabric, KIT, timers=QUIET), cuts)
            assert announced(world) == fixpoint(world), cuts


def test_an_agent_that_keeps_a_change_to_itself_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    fabric = fabric_of(SMALL[0])
    monkeypatch.setattr(Agent, "_announce", lambda self, shares: [])
    _, change = next(single_faults(fabric))
    world = strike(world_of(fabric, KIT, timers=QUIET), [change])
    assert announced(world) != fixpoint(world)


@pytest.mark.parametrize("spec", [*SMALL, IRREGULAR, "leaf-spine:leaves=2,spines=2,parallel=2"])
def test_a_cold_start_reaches_the_converged_state(spec: str) -> None:
    fabric = fabric_of(spec)
    cold, warm = world_of(fabric, KIT, cold=True), world_of(fabric, KIT)
    assert announced(cold) == announced(warm) == fixpoint(warm)
    for space, one, other in zip(cold.spaces, cold.fibs.rows, warm.fibs.rows, strict=True):
        home = space.dests[:, None] == fabric.src[space.part.slots][None, :]
        assert np.array_equal(one[~home], other[~home])
    assert cold.fibs.admitted.all()


def restored(
    changes: Sequence[Change],
    spec: str = "fat-tree:k=4",
    timers: str = "frr-datacenter",
    machine: str = "linux-netns",
) -> Outcome:
    fabric = load(spec)
    trial = Trial(0, "x", "x", 7, tuple(changes))
    terms = Terms(profile(timers), hardware(machine))
    return run(stage(fabric, touched(fabric, trial)), trial, KIT, terms)


def test_restoring_any_link_of_a_fat_tree_loses_nothing() -> None:
    for link in range(load("fat-tree:k=4").links):
        found = restored([Change(0, "link-down", link)]).measured
        assert (found.restore_lost_s, found.restore_repair_ns) == (0, 0), link


def lost_at_return() -> float:
    """What is lost when a link of a leaf returns to switches that write slowly, without detours
    that would catch it."""
    slow = ("fat-tree:k=4", "frr-datacenter,sidr.bounces=0", "ideal,group_write=20ms")
    return restored([Change(0, "link-down", 0)], *slow).measured.restore_lost_s


def test_shares_announced_before_the_fib_holds_them_lose_traffic_and_are_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert lost_at_return() == 0
    settle = Agent._settle

    def hasty(self: Agent, changed: list[int], order: ProgramFib) -> list[Effect]:
        own, announced = self.view.own, self._announced
        early = self._announce([(g, own[g]) for g in changed if own[g] > announced[g]])
        return [*early, *settle(self, changed, order)]

    monkeypatch.setattr(Agent, "_settle", hasty)
    assert lost_at_return() > 0


def test_a_switch_that_dies_and_returns_is_back_at_full_share_and_loses_nothing() -> None:
    for spec, name in (("fat-tree:k=4", "core0"), ("leaf-spine:leaves=3,spines=2", "spine0")):
        found = restored([Change(0, "switch-down", load(spec).names.index(name))], spec).measured
        assert (found.restore_lost_s, found.restore_repair_ns) == (0, 0)


def test_single_faults_of_a_clos_are_all_recovered_without_a_loop() -> None:
    fabric = load("clos:pods=3,leaves=3,aggs=4,cores=8")
    trials = schedule(fabric, ["cut", "trunk", "switch"], sample=8, seed=4).trials
    ready = stage(fabric, (0,))
    terms = Terms(profile("frr-datacenter"), hardware("linux-netns"))
    for trial in trials:
        found = run(ready, trial, KIT, terms).measured
        assert found.repair_ns is not None, trial.fault
        assert found.loops == 0, trial.fault


def test_a_link_flapping_fifty_times_flips_tables_at_most_four_times_and_loses_once() -> None:
    """Down acts at once, up is slow: after the first fall the port stays out until all is quiet."""
    fabric = load("leaf-spine:leaves=4,spines=4")
    (trial,) = schedule(fabric, ["flap:leaf0--spine1,period=200ms,count=50"]).trials
    terms = Terms(profile("frr-traditional"), hardware("linux-netns"))
    found = run(stage(fabric, (0,)), trial, KIT, terms, keep=True)
    from sidr.trace.reader import records

    flips: dict[int, int] = {}
    for record in records(found.recorder.data()):
        if record.kind == "masks" and any(record.payload):
            flips[record.switch] = flips.get(record.switch, 0) + 1
    assert flips
    assert max(flips.values()) <= 4
    assert found.measured.repair_ns is not None
    assert found.measured.loss_window_ns_max == found.measured.repair_ns < 5_000_000
    assert found.measured.restore_lost_s == 0

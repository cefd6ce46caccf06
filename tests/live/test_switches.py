"""Switches without a bus: whole and cold starts, local failover in one turn, death and return."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np

from sidr.live.switches import Switches
from sidr.live.view import View
from sidr.model.faults import NEAR, Change
from sidr.model.profiles import profile
from sidr.plan import plan
from sidr.topology import load
from sidr.trace.reader import records
from sidr.trace.recorder import Recorder
from tests.live.at_rest import FAST, at_fixpoint, until

FABRIC = load("fat-tree:k=4")
PLAN = plan(FABRIC)
TERM = 1


@asynccontextmanager
async def running(recorder: Recorder | None = None) -> AsyncIterator[Switches]:
    """All switches of the fabric, started whole."""
    every = range(FABRIC.switches)
    switches = Switches(FABRIC, PLAN, profile(FAST), every, recorder=recorder)
    for v in every:
        switches.start_whole(v, PLAN.tables[v])
    try:
        async with asyncio.timeout(60):
            yield switches
        assert not [r.bug for r in switches.running.values() if r.bug]
    finally:
        for v in every:
            switches.stop(v)


async def turns(count: int = 20) -> None:
    """Let what is under way between switches arrive."""
    for _ in range(count):
        await asyncio.sleep(0)


async def test_a_whole_fabric_delivers_at_once() -> None:
    async with running() as switches:
        assert View(switches).look().delivered_share == 1.0
        assert switches.fibs.admitted.all()
        assert at_fixpoint(switches)


async def test_a_cut_is_repaired_before_any_clock_ticks() -> None:
    async with running() as switches:
        switches.apply(Change(0, "link-down", 0))
        await turns()
        seen = View(switches).look()
        assert seen.pairs_affected == 0
        assert seen.links_down == [FABRIC.link_name(0)]
        assert {d["switch"] for d in seen.detours} >= {"p0-agg0"}
        assert at_fixpoint(switches)


async def test_every_write_of_a_failover_happens_in_the_turn_of_its_port_event() -> None:
    recorder = Recorder(keep=True)
    async with running(recorder) as switches:
        await turns()
        switches.apply(Change(0, "link-down", 0))
        await turns()
    found = list(records(recorder.data()))
    downs = [i for i, r in enumerate(found) if r.kind == "event" and "PortDown" in str(r.payload)]
    writes = [r for r in found if r.kind == "masks" and r.payload[0]]
    assert len(writes) == 2
    mains = [found[i] for i in downs if found[i].payload[2] == "main"]
    assert [(r.now_ns, r.switch) for r in mains] == [(r.now_ns, r.switch) for r in writes]


async def test_a_link_that_is_back_is_admitted_at_both_ends() -> None:
    async with running() as switches:
        switches.apply(Change(0, "link-down", 0))
        await turns()
        switches.apply(Change(0, "link-up", 0))
        await until(lambda: bool(switches.fibs.admitted.all()), "all ports are admitted")
        await until(lambda: at_fixpoint(switches), "the exact fixpoint")
        assert View(switches).look().load_max <= 1.0 + 1e-9


async def test_a_silent_direction_is_noticed_by_its_life_signs() -> None:
    async with running() as switches:
        await asyncio.sleep(0)
        await until(lambda: switches.wire.sent > 8 * FABRIC.slots, "sessions are up")
        switches.apply(Change(0, "silent-down", 0, end=NEAR))
        slots = list(FABRIC.slots_of(0))
        await until(lambda: not switches.fibs.admitted[slots].any(), "both ends have let go")
        await until(lambda: View(switches).look().pairs_affected == 0, "delivered on detours")


async def test_a_dead_switch_boots_cold_and_the_fabric_is_whole_again() -> None:
    agg = FABRIC.names.index("p1-agg0")
    async with running() as switches:
        switches.apply(Change(0, "switch-down", agg))
        await turns()
        assert agg not in switches.running
        seen = View(switches).look()
        assert (seen.switches_down, seen.pairs_affected) == (["p1-agg0"], 0)
        switches.apply(Change(0, "switch-up", agg))
        switches.start_cold(agg, PLAN.tables[agg], TERM)
        ports = FABRIC.ports(agg)
        assert not switches.fibs.admitted[ports.start : ports.stop].any()
        await until(lambda: bool(switches.fibs.admitted.all()), "all ports are admitted")
        await until(lambda: at_fixpoint(switches), "the exact fixpoint")


async def test_an_agent_that_died_leaves_its_fib_and_hears_nothing() -> None:
    leaf = FABRIC.names.index("p0-leaf0")
    async with running() as switches:
        before = switches.fibs.rows[0].copy()
        switches.stop(leaf)
        assert np.array_equal(before, switches.fibs.rows[0])
        switches.apply(Change(0, "link-down", 0))
        await turns()
        own = FABRIC.slots_of(0)[0]
        assert switches.fibs.admitted[own]
        assert switches.pruned[own], "hardware lets go by itself"
        assert View(switches).look().pairs_affected == 0


async def test_messages_of_other_processes_die_with_their_link() -> None:
    async with running() as switches:
        await turns()
        taken = []
        switches.running[FABRIC.src[0]].put = lambda event, core: taken.append(event)  # type: ignore[method-assign]
        twin = int(FABRIC.twin[0])
        message = PLAN  # anything: it is not looked at
        switches.deliver(0, "main", message)  # type: ignore[arg-type]
        assert len(taken) == 1
        switches.damage.passing[twin] = 0.0
        switches.deliver(0, "main", message)  # type: ignore[arg-type]
        assert len(taken) == 1

"""A whole emulation with a real broker, and everything that it must survive."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sidr.errors import BusError, FaultError
from sidr.live.bus import PAYLOAD_MAX
from sidr.live.connect import connect
from sidr.live.emulation import Emulation, Wanted
from sidr.live.keys import SigningKey
from sidr.live.letters import Commit, Prepare, encode, seal
from sidr.live.lookout import epochs, status
from sidr.live.memory import Exchange
from sidr.live.rundir import RunDir
from sidr.live.topics import VERSION, Topics
from sidr.live.wire import Weather
from sidr.model.profiles import profile
from sidr.topology import load
from sidr.trace.reader import records
from sidr.trace.recorder import Recorder
from tests.live.at_rest import FAST, until, whole
from tests.live.buses import has_mosquitto
from tests.live.proxy import Proxy

SPEC = "fat-tree:k=4"
FABRIC = load(SPEC)
CUT, OTHER = "cut:p0-leaf0--p0-agg0", "cut:p2-leaf1--p2-agg1"
needs_broker = pytest.mark.skipif(
    not has_mosquitto(), reason="needs mosquitto: apt-get install mosquitto"
)


def wanted(bus: str, mine: range | None = None, **more: Any) -> Wanted:
    every = range(FABRIC.switches)
    return Wanted(FABRIC, profile(FAST), tuple(mine or every), bus=bus, **more)


@asynccontextmanager
async def running(place: Path, what: Wanted, *, record: bool = False) -> AsyncIterator[Emulation]:
    """An emulation that is ready, and ended afterwards."""
    emulation = Emulation(what, RunDir(place))
    if record:
        emulation.switches.recorder = Recorder(keep=True)
    try:
        async with asyncio.timeout(120):
            await emulation.start()
            yield emulation
        assert not [r.bug for r in emulation.switches.running.values() if r.bug]
    finally:
        await emulation.stop()
    assert not place.exists(), list(place.iterdir())


def delivers(emulation: Emulation) -> bool:
    return emulation.view.look().pairs_affected == 0


async def ends_whole(emulation: Emulation, patience_s: float = 40.0) -> None:
    """Mend everything; the emulation must come to the exact state of an intact fabric."""
    emulation.clear()
    try:
        await until(lambda: whole(emulation), "whole again", patience_s)
    except AssertionError as error:
        raise AssertionError(str(status(emulation))) from error


def failovers(emulation: Emulation) -> list[tuple[int, int]]:
    """(time, switch) of every port that an agent took out, with the proof that it happened in the
    turn of its port event."""
    recorder = emulation.switches.recorder
    assert recorder is not None
    found = list(records(recorder.data()))
    expelled = [(r.now_ns, r.switch) for r in found if r.kind == "masks" and r.payload[0]]
    events = [r for r in found if r.kind == "event" and r.payload[2] == "main"]
    # a port is let go when its light goes, when it falls silent, or when its neighbour has booted
    told = {(r.now_ns, r.switch) for r in events if r.payload[0]["type"] != "TimerFired"}
    downs = [(r.now_ns, r.switch) for r in events if r.payload[0]["type"] == "PortDown"]
    assert set(expelled) <= told
    assert len(set(downs) & set(expelled)) > 0
    return expelled


@pytest.mark.parametrize("bus", ["memory", pytest.param("mqtt", marks=needs_broker)])
async def test_a_cut_is_detoured_and_planned_around_and_mended(bus: str, tmp_path: Path) -> None:
    async with running(tmp_path / "run", wanted(bus)) as emulation:
        assert emulation.inject(CUT) == ["0 s  link-down p0-leaf0--p0-agg0"]
        await until(lambda: delivers(emulation), "delivered on the detour", 2.0)
        seen = status(emulation)
        assert seen["links_down"] == ["p0-leaf0--p0-agg0"]
        assert "p0-agg0" in [d["switch"] for d in seen["detours"]]
        await until(lambda: epochs(emulation) == {"2": 20}, "all are on the next epoch")
        assert delivers(emulation)
        await ends_whole(emulation)


@needs_broker
async def test_a_dead_broker_touches_no_forwarding_and_all_end_on_one_epoch(
    tmp_path: Path,
) -> None:
    async with running(tmp_path / "run", wanted("mqtt"), record=True) as emulation:
        assert emulation.broker is not None and emulation.broker.pid is not None
        emulation.inject(CUT)
        os.kill(emulation.broker.pid, signal.SIGKILL)
        await until(lambda: not emulation.bus_connected, "the bus is gone")
        assert status(emulation)["agents_stale"] == 20
        emulation.inject(OTHER)
        await until(lambda: delivers(emulation), "delivered without a broker", 2.0)
        await until(lambda: emulation.bus_connected, "the broker is back")
        await until(lambda: len(epochs(emulation)) == 1, "one epoch")
        await ends_whole(emulation)
        assert len(failovers(emulation)) >= 4


@pytest.mark.slow
@needs_broker
async def test_a_frozen_broker_holds_up_nobody(tmp_path: Path) -> None:
    async with running(tmp_path / "run", wanted("mqtt"), record=True) as emulation:
        assert emulation.broker is not None and emulation.broker.pid is not None
        os.kill(emulation.broker.pid, signal.SIGSTOP)
        emulation.inject(CUT)
        await until(lambda: delivers(emulation), "delivered beside a frozen broker", 2.0)
        await asyncio.sleep(10)
        os.kill(emulation.broker.pid, signal.SIGCONT)
        await ends_whole(emulation)
        assert failovers(emulation)


@needs_broker
async def test_a_broker_behind_a_bad_line(tmp_path: Path) -> None:
    async with running(tmp_path / "one", wanted("mqtt")) as first:
        assert first.broker is not None
        proxy = Proxy(first.broker.port)
        await proxy.start()
        key = SigningKey()
        other = load("leaf-spine:leaves=4,spines=4")
        url = f"mqtt://127.0.0.1:{proxy.port}"
        what = Wanted(other, profile(FAST), tuple(range(other.switches)), bus=url, key=key)
        async with running(tmp_path / "two", what) as emulation:
            for fault in ("leaf0--spine0", "leaf1--spine2", "leaf3--spine1"):
                emulation.inject(f"cut:{fault}")
                proxy.cut()
                await until(lambda: delivers(emulation), "delivered", 2.0)
            proxy.delay_s = 0.2
            await until(lambda: len(epochs(emulation)) == 1, "one epoch over a slow line")
            proxy.refuse()
            emulation.clear()
            await until(lambda: bool(emulation.switches.fibs.admitted.all()), "admitted alone")
            proxy.refuse(False)
            proxy.delay_s = 0.0
            await ends_whole(emulation)
        await proxy.stop()


@pytest.mark.parametrize("bus", ["memory", pytest.param("mqtt", marks=needs_broker)])
async def test_a_planner_that_dies_during_a_push(bus: str, tmp_path: Path) -> None:
    async with running(tmp_path / "run", wanted(bus)) as emulation:
        planner = emulation.planner
        assert planner is not None
        emulation.inject(CUT)
        await until(lambda: planner.push is not None and planner.push.key[2] == 2, "a push begins")
        planner.stop()  # before its commit, or right after it
        emulation.inject(OTHER)
        await until(lambda: delivers(emulation), "delivered without a planner", 2.0)
        planner.start_again()
        await until(lambda: planner.term == 2, "another term")
        await until(lambda: len(epochs(emulation)) == 1 and "1" not in epochs(emulation), "pushed")
        await ends_whole(emulation)


async def test_a_second_planner_stands_by_and_takes_over(tmp_path: Path) -> None:
    async with running(tmp_path / "run", wanted("memory")) as emulation:
        first, second = emulation.planner, await second_planner(emulation)
        assert first is not None
        await asyncio.sleep(1.0)
        assert (first.leading, second.leading) == (True, False)
        first.stop()
        await until(lambda: second.leading, "the second leads")
        assert second.term > 1
        emulation.inject(CUT)
        await until(lambda: len(epochs(emulation)) == 1 and delivers(emulation), "it plans")
        before = {v: s.slots.active_key for v, s in emulation.host.seats.items()}
        first.start_again()
        await asyncio.sleep(1.0)
        assert not first.leading
        assert all(emulation.host.seats[v].slots.active_key >= k for v, k in before.items())
        await ends_whole(emulation)
        second.stop()


async def second_planner(emulation: Emulation) -> Any:
    """Another planner on the same bus, with the same key."""
    from sidr.live.planner import PlannerService

    first = emulation.planner
    assert first is not None and emulation.key is not None
    exchange: Exchange = first.bus._exchange  # type: ignore[attr-defined]
    bus = connect("memory", client="second", exchange=exchange)
    await bus.start()
    timers = emulation.wanted.profile.sidr
    second = PlannerService(first.base, emulation.realm, timers, emulation.key, bus, name="zz")
    second.start()
    return second


@pytest.mark.parametrize("bus", ["memory", pytest.param("mqtt", marks=needs_broker)])
async def test_an_agent_that_dies_and_is_started_again(bus: str, tmp_path: Path) -> None:
    leaf, agg = FABRIC.names.index("p0-leaf0"), FABRIC.names.index("p1-agg0")
    async with running(tmp_path / "run", wanted(bus)) as emulation:
        emulation.inject(CUT)
        await until(lambda: epochs(emulation) == {"2": 20}, "the second epoch")
        for switch in (leaf, agg):
            emulation.host.kill(switch)
        assert delivers(emulation), "FIBs stay"
        for switch in (leaf, agg):
            emulation.host.restart(switch)
            assert emulation.host.seats[switch].slots.active_key[2] == 2
        await ends_whole(emulation)


async def test_bad_weather_under_continuous_faults(tmp_path: Path) -> None:
    links = [FABRIC.link_name(link) for link in range(FABRIC.links)]
    rng = np.random.default_rng(5)
    async with running(tmp_path / "run", wanted("memory"), record=True) as emulation:
        emulation.switches.wire.weather = Weather(loss=0.2, duplicate=0.2, late=0.2, late_s=0.02)
        for _ in range(40):
            emulation.inject(f"cut:{rng.choice(links)}+{int(rng.integers(20, 300))}ms")
            await asyncio.sleep(0.05)
            assert emulation.view.look().looping_share == 0.0
        emulation.switches.wire.weather = None
        await ends_whole(emulation)
        assert failovers(emulation)


async def test_lies_on_every_topic_change_nothing(tmp_path: Path) -> None:
    async with running(tmp_path / "run", wanted("memory")) as emulation:
        assert emulation.planner is not None and emulation.key is not None
        liar = connect("memory", client="liar", exchange=emulation.planner.bus._exchange)  # type: ignore[attr-defined]
        await liar.start()
        topics, fabric = (
            Topics(emulation.realm, emulation.wanted.host),
            bytes.fromhex(emulation.realm),
        )
        table = emulation.host.seats[0].slots.active
        assert table is not None
        stranger = SigningKey()
        foreign = seal(Prepare(VERSION, 9, "x", 9, 1, b"other" * 6, 0, 0, b""), emulation.key.sign)
        unsigned = seal(Prepare(VERSION, 9, "x", 9, 1, fabric, 0, 0, table.table), stranger.sign)
        replayed = seal(table, emulation.key.sign)
        usurped = seal(Commit(VERSION, 99, "x", 99, table.order_id, fabric), stranger.sign)
        lies = [b"", b"\xff" * 40, b"x" * (PAYLOAD_MAX + 1), encode({"a": 1}), foreign, unsigned,
                replayed, usurped, b"\x91" * 5000]  # fmt: skip
        places = [topics.plan(0, 1), topics.plan(0, "z"), topics.commit, topics.lease,
                  topics.host_command, topics.host_status, f"{topics.root}/h/x/sw/99/ack",
                  f"{topics.root}/resp/x"]  # fmt: skip
        places += [topics.of(0, what) for what in ("ack", "ports", "status", "cmd")]
        before = {v: seat.slots.active_key for v, seat in emulation.host.seats.items()}
        for place in places:
            for lie in lies:
                liar.publish(place, lie)
        await liar.drain()
        await asyncio.sleep(0.1)
        assert {v: s.slots.active_key for v, s in emulation.host.seats.items()} == before
        assert sum(status(emulation)["refused"].values()) >= len(lies)
        await ends_whole(emulation)


async def test_a_full_disk_is_told_and_stops_nothing(tmp_path: Path) -> None:
    async with running(tmp_path / "run", wanted("memory")) as emulation:
        emulation.store.path = tmp_path / "no such directory" / "tables"
        emulation.inject(CUT)
        await until(lambda: bool(status(emulation)["trouble"]), "the trouble is told")
        assert "cannot be written" in status(emulation)["trouble"][0]
        emulation.store.path = tmp_path / "run" / "tables.msgpack"
        await ends_whole(emulation)


@needs_broker
async def test_two_processes_share_a_fabric_and_one_is_cut_off(tmp_path: Path) -> None:
    """Half of the agents lose the broker while a link between the halves fails; the broker serves
    another emulation of the same fabric besides."""
    half = FABRIC.switches // 2
    async with running(tmp_path / "broker", wanted("mqtt")) as other:
        assert other.broker is not None
        proxy = Proxy(other.broker.port)
        await proxy.start()
        key, fabric = SigningKey(), FABRIC
        one = Wanted(fabric, profile(FAST), tuple(range(half)), key=key, host="one",
                     bus=other.broker.url)  # fmt: skip
        two = Wanted(fabric, profile(FAST), tuple(range(half, fabric.switches)), host="two",
                     bus=f"mqtt://127.0.0.1:{proxy.port}", public=key.public)  # fmt: skip
        main, far = Emulation(one, RunDir(tmp_path / "one")), Emulation(two, RunDir(tmp_path / "2"))
        async with asyncio.timeout(100):
            await asyncio.gather(main.start(), far.start())
            await main.look_elsewhere()
            assert delivers(main), status(main)
            crossing = next(link for link in range(fabric.links)
                            if fabric.near[link] < half <= fabric.far[link])  # fmt: skip
            proxy.refuse()
            await until(lambda: not far.bus_connected, "the far half is cut off")
            main.inject(f"cut:{fabric.link_name(crossing)}")
            slots = list(fabric.slots_of(crossing))
            await until(lambda: not main.switches.fibs.admitted[slots[0]], "the near end let go")
            await until(lambda: not far.switches.fibs.admitted[slots[1]], "the far end let go")
            with pytest.raises(FaultError, match="where the planner runs"):
                far.inject(CUT)
            proxy.refuse(False)
            await until(lambda: far.bus_connected and len(epochs(main)) == 1, "one epoch")
            main.clear()
            await until(lambda: far.switches.fibs.admitted[slots[1]], "admitted again")
            await until(lambda: len(epochs(main)) == 1, "one epoch")
            while not (delivers(main) and main.switches.fibs.admitted.all()):
                await main.look_elsewhere()
        await far.stop()
        await main.stop()
        await proxy.stop()


async def test_without_a_planner_nobody_is_ready_and_it_says_so(tmp_path: Path) -> None:
    lonely = wanted("memory", public=SigningKey().public)
    emulation = Emulation(lonely, RunDir(tmp_path / "run"))
    with pytest.raises(BusError, match="20 agents have no table"):
        await emulation.start(patience_s=0.2)
    await emulation.stop()
    assert not (tmp_path / "run").exists()

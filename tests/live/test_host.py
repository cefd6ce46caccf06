"""A host believes what is signed, newer and its own; restarts bring back what it was given."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from sidr.forwarding.codec import decode
from sidr.live.bus import Message
from sidr.live.host import Host
from sidr.live.keys import SigningKey, verifier
from sidr.live.letters import Ack, Commit, PortReport, Prepare, Status, seal, told
from sidr.live.memory import Exchange, MemoryBus
from sidr.live.slots import NOTHING
from sidr.live.store import Store
from sidr.live.switches import Switches
from sidr.live.topics import VERSION, Topics
from sidr.model.profiles import profile
from sidr.plan import plan
from sidr.topology import fabric_hash, load
from tests.live.at_rest import FAST, until

FABRIC = load("leaf-spine:leaves=2,spines=2")
HASH = fabric_hash(FABRIC)
KEY = SigningKey()
TOPICS = Topics(HASH, "box")
EVERY = range(FABRIC.switches)


def prepare(switch: int, epoch: int = 1, term: int = 1) -> Prepare:
    made = plan(FABRIC, epoch=epoch)
    table = made.tables[switch]
    digest = decode(table, switch, 2).digest
    raw = bytes.fromhex(HASH)
    return Prepare(VERSION, term, "p", epoch, made.order_id, raw, switch, digest, table)


def commit(epoch: int = 1, term: int = 1, *, whole: bool = False) -> Commit:
    raw = bytes.fromhex(HASH)
    return Commit(VERSION, term, "p", epoch, plan(FABRIC).order_id, raw, whole)


def fresh(store: Store | None = None) -> Host:
    switches = Switches(FABRIC, plan(FABRIC), profile(FAST), EVERY)
    return Host(switches, HASH, verifier(KEY.public), name="box", boot=7, store=store)


class Wired:
    """A host on a bus, and what is said there."""

    def __init__(self, host: Host | None = None) -> None:
        self.exchange = Exchange()
        self.host, self.bus = host or fresh(), MemoryBus(self.exchange, "box")
        self.planner = MemoryBus(self.exchange, "planner")
        self.host.join(self.bus)

    async def start(self) -> None:
        await self.bus.start()
        await self.planner.start()

    async def say(self, topic: str, letter: Any, key: SigningKey = KEY) -> None:
        self.planner.publish(topic, seal(letter, key.sign), retain=True)
        await self.planner.drain()
        await asyncio.sleep(0)

    async def give(self, epoch: int = 1, *, whole: bool = False) -> None:
        for v in EVERY:
            await self.say(TOPICS.plan(v, epoch % 2), prepare(v, epoch))
        await self.say(TOPICS.commit, commit(epoch, whole=whole))

    def ack(self, switch: int) -> Ack:
        letter = told(self.exchange.retained[TOPICS.of(switch, "ack")])
        assert isinstance(letter, Ack)
        return letter

    def stop(self) -> None:
        for v in EVERY:
            self.host.switches.stop(v)


async def test_a_fresh_commit_starts_a_fabric_whole() -> None:
    wired = Wired()
    await wired.start()
    await wired.give(whole=True)
    assert wired.host.switches.fibs.admitted.all()
    assert {wired.ack(v).active for v in EVERY} == {(1, "p", 1)}
    wired.stop()


async def test_a_retained_commit_starts_it_cold() -> None:
    wired = Wired()
    await wired.planner.start()
    for v in EVERY:
        wired.planner.publish(TOPICS.plan(v, 1), seal(prepare(v), KEY.sign), retain=True)
    wired.planner.publish(TOPICS.commit, seal(commit(whole=True), KEY.sign), retain=True)
    await wired.bus.start()
    await until(lambda: len(wired.host.switches.running) == 4, "all have started")
    assert not wired.host.switches.fibs.admitted.all()
    await until(lambda: bool(wired.host.switches.fibs.admitted.all()), "all are admitted")
    wired.stop()


async def test_lies_change_nothing_and_are_counted() -> None:
    wired = Wired()
    await wired.start()
    good = prepare(0)
    lies = {
        "not signed by the planner": (TOPICS.plan(0, 1), good, SigningKey()),
        "another fabric's table": (TOPICS.plan(0, 1), structs.replace(good, fabric=b"x"), KEY),
        "the table of switch 1": (TOPICS.plan(0, 1), prepare(1), KEY),
        "epoch 1 in slot 0": (TOPICS.plan(0, 0), good, KEY),
        "not a table": (TOPICS.plan(0, 1), commit(), KEY),
        "not a commit": (TOPICS.commit, good, KEY),
        "another fabric's commit": (TOPICS.commit, structs.replace(commit(), fabric=b"x"), KEY),
        "not a command": (TOPICS.host_command, good, KEY),
    }
    for topic, letter, key in lies.values():
        await wired.say(topic, letter, key)
    assert set(wired.host.refused) == set(lies)
    assert all(seat.slots.prepared_key == NOTHING for seat in wired.host.seats.values())
    assert wired.ack(0).error == "not a table"
    assert not wired.host.switches.running


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["plan/0", "plan/1", "plan/#", "x"]))
def test_any_bytes_on_any_topic_are_refused_without_raising(data: bytes, what: str) -> None:
    host = fresh()
    for topic in (TOPICS.of(0, what), TOPICS.of(99, what), "a/b"):
        host.take_table(Message(topic, data))
    host.take_commit(Message(TOPICS.commit, data))
    host.take_command(Message(TOPICS.host_command, data))
    assert sum(host.refused.values()) >= 3
    assert not host.switches.running


async def test_states_are_said_again_on_every_connection() -> None:
    wired = Wired()
    await wired.start()
    await wired.give(whole=True)
    wired.host.report(2, wired.host.switches.running[2].core._report().message)  # type: ignore[attr-defined]
    kept = dict(wired.exchange.retained)
    wired.exchange.retained.clear()
    wired.exchange.partition("box")
    wired.exchange.heal()
    await until(lambda: wired.bus.connected, "it is back")
    again = wired.exchange.retained
    assert {t for t in kept if "/plan/" not in t and "planner" not in t} == set(again)
    assert isinstance(told(again[TOPICS.of(2, "ports")]), PortReport)
    status = told(again[TOPICS.host_status])
    assert isinstance(status, Status)
    assert status.switches == (0, 1, 2, 3)
    wired.stop()


async def test_a_restarted_agent_is_back_on_the_committed_epoch_and_fills_its_fib() -> None:
    wired = Wired()
    await wired.start()
    await wired.give(1, whole=True)
    await wired.give(2)
    ports = FABRIC.ports(2)
    wired.host.kill(2)
    assert wired.host.switches.fibs.admitted.all(), "its FIB stays"
    wired.host.restart(2)
    assert wired.host.seats[2].slots.active_key == (1, "p", 2)
    assert not wired.host.switches.fibs.admitted[ports.start : ports.stop].any()
    await until(lambda: bool(wired.host.switches.fibs.admitted.all()), "all are admitted")
    wired.stop()


async def test_a_host_starts_from_its_file_and_does_not_trust_another_keys(tmp_path: Path) -> None:
    store = Store(tmp_path / "tables")
    wired = Wired(fresh(store))
    await wired.start()
    await wired.give(whole=True)
    store.flush()
    wired.stop()
    kept = store.read()
    again = fresh()
    again.recall(kept.commit, kept.tables)
    assert {seat.slots.active_key for seat in again.seats.values()} == {(1, "p", 1)}
    for v in EVERY:
        again.switches.stop(v)
    other = SigningKey()
    stranger = Host(
        Switches(FABRIC, plan(FABRIC), profile(FAST), EVERY), HASH, verifier(other.public),
        name="box", boot=1,
    )  # fmt: skip
    stranger.recall(kept.commit, kept.tables)
    assert not stranger.switches.running

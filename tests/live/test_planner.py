"""A planner counts acknowledgements, commits, sends again, and yields to a greater one."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sidr.live import planner as module
from sidr.live.bus import Message
from sidr.live.keys import SigningKey, verifier
from sidr.live.letters import Ack, Commit, Key, Lease, PortReport, Prepare, encode, opened, seal
from sidr.live.memory import Exchange, MemoryBus
from sidr.live.planner import PlannerService
from sidr.live.slots import NOTHING
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


def service(exchange: Exchange, name: str = "p") -> PlannerService:
    bus = MemoryBus(exchange, name)
    return PlannerService(plan(FABRIC), HASH, profile(FAST).sidr, KEY, bus, name=name)


class Hands:
    """The agents' side of the bus, by hand: what the planner has said, and how to answer."""

    def __init__(self) -> None:
        self.exchange = Exchange()
        self.bus = MemoryBus(self.exchange, "hands")
        self.tables: dict[int, list[Prepare]] = {v: [] for v in EVERY}
        self.commits: list[Commit] = []
        self.bus.subscribe(TOPICS.plan("+", "+"), self._hear)
        self.bus.subscribe(TOPICS.commit, self._hear)

    def _hear(self, message: Message) -> None:
        letter = opened(message.payload, verifier(KEY.public))
        if isinstance(letter, Prepare):
            self.tables[letter.switch].append(letter)
        elif isinstance(letter, Commit):
            self.commits.append(letter)

    def ack(self, switch: int, prepared: Key = NOTHING, active: Key = NOTHING) -> None:
        letter = Ack(VERSION, switch, 1, prepared, active, 0)
        self.bus.publish(TOPICS.of(switch, "ack"), encode(letter), retain=True)

    def report(self, switch: int, seq: int, admitted: int) -> None:
        letter = PortReport(VERSION, switch, 1, seq, bytes([admitted]))
        self.bus.publish(TOPICS.of(switch, "ports"), encode(letter), retain=True)

    async def greet(self, planner: PlannerService) -> Key:
        """Everybody says hello and gets the first table; returns its key."""
        await self.bus.start()
        for v in EVERY:
            self.ack(v)
        planner.start()
        await planner.bus.start()
        await until(lambda: all(self.tables.values()), "everybody has a table")
        return self.tables[0][-1].key


async def test_the_first_commit_waits_for_everybody_and_starts_the_fabric_whole() -> None:
    hands = Hands()
    planner = service(hands.exchange)
    key = await hands.greet(planner)
    for v in (0, 1, 2):
        hands.ack(v, key)
    await asyncio.sleep(0.05)
    assert hands.commits == []
    hands.ack(3, key)
    await until(lambda: bool(hands.commits), "the commit")
    assert (hands.commits[0].key, hands.commits[0].whole) == (key, True)
    planner.stop()


async def test_later_ones_wait_until_a_deadline_and_who_is_behind_is_sent_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "DEADLINE_S", 0.3)
    monkeypatch.setattr(module, "TICK_S", 0.05)
    hands = Hands()
    planner = service(hands.exchange)
    first = await hands.greet(planner)
    for v in EVERY:
        hands.ack(v, first, first)
    await until(lambda: len(hands.commits) == 1, "the first commit")
    hands.report(0, 1, 0b01)
    await until(lambda: hands.tables[0][-1].key > first, "another epoch")
    second = hands.tables[0][-1].key
    for v in (0, 1, 2):
        hands.ack(v, second, first)
    await until(lambda: hands.commits[-1].key == second, "committed without the last")
    assert not hands.commits[-1].whole
    sent = len(hands.tables[3])
    await until(lambda: len(hands.tables[3]) > sent, "sent again to who is behind")
    again = len(hands.commits)
    await until(lambda: len(hands.commits) > again, "committed again, for who is not active")
    planner.stop()


async def test_a_restarted_planner_takes_a_term_above_all_that_it_hears() -> None:
    hands = Hands()
    await hands.bus.start()
    for v in EVERY:
        hands.ack(v, (4, "old", 9), (4, "old", 9))
    planner = service(hands.exchange)
    planner.start()
    await planner.bus.start()
    await until(lambda: all(hands.tables.values()), "tables are sent")
    assert hands.tables[0][-1].key == (5, "p", 10)
    planner.stop()


async def test_the_greater_of_two_wins_and_the_other_stands_by() -> None:
    hands = Hands()
    one, two = service(hands.exchange, "a"), service(hands.exchange, "b")
    await hands.bus.start()
    for planner in (one, two):
        planner.start()
        await planner.bus.start()
    await until(lambda: two.leading and not one.leading, "b leads, a stands by")
    two.stop()
    await two.bus.close()
    await until(lambda: one.leading, "a takes over")
    assert one.term > two.term
    one.stop()


async def test_a_lease_of_somebody_with_another_key_means_nothing() -> None:
    hands = Hands()
    planner = service(hands.exchange)
    await hands.greet(planner)
    lease = Lease(VERSION, 99, "zz", 99, bytes.fromhex(HASH))
    hands.bus.publish(TOPICS.lease, seal(lease, SigningKey().sign))
    await asyncio.sleep(0.05)
    assert planner.leading
    assert planner.refused["not from a planner"] == 1
    planner.stop()


WHERE = [TOPICS.of(0, "ack"), TOPICS.of(0, "ports"), TOPICS.of(99, "ack"), TOPICS.host_status,
         f"{TOPICS.root}/sw/0/status", TOPICS.commit, TOPICS.lease]  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.binary(min_size=1, max_size=200), st.sampled_from(WHERE))
def test_any_bytes_on_any_topic_are_counted_without_raising(data: bytes, topic: str) -> None:
    planner = service(Exchange())
    message = Message(topic, data)
    for take in (planner._ack, planner._ports, planner._status, planner._host):
        planner._told(take)(message)
    planner._planner_says(message)
    assert sum(planner.refused.values()) >= 5


def test_letters_about_other_switches_than_their_topics_are_counted() -> None:
    planner = service(Exchange())
    for switch in (1, 4, 10**9):
        ack = encode(Ack(VERSION, switch, 1, NOTHING, NOTHING, 0))
        planner._told(planner._ack)(Message(TOPICS.of(0, "ack"), ack))
    ports = encode(PortReport(VERSION, 0, 1, 1, b"too many"))
    planner._told(planner._ports)(Message(TOPICS.of(0, "ports"), ports))
    assert (planner.refused["of another switch"], planner.refused["ports that do not fit"]) == (
        3,
        1,
    )
    assert not planner.acks

"""What every bus promises: one suite, run on all of them.

A new bus: its name in KINDS, its clients in `buses.buses_of`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sidr.live.bus import PAYLOAD_MAX, Message, Will
from tests.live.at_rest import until
from tests.live.buses import Buses, bounded, buses_of

KINDS = ("memory", "mqtt")


@pytest.fixture(params=KINDS)
async def buses(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Buses]:
    """Clients of each kind of bus."""
    async with buses_of(request.param, tmp_path) as made:
        yield made


def payloads(heard: list[Message]) -> list[bytes]:
    return [message.payload for message in heard]


@bounded(20)
async def test_what_is_retained_is_given_to_later_subscribers_and_marked(buses: Buses) -> None:
    speaker = await buses.client("speaker")
    _, early = await buses.listener("early", "a/b")
    assert speaker.publish("a/b", b"1", retain=True)
    assert speaker.publish("a/c", b"not asked for", retain=True)
    await speaker.drain()
    _, late = await buses.listener("late", "a/b")
    await until(lambda: bool(early and late), "both have it")
    assert speaker.publish("a/b", b"2", retain=True)
    await until(lambda: len(early) == len(late) == 2, "both have the second")
    assert early == [Message("a/b", b"1"), Message("a/b", b"2")]
    assert late == [Message("a/b", b"1", retained=True), Message("a/b", b"2")]


@bounded(20)
async def test_an_empty_retained_payload_forgets(buses: Buses) -> None:
    speaker = await buses.client("speaker")
    speaker.publish("gone", b"1", retain=True)
    speaker.publish("gone", b"", retain=True)
    speaker.publish("kept", b"1", retain=True)
    await speaker.drain()
    _, heard = await buses.listener("late", "gone", "kept")
    await until(lambda: bool(heard), "what is kept")
    assert heard == [Message("kept", b"1", retained=True)]


@bounded(20)
async def test_what_is_not_retained_is_for_present_subscribers_only(buses: Buses) -> None:
    speaker = await buses.client("speaker")
    speaker.publish("a", b"early")
    await speaker.drain()
    _, heard = await buses.listener("late", "a")
    speaker.publish("a", b"late")
    await until(lambda: bool(heard), "the second")
    assert heard == [Message("a", b"late")]


@bounded(20)
async def test_who_vanishes_leaves_a_retained_will(buses: Buses) -> None:
    _, heard = await buses.listener("witness", "dead/+")
    mortal = await buses.client("mortal", Will("dead/mortal", b"rest in peace"))
    buses.kind.vanish(mortal)
    await until(lambda: bool(heard), "the will")
    _, late = await buses.listener("heir", "dead/+")
    await until(lambda: bool(late), "the will is kept")
    assert heard == [Message("dead/mortal", b"rest in peace")]
    assert late == [Message("dead/mortal", b"rest in peace", retained=True)]


@bounded(20)
async def test_who_closes_leaves_no_will(buses: Buses) -> None:
    _, heard = await buses.listener("witness", "#")
    leaver = await buses.client("leaver", Will("dead/leaver", b"never"))
    await leaver.close()
    assert not leaver.connected
    assert not leaver.publish("a", b"too late")
    mortal = await buses.client("mortal", Will("dead/mortal", b"later"))
    buses.kind.vanish(mortal)
    await until(lambda: bool(heard), "the will of another")
    assert payloads(heard) == [b"later"]


@bounded(20)
async def test_a_topic_keeps_its_order(buses: Buses) -> None:
    speaker = await buses.client("speaker")
    _, heard = await buses.listener("listener", "+/x")
    for number in range(1000):
        assert speaker.publish(f"{number % 3}/x", b"%d" % number)
    await until(lambda: len(heard) == 1000, "all of them")
    for topic in range(3):
        got = [int(m.payload) for m in heard if m.topic == f"{topic}/x"]
        assert got == list(range(topic, 1000, 3))


@bounded(60)
async def test_of_twenty_thousand_none_is_lost(buses: Buses) -> None:
    speaker = await buses.client("speaker")
    _, heard = await buses.listener("listener", "t/#")
    wanted = {b"%d" % number for number in range(20_000)}
    for number, payload in enumerate(wanted):
        assert speaker.publish(f"t/{number % 7}", payload)
    await speaker.drain()
    await until(lambda: len(heard) >= len(wanted), "all of them", 50.0)
    assert {message.payload for message in heard} == wanted
    assert speaker.dropped == {}


@bounded(20)
async def test_filters_choose_topics(buses: Buses) -> None:
    speaker = await buses.client("speaker")
    listener, heard = await buses.listener("listener"), Counter[str]()
    for pattern in ("sw/+/ack", "sw/#", "sw/1/ack", "+/1/+", "other/#"):
        listener[0].subscribe(pattern, lambda m, pattern=pattern: heard.update([pattern]))
    await listener[0].drain()
    for topic in ("sw/1/ack", "sw/2/ack", "sw", "sw/1/plan/0", "h/1/x", "end"):
        speaker.publish(topic, b"")
    listener[0].subscribe("end", lambda _: heard.update(["end"]))
    await speaker.drain()
    speaker.publish("end", b"")
    await until(lambda: heard["end"] > 0, "the last")
    del heard["end"]
    assert heard == {"sw/+/ack": 2, "sw/#": 4, "sw/1/ack": 1, "+/1/+": 2}


@bounded(20)
async def test_what_is_retained_goes_to_the_new_subscriber_only(buses: Buses) -> None:
    bus, first = await buses.listener("both", "a")
    bus.publish("a", b"1", retain=True)
    await until(lambda: len(first) == 1, "the first has it")
    second: list[Message] = []
    bus.subscribe("a", second.append)
    await until(lambda: len(second) == 1, "the second has it too")
    bus.publish("a", b"2")
    await until(lambda: len(first) == len(second) == 2, "both have the next")
    assert [m.retained for m in (*first, *second)] == [False, False, True, False]


@bounded(20)
async def test_who_subscribes_hears_what_it_says_next(buses: Buses) -> None:
    bus, heard = await buses.client("self"), list[Message]()
    bus.subscribe("me", heard.append)
    bus.publish("me", b"1")
    assert heard == []  # never inside the call
    await until(lambda: heard == [Message("me", b"1")], "its own words")


@bounded(20)
async def test_oversized_messages_are_dropped_and_counted(buses: Buses) -> None:
    speaker = await buses.client("speaker")
    _, heard = await buses.listener("listener", "a")
    assert not speaker.publish("a", bytes(PAYLOAD_MAX + 1))
    assert speaker.publish("a", bytes(PAYLOAD_MAX))
    await until(lambda: bool(heard), "the largest")
    assert len(heard[0].payload) == PAYLOAD_MAX
    assert speaker.dropped == {"oversized": 1}


@bounded(20)
async def test_who_is_not_connected_drops_and_counts(buses: Buses) -> None:
    speaker = await buses.idle("speaker")
    assert not speaker.connected
    assert not speaker.publish("a", b"before")
    await speaker.start(10)
    assert speaker.connected
    buses.kind.part("speaker")
    await until(lambda: not speaker.connected, "it notices")
    assert not speaker.publish("a", b"between")
    await speaker.drain()
    assert speaker.dropped == {"disconnected": 2}


@bounded(30)
async def test_watchers_see_the_connection_come_and_go(buses: Buses) -> None:
    bus, seen = await buses.idle("watched"), list[bool]()
    heard: list[Message] = []

    def change(up: bool) -> None:
        assert bus.connected is up
        seen.append(up)
        if up:
            assert bus.publish("said by a watcher", b"%d" % len(seen))

    bus.watch(change)
    bus.subscribe("#", heard.append)
    await bus.start(10)
    await until(lambda: payloads(heard) == [b"1"], "the first was sent")
    buses.kind.part("watched")
    await until(lambda: seen == [True, False], "it is gone")
    buses.kind.heal()
    await until(lambda: seen == [True, False, True], "it is back")
    await until(lambda: payloads(heard) == [b"1", b"3"], "the second was sent")


@bounded(20)
async def test_nothing_arrives_before_watchers_know_of_the_connection(buses: Buses) -> None:
    speaker = await buses.client("speaker")
    for topic in range(200):
        speaker.publish(f"kept/{topic}", b"1", retain=True)
    await speaker.drain()
    bus, seen = await buses.idle("me"), list[str]()
    for topic in range(200):  # so many that the first are answered before the last are asked for
        bus.subscribe(f"kept/{topic}", lambda m: seen.append(m.topic))
    bus.watch(lambda up: seen.append("up"))
    await bus.start(10)
    await until(lambda: len(seen) == 201, "everything")
    assert seen[0] == "up"


@bounded(30)
async def test_subscriptions_survive_and_what_is_retained_comes_again(buses: Buses) -> None:
    speaker = await buses.client("speaker")
    bus, heard = await buses.listener("listener", "state/+", "event")
    speaker.publish("state/1", b"old", retain=True)
    await until(lambda: len(heard) == 1, "the first")
    buses.kind.part("listener")
    await until(lambda: not bus.connected, "it is gone")
    bus.subscribe("new", heard.append)
    speaker.publish("state/1", b"new", retain=True)
    speaker.publish("event", b"missed")
    await speaker.drain()
    buses.kind.heal()
    await until(lambda: bus.connected and len(heard) == 2, "what is retained")
    speaker.publish("event", b"heard")
    await until(lambda: len(heard) == 3, "new events")
    speaker.publish("new", b"heard")
    await until(lambda: len(heard) == 4, "what was subscribed meanwhile")
    assert heard == [
        Message("state/1", b"old"),
        Message("state/1", b"new", retained=True),
        Message("event", b"heard"),
        Message("new", b"heard"),
    ]


@bounded(30)
async def test_what_has_expired_is_forgotten(buses: Buses) -> None:
    speaker = await buses.client("speaker")
    speaker.publish("lease", b"1", retain=True, expiry_s=1)
    speaker.publish("lease/kept", b"1", retain=True, expiry_s=3600)
    await speaker.drain()
    looks: list[list[Message]] = []

    def look() -> bool:
        """Whether a new subscriber is given the one that is kept and nothing else."""
        complete = [heard for heard in looks if any(m.topic == "lease/kept" for m in heard)]
        if len(complete) == len(looks):
            looks.append([])
            speaker.subscribe("lease/#", looks[-1].append)
        return any(len(heard) == 1 for heard in complete[1:])

    await until(look, "the lease has expired")
    assert sorted(m.topic for m in looks[0]) == ["lease", "lease/kept"]


@bounded(20)
@pytest.mark.expects_loop_errors
async def test_a_subscribers_bug_is_told_to_the_loop_and_stops_nobody(buses: Buses) -> None:
    speaker = await buses.client("speaker")
    bus, heard = await buses.listener("listener", "a")

    def broken(message: Message) -> None:
        raise AssertionError(message)

    bus.subscribe("b", broken)
    await bus.drain()
    for topic in "baba":
        speaker.publish(topic, b"")
    await until(lambda: len(heard) == 2, "the others")
    assert bus.connected

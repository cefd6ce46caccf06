"""The bus over MQTT where it is hard: connections that break, brokers that refuse or freeze.

What every bus promises is in `test_bus`.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from sidr.live import broker as broker_module
from sidr.live import mqtt
from sidr.live.broker import Mosquitto
from sidr.live.bus import Message, Will
from sidr.live.mqtt import MqttBus
from tests.live.at_rest import until
from tests.live.buses import HOST, Clients, bounded, complaint, mosquitto
from tests.live.proxy import Proxy


@pytest.fixture
async def proxy(broker: Mosquitto) -> AsyncIterator[Proxy]:
    """What stands before the broker."""
    made = Proxy(broker.port)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def clients(proxy: Proxy) -> AsyncIterator[Clients]:
    """Clients that the proxy can cut off."""
    made = Clients(proxy.port)
    yield made
    await made.close()


# --- connections that break -----------------------------------------------------------------------


@bounded(30)
async def test_it_comes_back_after_every_cut(clients: Clients, proxy: Proxy) -> None:
    bus, ups, heard = clients.idle("me"), list[bool](), list[Message]()
    bus.watch(ups.append)
    bus.subscribe("kept", heard.append)
    await bus.start(10)
    bus.publish("kept", b"1", retain=True)
    await bus.drain()
    await until(lambda: len(heard) == 1, "the first")
    for cuts in (1, 2, 3):
        proxy.cut()
        await until(lambda cuts=cuts: len(heard) == 1 + cuts, "what is retained comes again")
    assert ups == [True, False, True, False, True, False, True]
    assert [m.retained for m in heard] == [False, True, True, True]


@bounded(30)
async def test_what_is_not_confirmed_is_counted_and_drain_goes_on(
    clients: Clients, proxy: Proxy
) -> None:
    bus = await clients.client("me")
    proxy.stall()
    for number in range(200):
        assert bus.publish("a", b"%d" % number)
    drained = asyncio.get_running_loop().create_task(bus.drain())
    await asyncio.sleep(0)
    assert not drained.done()
    proxy.cut()
    proxy.flow()
    await drained
    assert bus.dropped == {"disconnected": 200}
    await until(lambda: bus.connected, "it is back")
    assert bus.publish("a", b"again")
    await bus.drain()
    assert bus.dropped == {"disconnected": 200}


@bounded(30)
async def test_it_tries_again_for_ever_when_nobody_waits(clients: Clients, proxy: Proxy) -> None:
    proxy.refuse()
    bus = clients.idle("me")
    await bus.start()
    await until(lambda: bus.reason == "hangs up without an answer", "a first attempt")
    assert not bus.connected
    proxy.refuse(False)
    await until(lambda: bus.connected, "it is in")
    assert bus.reason == ""


@bounded(30)
async def test_delayed_connections_work_too(clients: Clients, proxy: Proxy) -> None:
    proxy.delay_s = 0.05
    bus, heard = await clients.client("me"), list[Message]()
    bus.subscribe("a", heard.append)
    for number in range(100):
        bus.publish("a", b"%d" % number)
    await bus.drain()
    await until(lambda: len(heard) == 100, "all of them")
    assert [int(m.payload) for m in heard] == list(range(100))


@bounded(40)
async def test_a_killed_broker_is_found_again(direct: Clients, broker: Mosquitto) -> None:
    buses = [await direct.client(f"client-{number}") for number in range(5)]
    heard: list[list[Message]] = [[] for _ in buses]
    for bus, got in zip(buses, heard, strict=True):
        bus.subscribe("kept", got.append)
    buses[0].publish("kept", b"1", retain=True)
    await until(lambda: all(len(got) == 1 for got in heard), "everybody has it")
    assert broker.pid is not None
    os.kill(broker.pid, signal.SIGKILL)
    await until(lambda: all(len(got) == 2 for got in heard), "everybody has it again")
    assert {got[1] for got in heard} == {Message("kept", b"1", retained=True)}


@pytest.mark.slow
@bounded(150)
async def test_a_frozen_broker_is_noticed_and_forgiven(direct: Clients, broker: Mosquitto) -> None:
    bus, heard = await direct.client("me"), list[Message]()
    bus.subscribe("a", heard.append)
    await bus.drain()
    assert broker.pid is not None
    os.kill(broker.pid, signal.SIGSTOP)
    try:
        await until(lambda: not bus.connected, "it is noticed", 60.0)
        reasons: set[str] = set()
        await until(lambda: reasons.add(bus.reason) or len(reasons) > 1, "a new attempt", 60.0)
        assert "does not answer" in reasons
    finally:
        os.kill(broker.pid, signal.SIGCONT)
    await until(lambda: bus.connected, "it is back", 60.0)
    bus.publish("a", b"1")
    await until(lambda: bool(heard), "as before")


@bounded(30)
async def test_of_two_with_one_name_the_older_is_told(direct: Clients) -> None:
    older = await direct.client("twin")
    lost: list[str] = []
    older.watch(lambda up: None if up else lost.append(older.reason))
    await direct.client("twin")
    await until(lambda: bool(lost), "the older is thrown out")
    assert lost[0]


# --- the first connection -------------------------------------------------------------------------


@bounded(30)
async def test_nobody_listens() -> None:
    with closing(socket.socket()) as probe:
        probe.bind((HOST, 0))
        bus = MqttBus(HOST, probe.getsockname()[1], "me")
        assert (await complaint(bus)).startswith("connection refused; is a broker listening")


@bounded(30)
async def test_no_such_host() -> None:
    assert "no such host" in await complaint(MqttBus("no such host", 1883, "me"))


@bounded(30)
async def test_a_host_that_no_name_can_be() -> None:
    await complaint(MqttBus("a" * 80, 1883, "me"))


@bounded(30)
async def test_nobody_answers(clients: Clients, proxy: Proxy) -> None:
    proxy.stall()
    line = await complaint(clients.idle("me"), 0.3)
    assert line.startswith("does not answer; is a broker listening")
    proxy.flow()


@bounded(30)
async def test_who_hangs_up_is_not_waited_for(
    clients: Clients, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mqtt, "CONNECT_S", 3600.0)
    proxy.refuse()
    line = await complaint(clients.idle("me"), 3600.0)
    assert line.startswith("hangs up without an answer; mqtts:// is for")


@bounded(30)
async def test_who_is_not_let_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    strict = broker_module.CONFIG.replace("allow_anonymous true", "allow_anonymous false")
    monkeypatch.setattr(broker_module, "CONFIG", strict)
    async with mosquitto(tmp_path / "strict") as broker:
        line = await complaint(MqttBus(HOST, broker.port, "me"))
    assert line == "not authorized; does the broker let this client in?"


@bounded(30)
async def test_an_attempt_that_is_given_up_leaves_no_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mqtt, "CONNECT_S", 3600.0)
    monkeypatch.setattr(mqtt, "KEEPALIVE_S", 3600)
    got = asyncio.get_running_loop().create_future()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        got.set_result(await reader.read())  # until the end
        writer.close()

    server = await asyncio.start_server(listen, HOST, 0)
    await complaint(MqttBus(HOST, server.sockets[0].getsockname()[1], "me"), 0.3)
    assert b"MQTT" in await got
    server.close()


@bounded(30)
async def test_a_socket_that_is_closed_meanwhile_is_not_waited_for() -> None:
    connection, closed = MqttBus(HOST, 1, "me")._new_connection(), socket.socket()
    closed.close()
    connection._on_socket_register_write(None, None, closed)
    await asyncio.sleep(0)  # the loop tells of what goes wrong


@bounded(30)
async def test_closing_during_the_first_attempt_leaves_nothing(
    clients: Clients, proxy: Proxy, direct: Clients
) -> None:
    witness, heard = await direct.client("witness"), list[Message]()
    witness.subscribe("dead", heard.append)
    proxy.stall()
    bus = clients.idle("me", Will("dead", b"never"))
    await bus.start()
    await asyncio.sleep(0)
    await bus.close()
    proxy.flow()
    witness.publish("dead", b"the last")
    await until(lambda: bool(heard), "the last")
    assert [m.payload for m in heard] == [b"the last"]
    assert not bus.connected


# --- what arrives ---------------------------------------------------------------------------------


@bounded(30)
async def test_the_inbox_is_bounded_and_counts(
    direct: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    speaker = await direct.client("speaker")
    for number in range(30):
        speaker.publish(f"kept/{number}", b"", retain=False)
        speaker.publish(f"kept/{number}", b"1", retain=True)
    await speaker.drain()
    monkeypatch.setattr(mqtt, "INBOX_MAX", 10)
    bus, heard = direct.idle("me"), list[Message]()
    bus.subscribe("kept/+", heard.append)
    monkeypatch.setattr(bus, "_soon", lambda: None)  # the loop has no time
    await bus.start(10)
    await until(lambda: bus.dropped == {"overflow": 20}, "what is too much is counted")
    monkeypatch.undo()
    bus._soon()
    await until(lambda: len(heard) == 10, "the rest arrives")


@bounded(30)
async def test_oversized_messages_of_others_are_counted(
    direct: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus, heard = await direct.client("me"), list[Message]()
    bus.publish("large", bytes(1001), retain=True)
    bus.publish("small", bytes(1000), retain=True)
    await bus.drain()
    monkeypatch.setattr(mqtt, "PAYLOAD_MAX", 1000)
    bus.subscribe("+", heard.append)
    await until(lambda: bool(heard) and bool(bus.dropped), "both have arrived")
    assert bus.dropped == {"oversized": 1}
    assert [m.topic for m in heard] == ["small"]


@bounded(30)
async def test_a_broker_without_identifiers_serves_too(
    direct: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mqtt._Connection, "counts", property(lambda _: False, lambda *_: None))
    bus, one, two = await direct.client("me"), list[Message](), list[Message]()
    bus.subscribe("a/1", one.append)
    bus.subscribe("b/+", two.append)
    bus.publish("a/1", b"1")
    bus.publish("b/1", b"2")
    await until(lambda: bool(one and two), "both")
    assert (one, two) == ([Message("a/1", b"1")], [Message("b/1", b"2")])


@bounded(30)
@pytest.mark.expects_loop_errors
async def test_a_topic_that_cannot_be_is_told_to_the_loop(direct: Clients) -> None:
    bus = await direct.client("me")
    bus.publish("a/#", b"1")
    bus.publish("a", b"1")
    await bus.drain()
    assert bus.connected

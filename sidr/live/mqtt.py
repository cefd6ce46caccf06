"""The bus through an MQTT 5 broker. The only module that knows aiomqtt.

A new aiomqtt client for every connection attempt (a cancelled one is of no more use). Messages do
not wait in its queue, from which it drops what it has already acknowledged, but in an inbox of
ours that counts what it drops. Publishing never waits: a task sends, many messages in flight.
Every subscription has an identifier, which comes back with its messages: whoever subscribes to
overlapping filters gets each message once for each, as in `memory`.
That the broker acknowledges a message does not say that anybody was allowed to read it.
"""

from __future__ import annotations

import asyncio
import logging
import math
import random
import socket
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from sidr.errors import BusError, SidrError
from sidr.live.bus import INBOX_MAX, PAYLOAD_MAX, Message, Take, Will
from sidr.live.fanout import Fanout
from sidr.live.outbox import Order, Outbox
from sidr.live.reasons import why
from sidr.live.tls import Tls

KEEPALIVE_S = 5
"""A broker that is silent for about twice as long is taken for dead."""
CONNECT_S = 5.0
"""How long one attempt to connect may take."""
BACKOFF_S, BACKOFF_MAX_S = 0.1, 5.0
"""Full jitter: the n-th attempt waits for a random part of the least of both, times 2^n."""
IN_FLIGHT = 64
"""Messages that wait for their acknowledgement at a time, if the broker allows as many."""
TURN = 256
"""Messages that are handed on in one turn of the event loop."""
LEAVE_S = 1.0
"""How long a farewell may take."""
NODELAY = ((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),)
"""Without it a request and its answer take 89 ms instead of 1.3 ms."""


class MqttBus:
    """A client's connection to a broker; see `bus.Bus`.

    Args:
        client: its name at the broker, which must be nobody else's: the broker hangs up on the
            older of two.
        tls: None = in the clear. seed: of the jitter; None = another one each time.

    Attributes:
        reason: why the last connection ended or could not be made.
    """

    def __init__(
        self,
        host: str,
        port: int,
        client: str,
        *,
        will: Will | None = None,
        tls: Tls | None = None,
        seed: int | None = None,
    ) -> None:
        self.name = f"mqtt{'s' if tls else ''}://{host}:{port}"
        self.connected = False
        self.dropped: dict[str, int] = {}
        self.reason = ""
        self._where, self._client_id, self._will = (host, port), client, will
        self._context = tls.context(self.name) if tls else None
        self._random = random.Random(seed)
        self._fanout = Fanout()
        self._given: list[tuple[str, list[Take]]] = []
        self._watchers: list[Callable[[bool], None]] = []
        self._inbox: deque[tuple[Message, list[Take]]] = deque()
        self._outbox = Outbox(self._failed)
        self._connection: _Connection | None = None
        self._task: asyncio.Task[None] | None = None
        self._emptying = False

    # --- life -----------------------------------------------------------------------------------

    async def start(self, patience_s: float | None = None) -> None:
        """Connect, and from then on reconnect for ever."""
        assert self._task is None, f"{self.name} is started twice"
        first: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        first.add_done_callback(lambda done: done.cancelled() or done.exception())  # see `reason`
        self._task = asyncio.get_running_loop().create_task(self._run(first), name=self.name)
        if patience_s is None:
            return
        try:
            await asyncio.wait_for(asyncio.shield(first), patience_s)
        except BaseException as error:
            await self.close()
            if not isinstance(error, TimeoutError):
                raise
            raise self._refused(error) from error

    async def _run(self, first: asyncio.Future[None]) -> None:
        attempt, loop = 0, asyncio.get_running_loop()
        while True:
            began_s = loop.time()
            try:
                await self._session(first)
            except (aiomqtt.MqttError, OSError, ValueError) as error:
                self.reason = why(error, secure=self._context is not None)[0]
                if not first.done():
                    first.set_exception(self._refused(error))
            finally:
                lasted = self.connected and loop.time() - began_s > BACKOFF_MAX_S
                self._lost()
            attempt = 0 if lasted else attempt + 1
            longest = min(BACKOFF_MAX_S, BACKOFF_S * 2 ** min(attempt, 10))
            await asyncio.sleep(self._random.uniform(0, longest))

    async def _session(self, first: asyncio.Future[None]) -> None:
        """One connection, from its beginning to its end."""
        connection = self._new_connection()
        await connection.enter()
        loop = asyncio.get_running_loop()
        both = [loop.create_task(self._talk(connection, first)), loop.create_task(connection.end())]
        try:
            await asyncio.gather(*both)
        finally:
            for task in both:
                task.cancel()
            await connection.leave()

    def _new_connection(self) -> _Connection:
        host, port = self._where
        will = self._will
        last = aiomqtt.Will(will.topic, will.payload, qos=1, retain=True) if will else None
        quiet = logging.getLogger("sidr.live.mqtt")
        quiet.setLevel(logging.CRITICAL + 1)  # what goes wrong is told by `reason`
        return _Connection(
            host,
            port,
            identifier=self._client_id,
            protocol=aiomqtt.ProtocolVersion.V5,
            will=last,
            keepalive=KEEPALIVE_S,
            clean_start=True,  # and no session expiry: the broker keeps nothing of ours
            timeout=CONNECT_S,
            max_inflight_messages=0,  # no bound but ours
            socket_options=NODELAY,
            tls_context=self._context,
            queue_type=_inbox_of(self._arrived),
            logger=quiet,
        )

    async def _talk(self, connection: _Connection, first: asyncio.Future[None]) -> None:
        """Renew subscriptions, then send what is handed over, in order, some at a time."""
        self._given.clear()
        renewed = [
            self._following(connection, pattern, self._fanout.of(pattern))
            for pattern in self._fanout.patterns()
        ]
        self._connection = connection
        for begin in range(0, len(renewed), connection.in_flight):
            some = renewed[begin : begin + connection.in_flight]
            await asyncio.gather(*(order() for order in some))
        self.connected, self.reason = True, ""
        if not first.done():
            first.set_result(None)
        for change in self._watchers:
            change(True)
        self._soon()
        await self._outbox.send(connection.in_flight)

    def _lost(self) -> None:
        self._connection = None
        unconfirmed = self._outbox.forget()
        if unconfirmed:
            self._drop("disconnected", unconfirmed)
        if not self.connected:
            self._inbox.clear()  # retained messages, which come again
            return
        self.connected = False
        for change in self._watchers:
            change(False)

    async def close(self) -> None:
        """Leave for good, without the last will."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=2 * LEAVE_S)

    def vanish(self) -> None:
        """Die without a word, as a killed process does; for tests of the last will."""
        if self._task is not None and self._connection is not None:
            self._connection.hang_up()
            self._task.cancel()

    def _refused(self, error: BaseException) -> SidrError:
        found, fix = why(error, secure=self._context is not None)
        return BusError.one(self.name, found, fix=fix)

    # --- out ------------------------------------------------------------------------------------

    def publish(
        self, topic: str, payload: bytes, *, retain: bool = False, expiry_s: int | None = None
    ) -> bool:
        """Hand a message over."""
        if len(payload) > PAYLOAD_MAX:
            self._drop("oversized")
        elif not self.connected or self._connection is None:
            self._drop("disconnected")
        else:
            order = partial(self._connection.say, topic, payload, retain, expiry_s)
            self._outbox.add(order, is_message=True)
            return True
        return False

    def _failed(self, error: BaseException, is_message: bool) -> None:
        if not isinstance(error, aiomqtt.MqttError):
            context = {"message": f"{self.name} cannot send that", "exception": error}
            asyncio.get_running_loop().call_exception_handler(context)
            return
        self.reason = why(error, secure=self._context is not None)[0]
        if is_message:
            self._drop("disconnected")

    async def drain(self) -> None:
        """Return when everything handed over so far has been confirmed, or is lost."""
        await self._outbox.drain()

    # --- in -------------------------------------------------------------------------------------

    def subscribe(self, pattern: str, take: Take) -> None:
        """Have `take` called for every message of a topic filter."""
        self._fanout.add(pattern, take)
        if self._connection is not None:
            order = self._following(self._connection, pattern, [take])
            self._outbox.add(order, is_message=False)

    def _following(self, connection: _Connection, pattern: str, new: list[Take]) -> Order:
        """The order to subscribe; what is retained is given to new takers only."""
        self._given.append((pattern, new))
        return partial(connection.follow, pattern, len(self._given))

    def watch(self, change: Callable[[bool], None]) -> None:
        """Have `change` called when the connection comes or goes."""
        self._watchers.append(change)

    def _arrived(self, message: aiomqtt.Message) -> None:
        payload = message.payload
        if not isinstance(payload, bytes) or len(payload) > PAYLOAD_MAX:
            self._drop("oversized")
        elif len(self._inbox) >= INBOX_MAX:
            self._drop("overflow")
        else:
            found = Message(message.topic.value, payload, bool(message.retain))
            numbers = getattr(message.properties, "SubscriptionIdentifier", ())
            self._inbox.append((found, self._takers(found, numbers)))
            if self.connected:
                self._soon()

    def _takers(self, message: Message, numbers: Sequence[int]) -> list[Take]:
        if not numbers:  # a broker without identifiers
            return self._fanout.takers(message.topic)
        given = [self._given[number - 1] for number in numbers]
        if message.retained:
            return [take for _, new in given for take in new]
        return [take for pattern, _ in given for take in self._fanout.of(pattern)]

    def _soon(self) -> None:
        if not self._emptying:
            self._emptying = True
            asyncio.get_running_loop().call_soon(self._empty)

    def _empty(self) -> None:
        """Hand on what has arrived, a part of it at a time; the loop is told of a taker's bug."""
        self._emptying = False
        call_soon = asyncio.get_running_loop().call_soon
        for _ in range(min(TURN, len(self._inbox))):
            message, takers = self._inbox.popleft()
            for take in takers:
                call_soon(take, message)
        if self._inbox:
            self._soon()

    def _drop(self, reason: str, number: int = 1) -> None:
        self.dropped[reason] = self.dropped.get(reason, 0) + number


class _Connection(aiomqtt.Client):
    """One connection of aiomqtt, which also notices a broker that hangs up before it answers, and
    leaves no socket open when it fails.

    Attributes:
        in_flight: unconfirmed messages that the broker takes. counts: it sends back identifiers.
    """

    in_flight = IN_FLIGHT
    counts = True

    async def enter(self) -> None:
        """Connect. Whoever cancels this is not kept: a thread connects, which nobody can stop."""
        entering = asyncio.get_running_loop().create_task(self.__aenter__())
        try:
            await asyncio.shield(entering)
        except BaseException:
            if not entering.done():
                entering.add_done_callback(self._too_late)
            self.hang_up()
            raise

    def _too_late(self, entering: asyncio.Task[aiomqtt.Client]) -> None:
        if entering.cancelled() or entering.exception() is not None:
            self.hang_up()
        else:
            self._client.disconnect()

    def _on_connect(
        self, client: Any, userdata: Any, flags: Any, reason_code: Any, properties: Any = None
    ) -> None:
        self.in_flight = min(IN_FLIGHT, getattr(properties, "ReceiveMaximum", IN_FLIGHT))
        self.counts = bool(getattr(properties, "SubscriptionIdentifierAvailable", True))
        super()._on_connect(client, userdata, flags, reason_code, properties)

    def _on_socket_close(self, client: Any, userdata: Any, sock: Any) -> None:
        super()._on_socket_close(client, userdata, sock)
        if not self._connected.done():
            self._connected.set_exception(ConnectionAbortedError())
            self._connected.exception()  # else the loop complains that nobody looked

    def _on_socket_register_write(self, client: Any, userdata: Any, sock: Any) -> None:
        self._loop.call_soon_threadsafe(self._await_room, client, sock)

    def _await_room(self, client: Any, sock: Any) -> None:
        """Have paho write; aiomqtt would do so with a socket that has been closed meanwhile."""
        if sock.fileno() >= 0:
            self._loop.add_writer(sock.fileno(), client.loop_write)

    async def say(self, topic: str, payload: bytes, retain: bool, expiry_s: int | None) -> None:
        """Publish; returns when the broker has it."""
        properties = None
        if expiry_s is not None:
            properties = Properties(PacketTypes.PUBLISH)
            properties.MessageExpiryInterval = expiry_s
        await self.publish(topic, payload, 1, retain, properties, timeout=math.inf)

    async def follow(self, pattern: str, number: int) -> None:
        """Subscribe; its messages come with this number."""
        properties = Properties(PacketTypes.SUBSCRIBE)
        if self.counts:
            properties.SubscriptionIdentifier = number
        codes = await self.subscribe(pattern, 1, properties=properties, timeout=math.inf)
        if any(getattr(code, "is_failure", False) for code in codes):
            raise aiomqtt.MqttError(f"may not subscribe to {pattern}: {codes[0]}")

    async def end(self) -> None:
        """Wait until the connection is lost; raises why."""
        async for _ in self.messages:
            raise AssertionError("messages go to the inbox")

    async def leave(self) -> None:
        """Say goodbye if there still is somebody who listens."""
        self.timeout = LEAVE_S
        with suppress(aiomqtt.MqttError):
            await self.__aexit__(None, None, None)
        if self._disconnected.done():
            self._disconnected.exception()  # as above
        self.hang_up()

    def hang_up(self) -> None:
        """End the connection without a word; paho notices and tidies up."""
        connection = self._client.socket()
        if isinstance(connection, socket.socket):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


def _inbox_of(arrived: Callable[[aiomqtt.Message], None]) -> type[asyncio.Queue[aiomqtt.Message]]:
    """A queue for aiomqtt through which messages only pass."""

    class Passage(asyncio.Queue[aiomqtt.Message]):
        def put_nowait(self, item: aiomqtt.Message) -> None:
            arrived(item)

    return Passage

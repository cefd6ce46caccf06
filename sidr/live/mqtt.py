"""The bus through an MQTT 5 broker. The only module that knows aiomqtt.

A new aiomqtt client for every connection attempt (a cancelled one is of no more use). Messages do
not wait in its queue, from which it drops what it has already acknowledged, but in an inbox of
ours that counts what it drops. Publishing never waits: a task sends, many messages in flight.
That the broker acknowledges a message does not say that anybody was allowed to read it.
"""

from __future__ import annotations

import asyncio
import logging
import math
import os
import random
import socket
import ssl
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from sidr.errors import BusError, SidrError
from sidr.live.bus import INBOX_MAX, PAYLOAD_MAX, Message, Take, Will
from sidr.live.fanout import Fanout

KEEPALIVE_S = 5
"""A broker that is silent for about twice as long is taken for dead."""
CONNECT_S = 5.0
"""How long one attempt to connect may take."""
BACKOFF_S, BACKOFF_MAX_S = 0.1, 5.0
"""Full jitter: the n-th attempt waits for a random part of the least of both, times 2^n."""
IN_FLIGHT = 64
"""Messages that wait for their acknowledgement at a time."""
TURN = 256
"""Messages that are handed on in one turn of the event loop."""
LEAVE_S = 1.0
"""How long a farewell may take."""
NODELAY = ((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),)
"""Without it a request and its answer take 89 ms instead of 1.3 ms."""


@dataclass(frozen=True, slots=True)
class Tls:
    """Files that make and check identities."""

    ca: Path
    cert: Path
    key: Path


class MqttBus:
    """A client's connection to a broker; see `bus.Bus`.

    Args:
        client: its name at the broker, which must be nobody else's.
        tls: None = in the clear.

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
        self._context = _context(tls, self.name) if tls else None
        self._random = random.Random(seed)
        self._fanout = Fanout()
        self._watchers: list[Callable[[bool], None]] = []
        self._inbox: deque[Message] = deque()
        self._outbox: deque[tuple[str, bytes, bool, int | None]] = deque()
        self._flying: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._client: aiomqtt.Client | None = None
        self._task: asyncio.Task[None] | None = None
        self._emptying = False

    # --- life -----------------------------------------------------------------------------------

    async def start(self, patience_s: float | None = None) -> None:
        """Connect, and from then on reconnect for ever."""
        first: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._task = asyncio.get_running_loop().create_task(self._run(first), name=self.name)
        if patience_s is None:
            first.add_done_callback(lambda done: done.exception())  # told by `reason`
            return
        try:
            await asyncio.wait_for(asyncio.shield(first), patience_s)
        except BaseException as error:
            await self.close()
            if not isinstance(error, TimeoutError):
                raise
            raise self._refused("does not answer") from error

    async def _run(self, first: asyncio.Future[None]) -> None:
        attempt = 0
        while True:
            try:
                await self._session(first)
                attempt = 0
            except (aiomqtt.MqttError, OSError, ValueError) as error:
                attempt = 0 if self.connected else attempt + 1
                self.reason = _reason(error)
                if not first.done():
                    first.set_exception(self._refused(self.reason))
            finally:
                self._lost()
            longest = min(BACKOFF_MAX_S, BACKOFF_S * 2 ** min(attempt, 10))
            await asyncio.sleep(self._random.uniform(0, longest))

    async def _session(self, first: asyncio.Future[None]) -> None:
        """One connection, from its beginning to its end."""
        async with self._new_client() as client:
            self._client = client
            for pattern in list(self._fanout.patterns()):
                await client.subscribe(pattern, qos=1)
            self.connected, self.reason = True, ""
            if not first.done():
                first.set_result(None)
            for change in self._watchers:
                change(True)
            sender = asyncio.get_running_loop().create_task(self._send(client))
            try:
                async for _ in client.messages:
                    raise AssertionError("messages go to the inbox")
            finally:
                sender.cancel()
                ended = client._disconnected  # its error is ours already; nobody else asks for it
                _ = ended.done() and not ended.cancelled() and ended.exception()

    def _new_client(self) -> aiomqtt.Client:
        host, port = self._where
        will = self._will
        last = aiomqtt.Will(will.topic, will.payload, qos=1, retain=True) if will else None
        quiet = logging.getLogger("sidr.live.mqtt")
        quiet.setLevel(logging.CRITICAL)  # what goes wrong is told by `reason`
        return aiomqtt.Client(
            host,
            port,
            identifier=self._client_id,
            protocol=aiomqtt.ProtocolVersion.V5,
            will=last,
            keepalive=KEEPALIVE_S,
            clean_start=True,
            timeout=CONNECT_S,
            max_inflight_messages=2 * IN_FLIGHT,
            socket_options=NODELAY,
            tls_context=self._context,
            queue_type=_inbox_of(self._arrived),
            logger=quiet,
        )

    def _lost(self) -> None:
        self._client = None
        for _ in range(len(self._outbox)):
            self._drop("disconnected")
        self._outbox.clear()
        if self.connected:
            self.connected = False
            for change in self._watchers:
                change(False)

    async def close(self) -> None:
        """Leave for good, without the last will."""
        if self._task is not None:
            self._task.cancel()
            with suppress(TimeoutError, asyncio.CancelledError):
                await asyncio.wait_for(self._task, LEAVE_S)
            self._task = None

    def vanish(self) -> None:
        """Die without a word, as a killed process does; for tests of the last will."""
        if self._task is not None and self._client is not None:
            connection = self._client._client.socket()
            if connection is not None:
                socket.socket(fileno=os.dup(connection.fileno())).shutdown(socket.SHUT_RDWR)
            self._task.cancel()

    def _refused(self, reason: str) -> SidrError:
        return BusError.one(self.name, reason, fix=_remedy(reason))

    # --- out ------------------------------------------------------------------------------------

    def publish(
        self, topic: str, payload: bytes, *, retain: bool = False, expiry_s: int | None = None
    ) -> bool:
        """Hand a message over."""
        if len(payload) > PAYLOAD_MAX:
            self._drop("oversized")
        elif not self.connected:
            self._drop("disconnected")
        else:
            self._outbox.append((topic, payload, retain, expiry_s))
            self._wake.set()
            return True
        return False

    async def _send(self, client: aiomqtt.Client) -> None:
        """Publish what is handed over, in order, some at a time."""
        client.pending_calls_threshold = 2 * IN_FLIGHT
        loop, free = asyncio.get_running_loop(), asyncio.Semaphore(IN_FLIGHT)
        while True:
            while self._outbox:
                await free.acquire()
                if not self._outbox:
                    break
                task = loop.create_task(self._publish(client, *self._outbox.popleft()))
                self._flying.add(task)
                task.add_done_callback(self._flying.discard)
                task.add_done_callback(lambda _: free.release())
            self._wake.clear()
            await self._wake.wait()

    async def _publish(
        self, client: aiomqtt.Client, topic: str, payload: bytes, retain: bool, expiry_s: int | None
    ) -> None:
        properties = None
        if expiry_s is not None:
            properties = Properties(PacketTypes.PUBLISH)
            properties.MessageExpiryInterval = expiry_s
        try:
            await client.publish(topic, payload, 1, retain, properties, timeout=math.inf)
        except aiomqtt.MqttError:
            self._drop("disconnected")

    async def drain(self) -> None:
        """Return when everything handed over so far has been confirmed, or is lost."""
        while self.connected and (self._outbox or self._flying):
            await asyncio.sleep(0.001)

    # --- in -------------------------------------------------------------------------------------

    def subscribe(self, pattern: str, take: Take) -> None:
        """Have `take` called for every message of a topic filter."""
        self._fanout.add(pattern, take)
        if self.connected and self._client is not None:
            task = asyncio.get_running_loop().create_task(self._subscribe(self._client, pattern))
            self._flying.add(task)
            task.add_done_callback(self._flying.discard)

    async def _subscribe(self, client: aiomqtt.Client, pattern: str) -> None:
        with suppress(aiomqtt.MqttError):
            await client.subscribe(pattern, qos=1)

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
            self._inbox.append(Message(str(message.topic), payload, bool(message.retain)))
            self._soon()

    def _soon(self) -> None:
        if not self._emptying:
            self._emptying = True
            asyncio.get_running_loop().call_soon(self._empty)

    def _empty(self) -> None:
        """Hand on what has arrived, a part of it at a time."""
        self._emptying = False
        for _ in range(min(TURN, len(self._inbox))):
            message = self._inbox.popleft()
            for take in self._fanout.takers(message.topic):
                take(message)
        if self._inbox:
            self._soon()

    def _drop(self, reason: str) -> None:
        self.dropped[reason] = self.dropped.get(reason, 0) + 1


def _inbox_of(arrived: Callable[[aiomqtt.Message], None]) -> type[asyncio.Queue[aiomqtt.Message]]:
    """A queue for aiomqtt through which messages only pass."""

    class Passage(asyncio.Queue[aiomqtt.Message]):
        def put_nowait(self, item: aiomqtt.Message) -> None:
            arrived(item)

    return Passage


def _context(tls: Tls, name: str) -> ssl.SSLContext:
    """What checks the broker and shows who we are.

    Raises:
        BusError: a file is missing or is no certificate.
    """
    try:
        context = ssl.create_default_context(cafile=str(tls.ca))
        context.load_cert_chain(tls.cert, tls.key)
    except (OSError, ssl.SSLError) as error:
        files = f"{tls.ca}, {tls.cert}, {tls.key}"
        found = f"certificates cannot be used: {error}"
        raise BusError.one(name, found, f"PEM files {files}") from error
    return context


def _reason(error: BaseException) -> str:
    """Why, in the words of whoever is deepest."""
    cause: BaseException = error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"its certificate is not good: {cause.verify_message}"
    if isinstance(cause, ssl.SSLError):
        return f"no TLS: {cause.reason or cause}"
    if isinstance(cause, socket.gaierror):
        return "no such host"
    if isinstance(cause, ConnectionRefusedError):
        return "connection refused"
    if isinstance(cause, TimeoutError):
        return "does not answer"
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror.lower()
    return str(cause) or type(cause).__name__


def _remedy(reason: str) -> str:
    if "refused" in reason or "no such host" in reason or "not answer" in reason:
        return "is a broker listening there? `--bus mqtt` starts one"
    if "certificate" in reason or "TLS" in reason:
        return "see `sidr secure init`, and give its directory with --tls"
    return "does the broker let this client in?"

"""What agents of other processes forward by: asked for over the bus, signed, answered in parts.

The process that looks asks every host that is up; a host shows its switches. Who does not answer
is seen as it was last. Used by `status` only: nothing that forwards depends on it.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable, Iterable, Iterator

import msgspec
from msgspec import Struct

from sidr.errors import PlanError
from sidr.live.bus import Bus, Message
from sidr.live.host import Host
from sidr.live.keys import SigningKey
from sidr.live.letters import Command, Response, encode, seal, told
from sidr.live.switches import Shown, Switches
from sidr.live.topics import VERSION, Topics

SHOW = "show"
PATIENCE_S = 5.0
"""How long a look waits for hosts."""
PART = 64
"""Switches in one answer."""


class Part(Struct, frozen=True):
    """A part of an answer: how many parts there are, and some switches as they forward."""

    parts: int
    shown: dict[int, Shown]


_parts = msgspec.msgpack.Decoder(Part)
_flags = msgspec.msgpack.Decoder(bool)


class Answering:
    """The side that shows: one host. It says only what has changed since the same client looked.

    Args:
        bus: of the host.
    """

    def __init__(self, host: Host, fabric_hash: str, bus: Bus) -> None:
        self._host, self._bus, self._topics = host, bus, Topics(fabric_hash)
        self._numbers: dict[str, int] = {}
        self._known: dict[str, dict[int, Shown]] = {}
        host.commands[SHOW] = self.show

    def show(self, command: Command) -> None:
        """Answer with what switches here forward by; once for each number of a session.

        The argument says whether the client wants everything, because it has missed something.
        """
        if command.number <= self._numbers.get(command.session, 0):
            return
        self._numbers[command.session] = command.number
        known = self._known.setdefault(command.client, {})
        if _wants_everything(command.argument):
            known.clear()
        news = [(v, what) for v, what in self._all() if known.get(v) != what]
        known.update(news)
        chunks = [news[first : first + PART] for first in range(0, len(news), PART)] or [[]]
        for chunk in chunks:
            packed = zlib.compress(encode(Part(len(chunks), dict(chunk))), level=1)
            answer = Response(VERSION, self._host.name, command.number, packed)
            self._bus.publish(self._topics.response(command.client), encode(answer))

    def _all(self) -> Iterator[tuple[int, Shown]]:
        for v, seat in self._host.seats.items():
            yield v, self._host.switches.show(v, seat.slots.table)


def _wants_everything(argument: bytes) -> bool:
    try:
        return _flags.decode(argument)
    except msgspec.DecodeError:
        return True


class Asking:
    """The side that looks.

    Args:
        bus: of the planner. hosts: names of the hosts to ask, at any time.
    """

    def __init__(
        self,
        switches: Switches,
        fabric_hash: str,
        key: SigningKey,
        bus: Bus,
        hosts: Callable[[], Iterable[str]],
        *,
        client: str,
    ) -> None:
        self._switches, self._key, self._bus, self._hosts = switches, key, bus, hosts
        self._hash, self._client = fabric_hash, client
        self._number = 0
        self._missing: dict[str, int | None] = {}
        self._seen: set[str] = set()
        self._complete = asyncio.Event()
        bus.subscribe(Topics(fabric_hash).response(client), self._taken)

    async def look(self) -> bool:
        """Bring the rows of other processes up to date; False = somebody did not answer."""
        self._number += 1
        self._missing = dict.fromkeys(self._hosts())
        if not self._missing:
            return True
        self._complete.clear()
        fabric = bytes.fromhex(self._hash)
        for host in self._missing:
            everything = encode(host not in self._seen)
            command = Command(VERSION, fabric, self._client, self._number, self._client, SHOW,
                              everything)  # fmt: skip
            self._bus.publish(Topics(self._hash, host).host_command, seal(command, self._key.sign))
        self._seen -= self._missing.keys()
        try:
            await asyncio.wait_for(self._complete.wait(), PATIENCE_S)
        except TimeoutError:
            return False
        return True

    def _taken(self, message: Message) -> None:
        response = told(message.payload)
        if not isinstance(response, Response) or response.number != self._number:
            return
        if response.host not in self._missing:
            return
        try:
            part = _parts.decode(_unpacked(response.answer))
            for v, what in part.shown.items():
                if 0 <= v < self._switches.fabric.switches and not self._switches.wire.local[v]:
                    self._switches.adopt(v, what)
        except (zlib.error, msgspec.DecodeError, ValueError, PlanError):
            return  # nothing of it is believed
        left = self._missing[response.host]
        self._missing[response.host] = left = (part.parts if left is None else left) - 1
        if left == 0:
            self._seen.add(response.host)
        if all(count == 0 for count in self._missing.values()):
            self._complete.set()


UNPACKED_MAX = 1 << 27
"""Bytes of one answer when it is unpacked."""


def _unpacked(data: bytes) -> bytes:
    unpack = zlib.decompressobj()
    found = unpack.decompress(data, UNPACKED_MAX)
    if unpack.unconsumed_tail:
        raise ValueError("too large")
    return found

"""What agents of other processes forward by: asked for over the bus, signed, answered in parts.

The process that looks asks every host that is up; a host shows its switches. Who does not answer
is seen as it was last. Used by `status` only: nothing that forwards depends on it.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable, Iterable

import msgspec

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

_parts = msgspec.msgpack.Decoder(dict[int, Shown])


class Answering:
    """The side that shows: one host.

    Args:
        bus: of the host.
    """

    def __init__(self, host: Host, fabric_hash: str, bus: Bus) -> None:
        self._host, self._bus, self._topics = host, bus, Topics(fabric_hash)
        self._numbers: dict[str, int] = {}
        host.commands[SHOW] = self.show

    def show(self, command: Command) -> None:
        """Answer with what every switch here forwards by; once for each number of a session."""
        if command.number <= self._numbers.get(command.session, 0):
            return
        self._numbers[command.session] = command.number
        seats = sorted(self._host.seats.items())
        for first in range(0, len(seats), PART):
            shown = {
                v: self._host.switches.show(
                    v, seat.slots.active.table if seat.slots.active else b""
                )
                for v, seat in seats[first : first + PART]
            }
            answer = Response(
                VERSION, self._host.name, command.number, zlib.compress(encode(shown))
            )
            self._bus.publish(self._topics.response(command.client), encode(answer))


class Asking:
    """The side that looks.

    Args:
        bus: of the planner. hosts: names of the hosts to ask, at any time.
        carried: how many switches a host carries.
    """

    def __init__(
        self,
        switches: Switches,
        fabric_hash: str,
        key: SigningKey,
        bus: Bus,
        hosts: Callable[[], Iterable[tuple[str, int]]],
        *,
        client: str,
    ) -> None:
        self._switches, self._key, self._bus, self._hosts = switches, key, bus, hosts
        self._hash, self._client = fabric_hash, client
        self._number = 0
        self._missing: dict[str, int] = {}
        self._complete = asyncio.Event()
        bus.subscribe(Topics(fabric_hash).response(client), self._taken)

    async def look(self) -> bool:
        """Bring the rows of other processes up to date; False = somebody did not answer."""
        self._number += 1
        self._missing = dict(self._hosts())
        if not self._missing:
            return True
        self._complete.clear()
        fabric = bytes.fromhex(self._hash)
        command = Command(VERSION, fabric, self._client, self._number, self._client, SHOW)
        for host in self._missing:
            self._bus.publish(Topics(self._hash, host).host_command, seal(command, self._key.sign))
        try:
            await asyncio.wait_for(self._complete.wait(), PATIENCE_S)
        except TimeoutError:
            return False
        return True

    def _taken(self, message: Message) -> None:
        response = told(message.payload)
        if not isinstance(response, Response) or response.number != self._number:
            return
        try:
            shown = _parts.decode(_unpacked(response.answer))
            for v, what in shown.items():
                if 0 <= v < self._switches.fabric.switches and not self._switches.wire.local[v]:
                    self._switches.adopt(v, what)
        except (zlib.error, msgspec.DecodeError, ValueError, PlanError):
            return  # nothing of it is believed
        left = self._missing.get(response.host, 0) - len(shown)
        self._missing[response.host] = left
        if all(count <= 0 for count in self._missing.values()):
            self._complete.set()


UNPACKED_MAX = 1 << 27
"""Bytes of one answer when it is unpacked."""


def _unpacked(data: bytes) -> bytes:
    unpack = zlib.decompressobj()
    found = unpack.decompress(data, UNPACKED_MAX)
    if unpack.unconsumed_tail:
        raise ValueError("too large")
    return found

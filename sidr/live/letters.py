"""What planner, agents and hosts say over the bus, how it is signed, and how bytes become it again.

MessagePack, masks and tables as raw bytes. What the planner says is signed (`Signed`); what agents
and hosts say is their own account and only makes the planner look again. Sizes are checked before
anything is decoded, types while decoding, values against the fabric by whoever takes the message.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import msgspec
from msgspec import Struct

from sidr.live.bus import PAYLOAD_MAX
from sidr.live.topics import VERSION

SIGNATURE_BYTES = 64
Key = tuple[int, str, int]
"""(term, planner, epoch): what is greater is newer, whoever says it."""


class Prepare(Struct, frozen=True, tag="prepare"):
    """A switch's table, to be kept in its other slot until the commit.

    Args:
        planner: the planner's name. fabric: its hash, raw. digest: of the table.
    """

    version: int
    term: int
    planner: str
    epoch: int
    order_id: int
    fabric: bytes
    switch: int
    digest: int
    table: bytes

    @property
    def key(self) -> Key:
        return self.term, self.planner, self.epoch


class Commit(Struct, frozen=True, tag="commit", gc=False):
    """From now on the tables of this key hold.

    Args:
        whole: the fabric starts for the first time, every switch holds its table and none has
            forwarded yet: all start at once with every port admitted. Heeded only when it arrives
            fresh, never when it was retained.
    """

    version: int
    term: int
    planner: str
    epoch: int
    order_id: int
    fabric: bytes
    whole: bool = False

    @property
    def key(self) -> Key:
        return self.term, self.planner, self.epoch


class Lease(Struct, frozen=True, tag="lease", gc=False):
    """I plan this fabric at present. Advisory: the fence is the key at the agents."""

    version: int
    term: int
    planner: str
    epoch: int
    fabric: bytes


class Command(Struct, frozen=True, tag="command"):
    """A request to a host, from the process that holds the planner's key.

    Args:
        session, number: number grows within a session, so that an old request means nothing.
        client: where the answer goes. verb: what to do. argument: what it needs, as MessagePack.
    """

    version: int
    fabric: bytes
    session: str
    number: int
    client: str
    verb: str
    argument: bytes = b""


class Signed(Struct, frozen=True, gc=False):
    """Something the planner says, and its ed25519 signature over exactly these bytes."""

    body: bytes
    signature: bytes


class Ack(Struct, frozen=True, tag="ack", gc=False):
    """What a switch holds: state, not an event.

    Args:
        boot: another one with every start of the agent.
        prepared, active: keys; (0, "", 0) = nothing yet. digest: of the active table.
        error: why the last table was refused; "" = it was not.
    """

    version: int
    switch: int
    boot: int
    prepared: Key
    active: Key
    digest: int
    error: str = ""


class PortReport(Struct, frozen=True, tag="ports", gc=False):
    """The state of all ports of a switch; see `protocols.sidr.messages.Ports`."""

    version: int
    switch: int
    boot: int
    seq: int
    admitted: bytes


class Status(Struct, frozen=True, tag="status"):
    """A host (or a switch with a connection of its own) is up, or dead by its last will.

    Args:
        state: "up" or "dead". address: where its links end, `IP:PORT`; "" = nowhere.
        switches: what it carries.
    """

    version: int
    state: str
    boot: int
    address: str = ""
    switches: tuple[int, ...] = ()


class Response(Struct, frozen=True, tag="response"):
    """The answer to a Command: its number, and MessagePack or an error."""

    version: int
    host: str
    number: int
    answer: bytes = b""
    error: str = ""


FromPlanner = Prepare | Commit | Lease | Command
FromAgent = Ack | PortReport | Status | Response
Letter = TypeVar("Letter", bound=Struct)

encode = msgspec.msgpack.Encoder().encode
_signed = msgspec.msgpack.Decoder(Signed)
_from_planner = msgspec.msgpack.Decoder(FromPlanner)
_from_agent = msgspec.msgpack.Decoder(FromAgent)


def seal(letter: FromPlanner, sign: Callable[[bytes], bytes]) -> bytes:
    """The bytes of something that the planner says."""
    body = encode(letter)
    return encode(Signed(body, sign(body)))


def opened(payload: bytes, verify: Callable[[bytes, bytes], bool]) -> FromPlanner | str:
    """What the planner said, or why it is not believed.

    Args:
        verify: (signature, body) -> whether the planner signed it.
    """
    if len(payload) > PAYLOAD_MAX:
        return "oversized"
    try:
        sealed = _signed.decode(payload)
    except (msgspec.DecodeError, RecursionError):
        return "malformed"
    if len(sealed.signature) != SIGNATURE_BYTES or not verify(sealed.signature, sealed.body):
        return "not signed by the planner"
    try:
        letter = _from_planner.decode(sealed.body)
    except (msgspec.DecodeError, RecursionError):
        return "malformed"
    return letter if letter.version == VERSION else f"version {letter.version}"


def told(payload: bytes) -> FromAgent | str:
    """What an agent or host said, or why it cannot be read."""
    if len(payload) > PAYLOAD_MAX:
        return "oversized"
    try:
        letter = _from_agent.decode(payload)
    except (msgspec.DecodeError, RecursionError):
        return "malformed"
    return letter if letter.version == VERSION else f"version {letter.version}"

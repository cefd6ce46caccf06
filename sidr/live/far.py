"""Links between processes: messages of agents, and faults, as UDP datagrams between hosts.

A link whose ends are in two processes is emulated at both: the sender loses what the link loses,
the datagram carries the rest, and the receiver hears only who really is behind the port. Faults
are signed by the planner's key, numbered, and repeated until every host has confirmed them; they
never travel on the bus, so that a dead broker stops no experiment. Like a real link, a message of
an agent is neither signed nor repeated.
"""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import msgspec
from msgspec import Struct, structs

from sidr.errors import BusError
from sidr.live.keys import SigningKey, Verify
from sidr.live.letters import Signed, Status, encode
from sidr.live.switches import DETECTOR, Switches
from sidr.model.faults import Change
from sidr.model.plan import FULL
from sidr.protocols.sidr.messages import Message, Notice
from sidr.trace.recorder import MAIN

DATAGRAM_MAX = 65_000
"""Bytes that fit into a UDP datagram."""
REPEAT_S = 0.05
"""How soon an unconfirmed fault is sent again."""
BUFFER_BYTES = 16 << 20
"""Wanted for datagrams that wait; a storm of notices is some megabytes."""
SO_RCVBUFFORCE = 33
"""As Linux numbers it: beyond the system's limit, for root."""
WINDOW = 64
"""Faults that are sent at a time."""

Address = tuple[str, int]


class Carried(Struct, frozen=True, tag="carried"):
    """A message of a core, for the slot where it arrives."""

    fabric: bytes
    slot: int
    core: str
    message: Message


class Fault(Struct, frozen=True, tag="fault"):
    """The number-th change of an emulation's session."""

    fabric: bytes
    session: int
    number: int
    change: Change


class Confirmed(Struct, frozen=True, tag="confirmed", gc=False):
    """I have carried out all changes of a session up to this number."""

    fabric: bytes
    session: int
    number: int


Datagram = Carried | Signed | Confirmed
_datagrams = msgspec.msgpack.Decoder(Carried | Confirmed)
_signed = msgspec.msgpack.Decoder(Signed)
_faults = msgspec.msgpack.Decoder(Fault)


@dataclass(slots=True)
class Peer:
    """Another host: where it is, its boot, and which faults it has confirmed."""

    address: Address
    boot: int
    confirmed: int = 0


class Far(asyncio.DatagramProtocol):
    """This process's end of all links to other processes.

    Args:
        apply: carries out a change that another process has ordered.
        key: the planner's, where this process orders faults; None = it only hears of them.
        session: grows from one emulation to the next.

    Attributes:
        address: where it listens, `IP:PORT`. refused: datagrams not believed, by reason.
    """

    def __init__(
        self,
        switches: Switches,
        fabric_hash: str,
        verify: Verify,
        apply: Callable[[Change], None],
        *,
        key: SigningKey | None,
        session: int,
    ) -> None:
        self.address = ""
        self.refused: Counter[str] = Counter()
        self.peers: dict[str, Peer] = {}
        self._switches, self._fabric = switches, bytes.fromhex(fabric_hash)
        self._verify, self._apply, self._key = verify, apply, key
        self._session = session
        self._sealed: list[bytes] = []
        self._heard = (0, 0)
        self._open: list[Change] = []
        self._at: dict[int, Address] = {}
        self._transport: asyncio.DatagramTransport | None = None
        self._repeating: asyncio.Task[None] | None = None
        switches.wire.far = self.send

    async def open(self, ip: str) -> None:
        """Listen on an address of this machine.

        Raises:
            BusError: it is none of ours.
        """
        loop = asyncio.get_running_loop()
        try:
            opened, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(ip, 0))
        except OSError as error:
            reason = f"links cannot end here: {error.strerror}"
            raise BusError.one(f"--address {ip}", reason, "an address of this machine") from error
        self._transport = opened
        _enlarge(opened.get_extra_info("socket"))
        where = opened.get_extra_info("sockname")
        self.address = f"{where[0]}:{where[1]}"
        self._repeating = loop.create_task(self._repeat(), name="faults")

    def close(self) -> None:
        """Stop listening."""
        if self._repeating is not None:
            self._repeating.cancel()
        if self._transport is not None:
            self._transport.close()

    # --- who is where ---------------------------------------------------------------------------

    def met(self, host: str, status: Status) -> None:
        """A host has said where it is and what it carries."""
        address = _address(status.address)
        if status.state != "up" or address is None or status.address == self.address:
            return
        known = self.peers.get(host)
        if known is None or (known.address, known.boot) != (address, status.boot):
            self.peers[host] = Peer(address, status.boot)
        for switch in status.switches:
            if 0 <= switch < self._switches.fabric.switches:
                self._at[switch] = address

    # --- messages of agents ---------------------------------------------------------------------

    def send(self, slot: int, core: str, message: Struct) -> None:
        """Send a message to the process of the slot's switch; lost where that is not known."""
        address = self._at.get(int(self._switches.fabric.src[slot]))
        if address is not None and self._transport is not None:
            data = encode(Carried(self._fabric, slot, core, message))  # type: ignore[arg-type]
            if len(data) <= DATAGRAM_MAX:
                self._transport.sendto(data, address)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        """Something has come; whatever does not fit is counted and forgotten."""
        try:
            datagram = _datagrams.decode(data)
        except (msgspec.DecodeError, RecursionError):
            self._fault(data, addr)
            return
        if datagram.fabric != self._fabric:
            self.refused["another fabric"] += 1
        elif isinstance(datagram, Confirmed):
            self._confirmed(datagram, addr)
        else:
            reason = self._unfit(datagram, addr)
            if reason:
                self.refused[reason] += 1
            else:
                self._switches.deliver(datagram.slot, datagram.core, datagram.message)

    def _unfit(self, carried: Carried, addr: Address) -> str:
        """Why a message cannot be what it says; "" = it can."""
        fabric = self._switches.fabric
        if not 0 <= carried.slot < fabric.slots:
            return "no such slot"
        if not self._switches.wire.local[fabric.src[carried.slot]]:
            return "a slot of another host"
        if self._at.get(int(fabric.nbr[carried.slot])) != addr:
            return "not from the neighbour's host"
        if carried.core not in (MAIN, DETECTOR):
            return "no such core"
        if isinstance(carried.message, Notice):
            groups = len(fabric.groups)
            for first, count, r in carried.message.runs:
                if not (0 <= first < groups and 0 < count <= groups - first and 0 <= r <= FULL):
                    return "a notice that does not fit the fabric"
        return ""

    # --- faults ---------------------------------------------------------------------------------

    def order(self, change: Change) -> None:
        """Have a change carried out in all other processes, too."""
        assert self._key is not None, "only who holds the key orders faults"
        body = encode(Fault(self._fabric, self._session, len(self._sealed) + 1, change))
        self._sealed.append(encode(Signed(body, self._key.sign(body))))
        for peer in self.peers.values():
            self._push(peer)

    def _push(self, peer: Peer) -> None:
        if self._transport is not None:
            for sealed in self._sealed[peer.confirmed : peer.confirmed + WINDOW]:
                self._transport.sendto(sealed, peer.address)

    async def _repeat(self) -> None:
        while True:
            await asyncio.sleep(REPEAT_S)
            for peer in self.peers.values():
                self._push(peer)

    def _confirmed(self, confirmed: Confirmed, addr: Address) -> None:
        for peer in self.peers.values():
            if peer.address == addr and confirmed.session == self._session:
                peer.confirmed = max(peer.confirmed, min(confirmed.number, len(self._sealed)))

    def _fault(self, data: bytes, addr: Address) -> None:
        """A fault that the holder of the planner's key has ordered."""
        try:
            sealed = _signed.decode(data)
            known = self._verify(sealed.signature, sealed.body)
            fault = _faults.decode(sealed.body) if known else None
        except (msgspec.DecodeError, RecursionError):
            fault = None
        if fault is None or fault.fabric != self._fabric:
            self.refused["malformed, or not signed by the planner"] += 1
            return
        if self._key is not None or fault.session < self._heard[0]:
            self.refused["a fault of another session"] += 1
            return
        if fault.session > self._heard[0]:
            self._begin(fault.session)
        if fault.number == self._heard[1] + 1:
            self._heard = (fault.session, fault.number)
            self._carry_out(fault.change)
        if self._transport is not None:
            confirmed = Confirmed(self._fabric, *self._heard)
            self._transport.sendto(encode(confirmed), addr)

    def _begin(self, session: int) -> None:
        """Another emulation begins: what the last one has broken and not mended is whole."""
        for change in self._open:
            self._apply(structs.replace(change, kind=change.kind.replace("-down", "-up")))
        self._open, self._heard = [], (session, 0)

    def _carry_out(self, change: Change) -> None:
        if change.is_down:
            self._open.append(change)
        else:
            kind = change.kind.replace("-up", "-down")
            undone = (structs.replace(change, kind=kind, at_ns=c.at_ns) for c in self._open)
            same = next((c for c in undone if c in self._open), None)
            if same is not None:
                self._open.remove(same)
        self._apply(change)


def _enlarge(end: socket.socket) -> None:
    """Let datagrams wait while the event loop is busy, as many as the system allows."""
    for option in (SO_RCVBUFFORCE, socket.SO_RCVBUF):
        with suppress(OSError):
            end.setsockopt(socket.SOL_SOCKET, option, BUFFER_BYTES)
            return


def _address(text: str) -> Address | None:
    ip, colon, port = text.rpartition(":")
    good = colon and port.isdigit() and 0 < int(port) < 65536
    return (ip, int(port)) if good else None

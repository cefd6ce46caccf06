"""OSPF's packets, reduced to what decides convergence on point-to-point links."""

from __future__ import annotations

from struct import pack
from zlib import crc32

from msgspec import Struct


class Header(Struct, frozen=True, gc=False):
    """What names an instance of a router-LSA: whose, its number, and a sum over its content."""

    origin: int
    seq: int
    checksum: int


class Lsa(Struct, frozen=True):
    """A router-LSA.

    Args:
        origin: switch number of the router. seq: grows with every instance.
        links: fabric slots (interface ids) with a full adjacency, ascending.
    """

    origin: int
    seq: int
    links: tuple[int, ...]

    @property
    def checksum(self) -> int:
        """Tells instances of one number apart (RFC 2328, 12.1.7; ours is CRC-32)."""
        return crc32(pack(f">{len(self.links)}I", *self.links))

    @property
    def header(self) -> Header:
        """What database descriptions say of it."""
        return Header(self.origin, self.seq, self.checksum)


class Hello(Struct, frozen=True, tag="ospf.hello"):
    """I am here, and these routers I have heard on this link (none or one)."""

    router: int
    heard: tuple[int, ...] = ()


class DbDesc(Struct, frozen=True, tag="ospf.dd"):
    """A database description packet (RFC 2328, A.3.3).

    Args:
        router: who sends it. seq: the master counts, the slave repeats.
        init, more, master: the bits I, M and MS.
    """

    router: int
    seq: int
    init: bool
    more: bool
    master: bool
    headers: tuple[Header, ...] = ()


class LsRequest(Struct, frozen=True, tag="ospf.lsr"):
    """Send me the router-LSAs of these routers."""

    origins: tuple[int, ...]


class LsUpdate(Struct, frozen=True, tag="ospf.lsu"):
    """LSAs, in the order in which they are to be taken in."""

    lsas: tuple[Lsa, ...]


class LsAck(Struct, frozen=True, tag="ospf.ack"):
    """(origin, seq) of every LSA that was taken in."""

    entries: tuple[tuple[int, int], ...]


Message = Hello | DbDesc | LsRequest | LsUpdate | LsAck
"""Cost of every link is 1; there is one area."""

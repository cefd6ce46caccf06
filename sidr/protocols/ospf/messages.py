"""OSPF's packets, reduced to what decides convergence on point-to-point links."""

from __future__ import annotations

from msgspec import Struct


class Lsa(Struct, frozen=True):
    """A router-LSA.

    Args:
        origin: switch number of the router. seq: grows with every instance.
        links: fabric slots (interface ids) with a full adjacency, ascending.
    """

    origin: int
    seq: int
    links: tuple[int, ...]


class Hello(Struct, frozen=True, tag="ospf.hello", gc=False):
    """I am here; an answer comes from a router that holds the adjacency for full already."""

    answer: bool = False


class LsUpdate(Struct, frozen=True, tag="ospf.lsu"):
    """LSAs, in the order in which they are to be taken in."""

    lsas: tuple[Lsa, ...]


class LsAck(Struct, frozen=True, tag="ospf.ack"):
    """(origin, seq) of every LSA that was taken in."""

    entries: tuple[tuple[int, int], ...]


Message = Hello | LsUpdate | LsAck
"""Cost of every link is 1; there is one area."""

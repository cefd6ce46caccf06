"""BGP's messages, reduced to what decides convergence: sessions open, routes come and go."""

from __future__ import annotations

from msgspec import Struct


class Open(Struct, frozen=True, tag="bgp.open", gc=False):
    """I am ready for a session. An answer is sent by a speaker that was established already."""

    asn: int
    answer: bool = False


class Update(Struct, frozen=True, tag="bgp.update", gc=False):
    """One prefix: the AS path by which the sender reaches it, itself first; () = withdrawn."""

    group: int
    path: tuple[int, ...]


Message = Open | Update

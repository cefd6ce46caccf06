"""BFD's control packet, reduced to what decides detection."""

from __future__ import annotations

from msgspec import Struct


class Packet(Struct, frozen=True, tag="bfd.packet", gc=False):
    """I am in this state (a value of `session.State`)."""

    state: str

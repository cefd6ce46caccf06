"""What speakers send each other: BGP's messages, and what TCP needs to carry them.

BGP's messages are reduced to what decides convergence. On ports where something may be lost (see
`kit.Setting.exercised`) they carry their connection and their place in it; elsewhere both stay 0
and are not written.
"""

from __future__ import annotations

from msgspec import Struct


class Segment(Struct, frozen=True, omit_defaults=True, kw_only=True, gc=False):
    """A message's place: `seq` counts the messages of one direction of a connection, from 1."""

    connection: int = 0
    seq: int = 0


class Open(Segment, frozen=True, tag="bgp.open", gc=False):
    """I am ready for a session."""

    asn: int


class Keepalive(Segment, frozen=True, tag="bgp.keepalive", gc=False):
    """I am here, and agree to the session."""


class Update(Segment, frozen=True, tag="bgp.update", gc=False):
    """The AS path by which the sender reaches all prefixes of a group, itself first; () =
    withdrawn. They share every attribute, so one UPDATE holds them all."""

    group: int
    path: tuple[int, ...]


class Notification(Segment, frozen=True, tag="bgp.notification", gc=False):
    """The session is over."""

    reason: str


class Syn(Struct, frozen=True, tag="bgp.syn", gc=False):
    """TCP: let there be this connection."""

    connection: int


class SynAck(Struct, frozen=True, tag="bgp.syn-ack", gc=False):
    """TCP: there is, and whoever hears this may use it."""

    connection: int


class Ack(Struct, frozen=True, tag="bgp.ack", gc=False):
    """TCP: everything up to this place has arrived (0: only the SynAck)."""

    connection: int
    seq: int


class Reset(Struct, frozen=True, tag="bgp.reset", gc=False):
    """TCP: there is no such connection."""

    connection: int


Carried = Open | Keepalive | Update | Notification
"""What connections carry."""
Control = Syn | SynAck | Ack | Reset
"""What keeps connections going; counts as no message."""
Message = Carried | Control

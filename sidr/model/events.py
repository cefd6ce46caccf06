"""Facts that a core is told. A core has no other way in.

Events are named in the past or as states (`PortDown`), never as orders. Drivers make them,
recorders write them down, cores dispatch on their type.
"""

from __future__ import annotations

from msgspec import Struct


class PortDown(Struct, frozen=True, tag=True, gc=False):
    """The port lost its carrier, or a detector declared it dead."""

    port: int


class PortUp(Struct, frozen=True, tag=True, gc=False):
    """The port has its carrier back. Nothing is known yet about the neighbour behind it."""

    port: int


class PortDegraded(Struct, frozen=True, tag=True, gc=False):
    """The port loses packets at this ratio but still has light."""

    port: int
    loss_ratio: float


class MessageReceived(Struct, frozen=True, tag=True):
    """A neighbour's message, complete and in the order sent on this link."""

    port: int
    message: Struct


class TimerFired(Struct, frozen=True, tag=True, gc=False):
    """A timer that the core set and did not cancel has run out."""

    name: str


class TableArrived(Struct, frozen=True, tag=True, gc=False, omit_defaults=True):
    """The planner's table for this switch, as encoded by `forwarding.codec`.

    `term` counts the planners that have taken over; tables of a higher term are newer, whatever
    their epoch.
    """

    table: bytes
    term: int = 0


class SessionUp(Struct, frozen=True, tag=True, gc=False):
    """The transport session behind a port is established."""

    port: int


class SessionDown(Struct, frozen=True, tag=True, gc=False):
    """The transport session behind a port is gone."""

    port: int


class Told(Struct, frozen=True, tag=True, gc=False):
    """A fact from another core, or from the FIB, of the same switch.

    `core="fib", fact="written"` follows a ProgramFib that asked for it, after its last write.
    `core="driver", fact="started"` begins a trial at rest: periodic timers are to be set. BFD says
    `core="bfd"`, `fact="down"` or `"up"`, and as value the port.
    """

    core: str
    fact: str
    value: int = 0


Event = (
    PortDown
    | PortUp
    | PortDegraded
    | MessageReceived
    | TimerFired
    | TableArrived
    | SessionUp
    | SessionDown
    | Told
)

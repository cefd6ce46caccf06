"""Orders that a core gives. A core has no other way out.

A driver consumes all effects of one event, in order, before it feeds the next event.
"""

from __future__ import annotations

from msgspec import Struct

MANAGEMENT = -1
"""The port that leads to the planner over the management network, outside the fabric."""
HELLO = "hello"
"""The work of periodic keepalives, hellos and BFD packets."""


class Send(Struct, frozen=True, tag=True):
    """Send a message out of a port, or from a switch to the planner (MANAGEMENT).

    `work` names its CPU cost in the hardware profile. Hellos (work HELLO) cost nothing and are
    not counted among the messages: they are the same for every protocol.
    """

    port: int
    message: Struct
    work: str = "send"


class SetTimer(Struct, frozen=True, tag=True, gc=False):
    """Arm (or re-arm, by name) a timer to fire once, `delay_ns` from now."""

    name: str
    delay_ns: int


class CancelTimer(Struct, frozen=True, tag=True, gc=False):
    """Disarm a timer; it never fires late. Cancelling one that is not armed is no error."""

    name: str


class FibWrite(Struct, frozen=True, tag=True, gc=False):
    """New next hops for some destination groups of this switch.

    Args:
        groups: destination groups that get the same entry.
        ports: one byte per port of the switch. For shortest-path protocols 1 = member of the
            ECMP group, 0 = not. For SIDR the share r (0..16) that the neighbour behind the port
            has announced for these groups; 0 = poisoned.
        group_writes, route_writes: what this costs, in writes of a shared next-hop group and of
            single routes; the hardware profile prices them.
    """

    groups: tuple[int, ...]
    ports: bytes
    group_writes: int = 0
    route_writes: int = 1


class ProgramFib(Struct, frozen=True, tag=True):
    """Write the FIB. Writes take effect one after the other, each when its cost has passed.

    Args:
        writes: in order.
        expel, admit: ports taken out of, or let into, every group at once (SIDR's `admitted`),
            applied after `writes`.
        mask_writes: group writes that expel and admit cost.
        work: CPU work before the first write (for example "spf"), priced by the hardware profile.
        token: when not 0, `Told("fib", "written", token)` follows the last write.
        table: an encoded table whose masks and weights take the place of the old ones, after
            everything else; b"" = the table stays.
    """

    writes: tuple[FibWrite, ...] = ()
    expel: tuple[int, ...] = ()
    admit: tuple[int, ...] = ()
    mask_writes: int = 0
    work: str = ""
    token: int = 0
    table: bytes = b""


class Push(Struct, frozen=True, tag=True, gc=False):
    """The planner sends a switch its table over the management network."""

    switch: int
    table: bytes


class Tell(Struct, frozen=True, tag=True, gc=False):
    """Tell another core of the same switch a fact (BFD to BGP)."""

    core: str
    fact: str
    value: int = 0


class Note(Struct, frozen=True, tag=True, gc=False):
    """Something worth a line in the trace; it changes nothing.

    Args:
        detected: the core has found out about a fault by itself (a timer ran out).
    """

    text: str
    detected: bool = False


Effect = Send | SetTimer | CancelTimer | ProgramFib | Push | Tell | Note

"""Orders that a core gives. A core has no other way out.

A driver consumes all effects of one event, in order, before it feeds the next event.
"""

from __future__ import annotations

from msgspec import Struct


class Send(Struct, frozen=True, tag=True):
    """Send a message out of a port. `work` names its CPU cost in the hardware profile."""

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
    """

    writes: tuple[FibWrite, ...] = ()
    expel: tuple[int, ...] = ()
    admit: tuple[int, ...] = ()
    mask_writes: int = 0
    work: str = ""
    token: int = 0


class Tell(Struct, frozen=True, tag=True, gc=False):
    """Tell another core of the same switch a fact (BFD to BGP)."""

    core: str
    fact: str
    value: int = 0


class Note(Struct, frozen=True, tag=True, gc=False):
    """Something worth a line in the trace; it changes nothing."""

    text: str


Effect = Send | SetTimer | CancelTimer | ProgramFib | Tell | Note

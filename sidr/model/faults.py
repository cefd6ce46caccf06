"""Faults as values: what the user asked for, and the plain schedule that drivers execute."""

from __future__ import annotations

from msgspec import Struct


class Fault(Struct, frozen=True):
    """One parsed fault expression `KIND:TARGET[@START][+DURATION][,key=value...]`.

    Args:
        kind: cut, trunk, switch, ... (see `fault.kinds`).
        target: a name, glob or tier selector; "" = sampled.
        start_ns: since the trial's time zero.
        duration_ns: None = until the trial ends.
        options: further key=value pairs, sorted by key.
    """

    kind: str
    target: str = ""
    start_ns: int = 0
    duration_ns: int | None = None
    options: tuple[tuple[str, str], ...] = ()


ELEMENTS = ("link", "switch", "silent", "lossy", "planner")
"""What a change is about; its kind is the element with `-down` or `-up` behind it."""

NEAR, FAR = "near", "far"
"""The ends of a link, as `Change.end` names them."""


class Change(Struct, frozen=True, gc=False):
    """One physical change of the fabric at an instant.

    Args:
        at_ns: since the trial's time zero.
        kind: `link-down`: a link loses its light in both directions. `switch-down`: a switch
            dies. `silent-down`: what one end of a link sends is lost while both ends see light.
            `lossy-down`: a link loses packets at a ratio. `planner-down`: the planner is dead, or
            slow. Each has its `-up`, with the same fields.
        id: the link's or switch's number in the fabric; 0 for the planner.
        end: whose sending is lost, "near" or "far"; "" = both (never of a silent link).
        loss_ratio: of a lossy link, 0..1.
        delay_ns: how much later a slow planner reacts; 0 = it is dead.
    """

    at_ns: int
    kind: str
    id: int
    end: str = ""
    loss_ratio: float = 0.0
    delay_ns: int = 0

    @property
    def element(self) -> str:
        """What the change is about, one of ELEMENTS."""
        return self.kind.partition("-")[0]

    @property
    def is_down(self) -> bool:
        """Whether it begins an outage rather than ends one."""
        return self.kind.endswith("-down")


class Trial(Struct, frozen=True):
    """One fault expression on a freshly converged fabric, resolved to physical changes.

    Args:
        number: position in the scenario, from 0.
        fault: the expression with its target filled in; `sidr` reads it back.
        fault_class: cut, trunk, switch, ... as the tables group trials.
        seed: the trial's own seed; all of its randomness comes from it.
        changes: sorted by (at_ns, position).
    """

    number: int
    fault: str
    fault_class: str
    seed: int
    changes: tuple[Change, ...]


class Schedule(Struct, frozen=True):
    """The trials of a campaign on one fabric, in order."""

    fabric_hash: str
    seed: int
    trials: tuple[Trial, ...]

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


class Change(Struct, frozen=True, gc=False):
    """One physical change of the fabric at an instant.

    Args:
        at_ns: since the trial's time zero.
        kind: "link-down", "link-up", "switch-down", "switch-up".
        id: the link's or switch's number in the fabric.
    """

    at_ns: int
    kind: str
    id: int


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

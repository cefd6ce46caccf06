"""What a protocol offers to the drivers: cores to run, and how to start them.

Drivers know protocols only through this module and `registry.py`; a third party's protocol is an
object with the same attributes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from msgspec import Struct

from sidr.model.effects import Effect
from sidr.model.events import Event
from sidr.model.fabric import Fabric
from sidr.model.plan import U8, Plan
from sidr.model.profiles import Profile
from sidr.protocols.pulse import Pulse


class Core(Protocol):
    """One protocol instance on one switch. It has no other way in or out."""

    def handle(self, event: Event, now_ns: int) -> Iterable[Effect]: ...


@dataclass(frozen=True, slots=True)
class Setting:
    """Everything that a protocol may know when its cores are built.

    Attributes:
        fabric, plan: the intact fabric and its plan (only SIDR reads the plan).
        profile: timers.
        asn: "rfc7938" (one ASN per tier and pod, unique per leaf) or "unique"; only BGP reads it.
        rng: the trial's stream for protocol randomness (timer phases, jitter); draw in a fixed
            order at build time.
        pulse_seed: seed of all life signs (see `pulse.Beat`), equal for all protocols of a trial.
        exercised: slots of the links that the trial's faults touch, both directions. Life signs
            and digests run on these only: on a link where nothing is ever lost they change nothing.
        hello: SIDR's life signs; None = the profile's BFD, or the slowest of its hold and dead
            times where BFD is off.
        prefixes: how many prefixes every destination group has.
        memo: what kits have computed for this fabric and want to keep for the next trial; keyed by
            whatever it depends on, and never changed once it is in.
    """

    fabric: Fabric
    plan: Plan
    profile: Profile
    asn: str
    rng: np.random.Generator
    pulse_seed: int = 0
    exercised: frozenset[int] = frozenset()
    hello: Pulse | None = None
    prefixes: int = 1
    memo: dict[object, object] = field(default_factory=dict)

    def born_of(self, rng: np.random.Generator) -> Setting:
        """The same for cores that are born later, from another stream."""
        return replace(self, rng=rng)


@dataclass(frozen=True, slots=True)
class Start:
    """Cores in a state, and the FIBs that belong to that state.

    Attributes:
        cores: one per switch, index = SwitchId.
        fib: uint8[G, slots]; row g, slot e as `FibWrite.ports` says: for shortest-path protocols
            1 = e is a next hop of its switch for group g; for SIDR the r (0..16) announced by
            the neighbour behind e. The driver owns and changes the array.
        admitted: bool[slots]; False = the port is in no group until the core admits it. All True
            for protocols that do not use `ProgramFib.admit`.
        detectors: BFD cores by switch, where there are any; they see events before `cores`.
        controller: the planner, or None. It is no switch: its port p leads to switch p.
        ticking: switches whose cores have periodic timers to set when a trial at rest begins.
    """

    cores: Sequence[Core]
    fib: U8
    admitted: np.ndarray[tuple[int], np.dtype[np.bool_]]
    detectors: Mapping[int, Core] = field(default_factory=dict)
    controller: Core | None = None
    ticking: Sequence[int] = ()


class Kit(Protocol):
    """A protocol as drivers see it.

    Attributes:
        name: as written in `--protocols`.
        tagged: True = packets follow SIDR's rule (tag, in-port, detours); False = plain ECMP.
        messages: the union type of its messages, for reading traces back.
    """

    name: str
    tagged: bool
    messages: type[Struct]

    def cold(self, setting: Setting) -> Start:
        """Cores that know nothing but their configuration. The driver then feeds, at time 0,
        TableArrived (to tagged protocols) and PortUp for every port."""
        ...

    def converged(self, setting: Setting) -> Start:
        """Cores in the analytic converged state of the intact fabric: equal, FIB by FIB, to what
        a cold start reaches."""
        ...

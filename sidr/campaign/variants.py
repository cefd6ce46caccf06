"""Which runs of SIDR a fair comparison takes, where silence has to be noticed.

A fault without loss of light is found by life signs. SIDR's have the profile's BFD timers; where
BFD is off, SIDR runs once per baseline with that baseline's own hold or dead time
(`sidr-as-BASELINE`), and every ratio takes the matching run. Fast life signs of our own are a row
apart (`sidr-hello50`), never part of a ratio.
"""

from __future__ import annotations

from collections.abc import Sequence

from sidr.model.faults import Trial
from sidr.model.profiles import Profile
from sidr.protocols.pulse import Pulse, bfd_pulse
from sidr.protocols.sidr import hello_of, matched
from sidr.trace.summary import MATCHED, SIDR

FAST = "sidr-hello50"
FAST_PULSE = Pulse(50_000_000, 150_000_000, jittered=True)
"""50 ms x 3, the fastest BFD that software daemons keep up with; ours."""

SILENT = ("silent", "lossy")
"""Elements of changes that leave the light on."""


def base_of(protocol: str) -> str:
    """The protocol that a row's name stands for."""
    return SIDR if protocol == FAST or protocol.startswith(MATCHED) else protocol


def variants(protocol: str, beside: Sequence[str], trial: Trial, profile: Profile) -> list[str]:
    """The rows that a protocol makes of a trial.

    Args:
        beside: all protocols of the campaign.
    """
    if protocol != SIDR or not any(c.element in SILENT for c in trial.changes):
        return [protocol]
    baselines = [name for name in beside if name in matched(profile)]
    if profile.bfd is not None or not baselines:
        return [SIDR, FAST]
    return [*(MATCHED + name for name in baselines), FAST]


def hello_for(row: str, profile: Profile) -> Pulse | None:
    """SIDR's life signs in a row; None for rows of other protocols."""
    if row == FAST:
        return FAST_PULSE
    if row.startswith(MATCHED):
        return bfd_pulse(profile) or matched(profile)[row.removeprefix(MATCHED)]
    return hello_of(profile) if row == SIDR else None

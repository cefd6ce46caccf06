"""SIDR: agents that fail over locally and tell their neighbours, under tables of a planner.

Our own design for the behaviour that SIDR is publicly said to have; no specification is public.
`agent` is the core, `port` its state table, `view` and `hearing` its bookkeeping, `damping` its
patience, `messages` its notices, `planner` the core that plans again in the background.
To add a message, do: a Struct in `messages`, an input in `port.Input`, its row in `port.TABLE`.
"""

from __future__ import annotations

import numpy as np

from sidr.model.plan import FULL
from sidr.model.profiles import Profile
from sidr.protocols.bfd import detectors
from sidr.protocols.kit import Setting, Start
from sidr.protocols.pulse import Pulse, bfd_pulse
from sidr.protocols.sidr.agent import Agent
from sidr.protocols.sidr.hearing import FIRST_BOOT
from sidr.protocols.sidr.messages import Message
from sidr.protocols.sidr.planner import Planner


class SidrKit:
    """SIDR as drivers see it."""

    name = "sidr"
    tagged = True
    messages = Message

    def cold(self, setting: Setting) -> Start:
        """Agents without a table, no port admitted."""
        boot = int(setting.rng.integers(FIRST_BOOT + 1, 2**31))
        return self._start(setting, boot=boot, running=False)

    def converged(self, setting: Setting) -> Start:
        """Agents on their tables, all ports admitted, every neighbour at full share."""
        return self._start(setting, boot=FIRST_BOOT, running=True)

    def _start(self, setting: Setting, *, boot: int, running: bool) -> Start:
        fabric, plan = setting.fabric, setting.plan
        exercised: dict[int, list[int]] = {}
        for e in sorted(setting.exercised):
            v = int(fabric.src[e])
            exercised.setdefault(v, []).append(e - int(fabric.ptr[v]))
        cores = [
            Agent(
                v,
                len(fabric.ports(v)),
                setting.profile.sidr,
                plan.tables[v] if running else b"",
                boot=boot,
                exercised=exercised.get(v, ()),
            )
            for v in range(fabric.switches)
        ]
        heard = np.full((len(fabric.groups), fabric.slots), FULL if running else 0, np.uint8)
        pulse = setting.hello or hello_of(setting.profile)
        return Start(
            cores,
            heard,
            np.full(fabric.slots, running),
            detectors=detectors(setting, pulse, heeds_down=True, running=running),
            controller=Planner(plan, setting.profile.sidr),
            ticking=sorted(exercised),
        )


def hello_of(profile: Profile) -> Pulse:
    """SIDR's life signs where nothing else is said: the profile's BFD; where that is off, the
    slower of BGP's and OSPF's own detection, so that no figure rests on a detector of our own."""
    return bfd_pulse(profile) or max(matched(profile).values(), key=lambda pulse: pulse.detect_ns)


def matched(profile: Profile) -> dict[str, Pulse]:
    """Each baseline's own detection, without BFD, as life signs of SIDR."""
    return {
        "bgp": Pulse(profile.bgp.keepalive_ns, profile.bgp.hold_ns),
        "ospf": Pulse(profile.ospf.hello_ns, profile.ospf.dead_ns),
    }


KIT = SidrKit()

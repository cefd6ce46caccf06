"""BFD (RFC 5880, asynchronous mode): finds out that a neighbour is silent though there is light.

`detector` is the core, one per switch, with a session per port; `session` is the FSM's table.
It tells the protocol beside it `down` and `up` by port. SIDR's hello is the same core with SIDR's
timers, so that no protocol has another detector than its rivals. Not modelled: authentication,
demand and echo mode, negotiation of intervals (both ends are configured alike).
To change what a session does, do: its row in `session.TABLE` and the action in `detector`.
"""

from __future__ import annotations

from sidr.protocols.bfd.detector import Detector
from sidr.protocols.bfd.messages import Packet
from sidr.protocols.kit import Core, Setting
from sidr.protocols.pulse import Pulse

__all__ = ["Packet", "detectors"]


def detectors(
    setting: Setting, pulse: Pulse, *, heeds_down: bool, running: bool
) -> dict[int, Core]:
    """The detectors of all switches that have exercised ports (see `kit.Setting`).

    Args:
        heeds_down: a neighbour that says it is down is believed at once (FRR 8.4.4 does not).
        running: all sessions are up, as in a trial at rest; else nothing is known yet.
    """
    fabric = setting.fabric
    ports: dict[int, dict[int, tuple[int, int]]] = {}
    for e in sorted(setting.exercised):
        v = int(fabric.src[e])
        ports.setdefault(v, {})[e - int(fabric.ptr[v])] = (e, int(fabric.twin[e]))
    return {
        v: Detector(slots, pulse, seed=setting.pulse_seed, heeds_down=heeds_down, running=running)
        for v, slots in ports.items()
    }

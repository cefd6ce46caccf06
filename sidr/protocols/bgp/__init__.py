"""BGP as data centres run it (RFC 7938): eBGP on every link, ECMP over equal path lengths.

`speaker` is the core; `peers` its sessions and `session` their FSM table, over `connections` of
`transport`; `rib` its tables, `adverts` when peers are told, `analytic` the converged state, `asn`
the numbering plans. One UPDATE per destination group, whose prefixes share all attributes. Not
modelled: policy, graceful restart, route refresh, additional paths.
To add an attribute, do: its field in `messages.Update`, its place in `rib.Rib.decide`.
"""

from __future__ import annotations

import numpy as np

from sidr.protocols.bfd import Packet, detectors
from sidr.protocols.bgp import asn
from sidr.protocols.bgp.analytic import Converged
from sidr.protocols.bgp.messages import Message
from sidr.protocols.bgp.rib import Rib
from sidr.protocols.bgp.speaker import Speaker
from sidr.protocols.kit import Setting, Start
from sidr.protocols.pulse import bfd_pulse


class BgpKit:
    """BGP as drivers see it."""

    name = "bgp"
    tagged = False
    messages = Message | Packet

    def cold(self, setting: Setting) -> Start:
        """Speakers without sessions or routes."""
        return _start(setting, asn.numbers(setting.fabric, setting.asn), None)

    def converged(self, setting: Setting) -> Start:
        """Speakers with all sessions up and every best path known."""
        key = ("bgp.converged", setting.asn)
        if key not in setting.memo:
            numbers = asn.numbers(setting.fabric, setting.asn)
            setting.memo[key] = Converged(setting.fabric, numbers)
        base = setting.memo[key]
        assert isinstance(base, Converged)
        return _start(setting, base.asn, base)


def _start(setting: Setting, numbers: list[int], base: Converged | None) -> Start:
    fabric = setting.fabric
    own: dict[int, set[int]] = {}
    for group, home in enumerate(fabric.groups.tolist()):
        own.setdefault(home, set()).add(group)
    count = len(fabric.groups)
    seeds = setting.rng.integers(0, np.iinfo(np.int64).max, size=fabric.switches).tolist()
    guarded = _guarded(setting)
    cores = []
    for v in range(fabric.switches):
        mine = frozenset(own.get(v, ()))
        rib = Rib(v, len(fabric.ports(v)), mine, count, asn=numbers[v], base=base)
        cores.append(
            Speaker(rib, setting.profile.bgp, established=base is not None,
                    guarded=guarded.get(v, {}), pulse_seed=setting.pulse_seed, seed=seeds[v],
                    prefixes=setting.prefixes)
        )  # fmt: skip
    fib = base.fib.copy() if base else np.zeros((count, fabric.slots), np.uint8)
    pulse, heeds = bfd_pulse(setting.profile), setting.profile.bfd_heeds_down
    is_up = base is not None
    return Start(
        cores,
        fib,
        np.ones(fabric.slots, np.bool_),
        detectors=detectors(setting, pulse, heeds_down=heeds, running=is_up) if pulse else {},
        ticking=sorted(guarded) if is_up else (),
    )


def _guarded(setting: Setting) -> dict[int, dict[int, tuple[int, int]]]:
    """Switch -> port -> (own slot, the peer's slot), of what a trial's faults touch."""
    fabric = setting.fabric
    found: dict[int, dict[int, tuple[int, int]]] = {}
    for e in sorted(setting.exercised):
        v = int(fabric.src[e])
        found.setdefault(v, {})[e - int(fabric.ptr[v])] = (e, int(fabric.twin[e]))
    return found


KIT = BgpKit()

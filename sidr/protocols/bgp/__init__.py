"""BGP as data centres run it (RFC 7938): eBGP on every link, ECMP over equal path lengths.

`speaker` is the core, `session` its FSM table, `rib` its tables, `analytic` the converged state,
`asn` the numbering plans. One prefix per destination group, one prefix per UPDATE.
To add an attribute, do: its field in `messages.Update`, its place in `rib.Rib.decide`.
"""

from __future__ import annotations

import numpy as np

from sidr.protocols.bgp import asn
from sidr.protocols.bgp.analytic import Converged
from sidr.protocols.bgp.messages import Message
from sidr.protocols.bgp.rib import Rib
from sidr.protocols.bgp.speaker import Speaker
from sidr.protocols.kit import Setting, Start


class BgpKit:
    """BGP as drivers see it."""

    name = "bgp"
    tagged = False
    messages = Message

    def cold(self, setting: Setting) -> Start:
        """Speakers without sessions or routes."""
        return _start(setting, None)

    def converged(self, setting: Setting) -> Start:
        """Speakers with all sessions up and every best path known."""
        fabric = setting.fabric
        return _start(setting, Converged(fabric, asn.numbers(fabric, setting.asn)))


def _start(setting: Setting, base: Converged | None) -> Start:
    fabric = setting.fabric
    numbers = base.asn if base else asn.numbers(fabric, setting.asn)
    own: dict[int, set[int]] = {}
    for group, home in enumerate(fabric.groups.tolist()):
        own.setdefault(home, set()).add(group)
    count = len(fabric.groups)
    cores = []
    for v in range(fabric.switches):
        mine = frozenset(own.get(v, ()))
        rib = Rib(v, len(fabric.ports(v)), mine, count, asn=numbers[v], base=base)
        cores.append(Speaker(rib, setting.profile.bgp, established=base is not None))
    fib = base.fib.copy() if base else np.zeros((count, fabric.slots), np.uint8)
    return Start(cores, fib, np.ones(fabric.slots, np.bool_))


KIT = BgpKit()

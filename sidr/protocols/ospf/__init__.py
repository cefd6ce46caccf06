"""OSPF as FRR runs it on point-to-point links of one area, every link at cost 1.

`router` is the core, `adjacency` its FSM table, `lsdb` what it knows, `flood` what neighbours have
not acknowledged, `throttle` when SPF may run, `spf` the computation. One prefix per group.
To add an LSA type, do: its Struct in `messages`, its place in `lsdb`, its rule in `router._update`.
"""

from __future__ import annotations

import numpy as np

from sidr.protocols.kit import Setting, Start
from sidr.protocols.ospf import lsdb
from sidr.protocols.ospf.lsdb import Lsdb
from sidr.protocols.ospf.messages import Lsa, Message
from sidr.protocols.ospf.router import Interfaces, Router


class OspfKit:
    """OSPF as drivers see it."""

    name = "ospf"
    tagged = False
    messages = Message

    def cold(self, setting: Setting) -> Start:
        """Routers without adjacencies."""
        return _start(setting, adjacent=False)

    def converged(self, setting: Setting) -> Start:
        """Routers with full adjacencies and equal databases, all LSAs taken in long ago."""
        return _start(setting, adjacent=True)


def _start(setting: Setting, *, adjacent: bool) -> Start:
    from sidr.protocols.ospf.spf import next_hops

    fabric, timers = setting.fabric, setting.profile.ospf
    where = Interfaces(fabric.ptr, fabric.nbr, fabric.twin, fabric.groups)
    phases = setting.rng.integers(0, timers.retransmit_ns, size=fabric.slots).tolist()
    listed = np.full(fabric.slots, adjacent)
    base = {v: Lsa(v, 1, tuple(fabric.ports(v))) for v in range(fabric.switches)}
    fib = np.zeros((len(fabric.groups), fabric.slots), np.uint8)
    cores = []
    for v in range(fabric.switches):
        ports = fabric.ports(v)
        span = slice(ports.start, ports.stop)
        if adjacent:
            fib[:, span] = next_hops(v, fabric.ptr, fabric.nbr, fabric.twin, listed, fabric.groups)
        known = Lsdb(base, listed) if adjacent else lsdb.empty(fabric.slots)
        cores.append(
            Router(v, where, known, timers, fib=fib[:, span].copy(), phases_ns=phases[span],
                   adjacent=adjacent)
        )  # fmt: skip
    return Start(cores, fib, np.ones(fabric.slots, np.bool_))


KIT = OspfKit()

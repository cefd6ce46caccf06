"""OSPF (RFC 2328) as FRR runs it on point-to-point links of one area, every link at cost 1.

`router` is the core, `neighbour` its FSM table, `hello` its life signs, `exchange` how databases
are compared, `lsdb` what it knows, `flood` and `retransmission` how news spreads, `throttle` and
`backoff` when SPF may run, `spf` the computation, `routes` what comes of it. Not modelled: ages
and refreshes of LSAs, designated routers, areas, authentication.
To add an LSA type, do: its Struct in `messages`, its place in `lsdb`, its rule in `flood.take`.
"""

from __future__ import annotations

import numpy as np

from sidr.protocols.bfd import Packet, detectors
from sidr.protocols.kit import Setting, Start
from sidr.protocols.ospf import lsdb
from sidr.protocols.ospf.lsdb import Lsdb
from sidr.protocols.ospf.messages import Lsa, Message
from sidr.protocols.ospf.router import Router
from sidr.protocols.ospf.routes import Interfaces
from sidr.protocols.pulse import bfd_pulse


class OspfKit:
    """OSPF as drivers see it."""

    name = "ospf"
    tagged = False
    messages = Message | Packet

    def cold(self, setting: Setting) -> Start:
        """Routers that know no neighbour."""
        return _start(setting, adjacent=False)

    def converged(self, setting: Setting) -> Start:
        """Routers with full adjacencies and equal databases, all LSAs taken in long ago."""
        return _start(setting, adjacent=True)


def _start(setting: Setting, *, adjacent: bool) -> Start:
    from sidr.protocols.ospf.spf import next_hops

    fabric, timers = setting.fabric, setting.profile.ospf
    where = Interfaces(fabric.ptr, fabric.nbr, fabric.twin, fabric.groups, setting.prefixes)
    phases = setting.rng.integers(0, timers.retransmit_ns, size=fabric.slots).tolist()
    listed = np.full(fabric.slots, adjacent)
    base = {v: Lsa(v, 1, tuple(fabric.ports(v))) for v in range(fabric.switches)}
    fib = np.zeros((len(fabric.groups), fabric.slots), np.uint8)
    exercised = _exercised(setting)
    cores = []
    for v in range(fabric.switches):
        ports = fabric.ports(v)
        span = slice(ports.start, ports.stop)
        if adjacent:
            fib[:, span] = next_hops(v, fabric.ptr, fabric.nbr, fabric.twin, listed, fabric.groups)
        known = Lsdb(base, listed) if adjacent else lsdb.empty(fabric.slots)
        cores.append(
            Router(v, where, known, timers, fib=fib[:, span].copy(), phases_ns=phases[span],
                   adjacent=adjacent, exercised=exercised.get(v, {}), seed=setting.pulse_seed)
        )  # fmt: skip
    pulse, heeds = bfd_pulse(setting.profile), setting.profile.bfd_heeds_down
    return Start(
        cores,
        fib,
        np.ones(fabric.slots, np.bool_),
        detectors=detectors(setting, pulse, heeds_down=heeds, running=adjacent) if pulse else {},
        ticking=sorted(exercised) if adjacent else (),
    )


def _exercised(setting: Setting) -> dict[int, dict[int, tuple[int, int]]]:
    """Switch -> port -> (own slot, the neighbour's slot), of what a trial's faults touch."""
    fabric = setting.fabric
    found: dict[int, dict[int, tuple[int, int]]] = {}
    for e in sorted(setting.exercised):
        v = int(fabric.src[e])
        found.setdefault(v, {})[e - int(fabric.ptr[v])] = (e, int(fabric.twin[e]))
    return found


KIT = OspfKit()

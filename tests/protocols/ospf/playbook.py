"""One router on its own for playbooks: leaf 0 of two leaves and two spines."""

from __future__ import annotations

import numpy as np

from sidr.model.effects import Effect
from sidr.model.events import Event, MessageReceived
from sidr.model.profiles import OspfTimers, profile
from sidr.protocols.ospf.lsdb import Lsdb, empty
from sidr.protocols.ospf.messages import Lsa, LsUpdate
from sidr.protocols.ospf.router import Interfaces, Router
from tests.protocols.settled import fabric_of

MS, SECOND = 1_000_000, 1_000_000_000
FRR = profile("frr-traditional").ospf
PHASES = [2 * SECOND, 3 * SECOND]
LEAF0, LEAF1, SPINE0, SPINE1 = range(4)


class Playbook:
    """Leaf 0 with spines behind ports 0 and 1; its slots are 0 and 1. `>>` feeds one event."""

    def __init__(self, *, adjacent: bool = True, timers: OspfTimers = FRR) -> None:
        fabric = fabric_of("leaf-spine:leaves=2,spines=2")
        where = Interfaces(fabric.ptr, fabric.nbr, fabric.twin, fabric.groups)
        base = {v: Lsa(v, 1, tuple(fabric.ports(v))) for v in range(4)}
        known = Lsdb(base, np.ones(fabric.slots, np.bool_)) if adjacent else empty(fabric.slots)
        fib = np.array([[0, 0], [1, 1]] if adjacent else [[0, 0], [0, 0]], np.uint8)
        self.router = Router(0, where, known, timers, fib=fib, phases_ns=PHASES, adjacent=adjacent)
        self.now_ns = 10 * SECOND

    def after(self, delay_ns: int) -> Playbook:
        """The same, later."""
        self.now_ns += delay_ns
        return self

    def __rshift__(self, event: Event) -> list[Effect]:
        return list(self.router.handle(event, self.now_ns))


def update(port: int, *lsas: Lsa) -> MessageReceived:
    """A packet of LSAs comes in."""
    return MessageReceived(port, LsUpdate(lsas))

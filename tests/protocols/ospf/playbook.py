"""One router on its own for playbooks: a switch of two leaves and two spines."""

from __future__ import annotations

import numpy as np

from sidr.model.effects import Effect
from sidr.model.events import Event, MessageReceived
from sidr.model.profiles import OspfTimers, profile
from sidr.protocols.ospf.lsdb import Lsdb, empty
from sidr.protocols.ospf.messages import DbDesc, Header, Hello, Lsa, LsRequest, LsUpdate
from sidr.protocols.ospf.router import Router
from sidr.protocols.ospf.routes import Interfaces
from tests.protocols.settled import fabric_of

MS, SECOND = 1_000_000, 1_000_000_000
FRR = profile("frr-traditional").ospf
PHASES = [2 * SECOND, 3 * SECOND]
LEAF0, LEAF1, SPINE0, SPINE1 = range(4)
FABRIC = fabric_of("leaf-spine:leaves=2,spines=2")


class Playbook:
    """Leaf 0 with spines behind ports 0 and 1, or another switch. `>>` feeds one event.

    Args:
        adjacent: all is converged; else the router has just been switched on.
        exercised: life signs run on all ports.
    """

    def __init__(
        self,
        *,
        switch: int = LEAF0,
        adjacent: bool = True,
        timers: OspfTimers = FRR,
        exercised: bool = False,
        prefixes: int = 1,
    ) -> None:
        f = FABRIC
        where = Interfaces(f.ptr, f.nbr, f.twin, f.groups, prefixes)
        base = {v: Lsa(v, 1, tuple(f.ports(v))) for v in range(4)}
        known = Lsdb(base, np.ones(f.slots, np.bool_)) if adjacent else empty(f.slots)
        mine = [[1, 1] if adjacent and home != switch else [0, 0] for home in f.groups.tolist()]
        slots = {p: (e, int(f.twin[e])) for p, e in enumerate(f.ports(switch))}
        self.router = Router(
            switch, where, known, timers, fib=np.array(mine, np.uint8), phases_ns=PHASES,
            adjacent=adjacent, exercised=slots if exercised else {}, seed=1,
        )  # fmt: skip
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


def hello(port: int, router: int, *heard: int) -> MessageReceived:
    """A hello comes in."""
    return MessageReceived(port, Hello(router, heard))


def claim(port: int, router: int, seq: int) -> MessageReceived:
    """The first database description of an end that would be master comes in."""
    return MessageReceived(port, DbDesc(router, seq, init=True, more=True, master=True))


def described(
    port: int, router: int, seq: int, *headers: Header, master: bool, more: bool = False
) -> MessageReceived:
    """A later database description comes in."""
    return MessageReceived(port, DbDesc(router, seq, False, more, master, headers))


def asked(port: int, *origins: int) -> MessageReceived:
    """A request comes in."""
    return MessageReceived(port, LsRequest(origins))

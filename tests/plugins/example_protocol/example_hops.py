"""A protocol from outside, as another package would offer it: neighbours tell each other how many
hops they are from every destination (as RIP does), at once and only when that changes.

What goes to a next hop is told as unreachable (split horizon with poisoned reverse), and so is
what is too far to be true.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from msgspec import Struct

from sidr.model.effects import Effect, FibWrite, ProgramFib, Send
from sidr.model.events import Event, MessageReceived, PortDown, PortUp
from sidr.model.fabric import Fabric
from sidr.protocols.kit import Setting, Start

FAR = 16
"""So many hops count as unreachable, which ends the counting to infinity (RFC 2453)."""


class Hops(Struct, frozen=True, tag="example.hops"):
    """I am so many hops from this group."""

    group: int
    hops: int


class Counter:
    """One switch.

    Args:
        own: the groups that hang on it. live: ports with light.
        heard: [group][port] -> hops that the neighbour has told.
        told: [group][port] -> hops that the neighbour was told.
    """

    def __init__(
        self, own: set[int], live: set[int], heard: list[list[int]], told: list[list[int]]
    ) -> None:
        self._own, self._live, self._heard, self._told = own, live, heard, told

    def handle(self, event: Event, now_ns: int) -> Iterable[Effect]:
        """Take in one event; the effects follow at once, in order."""
        old = [self.next_hops(g) for g in range(len(self._heard))]
        match event:
            case PortUp(port=port):
                self._live.add(port)
            case PortDown(port=port):
                self._live.discard(port)
                for heard, told in zip(self._heard, self._told, strict=True):
                    heard[port] = told[port] = FAR
            case MessageReceived(port=port, message=Hops(group=group, hops=hops)):
                self._heard[group][port] = hops
        return self._settled(old)

    def next_hops(self, group: int) -> bytes:
        """One byte per port, 1 = the neighbour is nearest."""
        heard = self._heard[group]
        best = FAR if group in self._own else min(heard, default=FAR)
        return bytes(hops == best < FAR for hops in heard)

    def _settled(self, old: list[bytes]) -> list[Effect]:
        """FIB writes where next hops have changed, and news to whoever was told otherwise."""
        new = [self.next_hops(g) for g in range(len(old))]
        writes = tuple(FibWrite((g,), ports) for g, ports in enumerate(new) if ports != old[g])
        effects: list[Effect] = [ProgramFib(writes)] if writes else []
        for g, ports in enumerate(new):
            for port in sorted(self._live):
                hops = FAR if ports[port] else self._distance(g)
                if hops != self._told[g][port]:
                    self._told[g][port] = hops
                    effects.append(Send(port, Hops(g, hops)))
        return effects

    def _distance(self, group: int) -> int:
        if group in self._own:
            return 0
        return min(FAR, min(self._heard[group], default=FAR) + 1)


class HopsKit:
    """The protocol as drivers see it."""

    name = "example"
    tagged = False
    messages = Hops

    def cold(self, setting: Setting) -> Start:
        """Nobody has told anybody anything."""
        fabric = setting.fabric
        return _start(fabric, np.full((len(fabric.groups), fabric.switches), FAR), running=False)

    def converged(self, setting: Setting) -> Start:
        """Everybody knows all distances."""
        return _start(setting.fabric, distances(setting.fabric), running=True)


def _start(fabric: Fabric, hops: np.ndarray, *, running: bool) -> Start:
    """Switches that have been told these hops: int[G, n]; FAR where a switch knows nothing."""
    fib = np.zeros((len(fabric.groups), fabric.slots), np.uint8)
    cores = []
    for v in range(fabric.switches):
        ports = fabric.ports(v)
        span = slice(ports.start, ports.stop)
        own = set(np.flatnonzero(fabric.groups == v).tolist())
        near = hops[:, fabric.nbr[span]]
        through = near > hops[:, [v]]  # whose next hop we are
        mine = np.broadcast_to(hops[:, [v]], near.shape)
        heard = np.where(through, FAR, near)
        told = np.where(near < mine, FAR, mine)
        live = set(range(len(ports))) if running else set()
        core = Counter(own, live, heard.tolist(), told.tolist())
        fib[:, span] = [list(core.next_hops(g)) for g in range(len(fabric.groups))]
        cores.append(core)
    return Start(cores, fib, np.ones(fabric.slots, np.bool_))


def distances(fabric: Fabric) -> np.ndarray:
    """Hops from every switch to every group, int[G, n]."""
    hops = np.full((len(fabric.groups), fabric.switches), FAR)
    for g, home in enumerate(fabric.groups.tolist()):
        hops[g, home] = 0
        queue = [home]
        for v in queue:
            for w in fabric.nbr[fabric.ports(v)].tolist():
                if hops[g, w] == FAR and hops[g, v] + 1 < FAR:
                    hops[g, w] = hops[g, v] + 1
                    queue.append(w)
    return hops


KIT = HopsKit()

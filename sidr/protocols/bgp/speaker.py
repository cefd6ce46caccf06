"""A BGP speaker, one per switch, with FRR's queues as profile parameters.

The way of a lost route: session falls (`peers`) -> clear-node queue (per peer) -> routes removed
-> best-path queue (one per speaker) -> UPDATEs (`adverts`) and, for the own FIB, zebra's RIB
queue. Every queue holds for a fixed time from its first item and then handles all that has come
together; 0 = at once. Routes stand in `rib`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from sidr.model.effects import CancelTimer, Effect, FibWrite, ProgramFib, SetTimer
from sidr.model.events import Event, MessageReceived, PortDown, PortUp, TimerFired, Told
from sidr.model.profiles import BgpTimers
from sidr.protocols.bgp.adverts import Adverts
from sidr.protocols.bgp.connections import NUMBERS, Connections
from sidr.protocols.bgp.messages import Update
from sidr.protocols.bgp.peers import Peers, Reaction
from sidr.protocols.bgp.rib import Rib
from sidr.protocols.bgp.session import State


class Speaker:
    """One switch's bgpd.

    Args:
        rib: its tables, from nothing or converged.
        timers: BGP's timers and FRR's queues.
        established: all sessions are up (converged start).
        guarded, pulse_seed: see `peers.Peers`.
        seed: of the speaker's own randomness.
        prefixes: in each group.

    Attributes:
        peers: its sessions.
    """

    def __init__(
        self,
        rib: Rib,
        timers: BgpTimers,
        *,
        established: bool,
        guarded: Mapping[int, tuple[int, int]],
        pulse_seed: int,
        seed: int,
        prefixes: int,
    ) -> None:
        self.rib, self.timers = rib, timers
        self._prefixes = prefixes
        ports = range(rib.ports)
        standing = ports if established else ()
        self._wire = Connections(
            guarded, rto_ns=timers.tcp_rto_ns, first=seed % NUMBERS, standing=standing
        )
        self._adverts = Adverts(rib, timers, self._wire.send, peers=standing, seed=seed)
        state = State.ESTABLISHED if established else State.IDLE
        self.peers = Peers(
            rib.asn, timers, self._wire, Reaction(self._up, self._down, self._hear),
            states=[state for _ in ports], guarded=guarded, seed=pulse_seed,
        )  # fmt: skip
        self._clearing: set[int] = set()
        self._best_queue: set[int] = set()
        self._fib_queue: dict[int, bytes] = {}
        self._timers: dict[str, Callable[..., list[Effect]]] = {
            **self.peers.timers,
            "rto": self._wire.time_out,
            "mrai": self._adverts.release,
            "coalesce": self._adverts.coalesced,
            "clear": self._clear,
            "best": self._decide,
            "rib": self._program,
        }
        self._told: dict[tuple[str, str], Callable[[int], list[Effect]]] = {
            ("bfd", "down"): self.peers.detected,
            ("bfd", "up"): lambda _: [],
            ("driver", "started"): lambda _: self.peers.go_on(),
        }
        self._handlers: dict[type, Callable[..., Iterable[Effect]]] = {
            PortDown: lambda event: self.peers.carrier_lost(event.port),
            PortUp: lambda event: self.peers.carrier(event.port),
            TimerFired: self._timer,
            MessageReceived: lambda event: self.peers.receive(event.port, event.message),
            Told: lambda event: self._told[event.core, event.fact](event.value),
        }

    def handle(self, event: Event, now_ns: int) -> Iterable[Effect]:
        """Take in one event; the effects follow at once, in order."""
        handler = self._handlers.get(type(event))
        return handler(event) if handler else ()

    def _timer(self, event: TimerFired) -> list[Effect]:
        """A timer is called by what runs out, then the port or whatever tells it from others."""
        name, *numbers = event.name.split(":")
        return self._timers[name](*map(int, numbers))

    # --- sessions -------------------------------------------------------------------------------

    def _up(self, port: int) -> list[Effect]:
        """A session is established; the last one's routes go before new ones come."""
        cleared = (
            [CancelTimer(f"clear:{port}"), *self._clear(port)] if port in self._clearing else []
        )
        return cleared + self._adverts.join(port)

    def _down(self, port: int) -> list[Effect]:
        effects = self._adverts.leave(port)
        self._clearing.add(port)
        if self.timers.clear_queue_ns:
            return [*effects, SetTimer(f"clear:{port}", self.timers.clear_queue_ns)]
        return effects + self._clear(port)

    def _clear(self, port: int) -> list[Effect]:
        self._clearing.discard(port)
        return self._queue_best(self.rib.forget(port))

    def _hear(self, port: int, update: Update) -> list[Effect]:
        if self.rib.hear(port, update.group, update.path):
            return self._queue_best([update.group])
        return []

    # --- decision -------------------------------------------------------------------------------

    def _queue_best(self, groups: list[int]) -> list[Effect]:
        if not groups:
            return []
        first = not self._best_queue
        self._best_queue.update(groups)
        if not self.timers.best_path_queue_ns:
            return self._decide()
        return [SetTimer("best", self.timers.best_path_queue_ns)] if first else []

    def _decide(self) -> list[Effect]:
        groups = sorted(self._best_queue)
        self._best_queue.clear()
        changed = []
        queued = bool(self._fib_queue)
        for group in groups:
            is_new, hops = self.rib.decide(group)
            if is_new:
                changed.append(group)
            if hops is not None:
                self._fib_queue[group] = hops
        effects = self._adverts.tell(changed)
        if not self._fib_queue or queued:
            return effects
        if not self.timers.rib_queue_ns:
            return effects + self._program()
        return [*effects, SetTimer("rib", self.timers.rib_queue_ns)]

    def _program(self) -> list[Effect]:
        """FRR writes routes one by one, each prefix by itself."""
        writes = tuple(
            FibWrite((group,), hops, route_writes=self._prefixes)
            for group, hops in sorted(self._fib_queue.items())
        )
        self._fib_queue.clear()
        return [ProgramFib(writes, work="install")]

"""Hellos of one router's ports: when they go out, whom they list, and how long silence may last.

Ports on which nothing can be lost (see `kit.Setting.exercised`) say hello only until the adjacency
is full, and need no dead timer. Elsewhere a running adjacency greets by its Beat.
"""

from __future__ import annotations

from collections.abc import Mapping

from sidr.model.effects import HELLO, CancelTimer, Effect, Send, SetTimer
from sidr.model.profiles import OspfTimers
from sidr.protocols.ospf.messages import Hello
from sidr.protocols.pulse import Beat, Pulse


class Hellos:
    """One router's.

    Args:
        exercised: port -> (own slot, the neighbour's slot), where life signs never stop.
        seed: of the trial's life signs.
    """

    def __init__(
        self,
        router: int,
        timers: OspfTimers,
        exercised: Mapping[int, tuple[int, int]],
        seed: int,
    ) -> None:
        self._router, self._timers = router, timers
        self._exercised, self._seed = exercised, seed
        self._heard: dict[int, int] = {}

    def go_on(self, neighbours: Mapping[int, int]) -> list[Effect]:
        """A trial at rest begins: the exercised ports among these greet as if they had always
        done so; `neighbours` says who is behind each."""
        pulse = Pulse(self._timers.hello_ns, self._timers.dead_ns)
        effects: list[Effect] = []
        for port, router in neighbours.items():
            if port in self._exercised:
                self._heard[port] = router
                own, other = (Beat(self._seed, slot, pulse) for slot in self._exercised[port])
                left_ns = max(0, other.last_ns + pulse.detect_ns)
                effects.append(SetTimer(f"hello:{port}", own.first_ns))
                effects.append(SetTimer(f"dead:{port}", left_ns))
        return effects

    def know(self, port: int, router: int) -> None:
        """This neighbour is listed from now on."""
        self._heard[port] = router

    def send(self, port: int) -> list[Effect]:
        """A hello now, and the timer of the next."""
        heard = (self._heard[port],) if port in self._heard else ()
        hello = Send(port, Hello(self._router, heard), HELLO)
        return [hello, SetTimer(f"hello:{port}", self._timers.hello_ns)]

    def watch(self, port: int) -> list[Effect]:
        """The neighbour has been heard: its time runs anew."""
        if port not in self._exercised:
            return []
        return [SetTimer(f"dead:{port}", self._timers.dead_ns)]

    def rest(self, port: int) -> list[Effect]:
        """The adjacency is full."""
        return [] if port in self._exercised else [CancelTimer(f"hello:{port}")]

    def forget(self, port: int) -> list[Effect]:
        """The neighbour is gone and not listed any more; hellos go on."""
        self._heard.pop(port, None)
        return [CancelTimer(f"dead:{port}")] if port in self._exercised else []

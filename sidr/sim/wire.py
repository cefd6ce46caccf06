"""Messages under way: on links, in order and with their costs, and over the management network.

A direction without light or with a silent sender loses everything, a lossy one its part. Weather
adds loss, duplicates and reordering everywhere, for tests of what protocols survive.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sidr.model.effects import HELLO, Send
from sidr.model.fabric import SWITCH_NS, Fabric
from sidr.sim.hardware import Costs, Draws
from sidr.sim.kernel import Kernel
from sidr.sim.physics import Physics

Letter = tuple[int, str, Send]
"""(slot that it left by, core that sent it, what)."""


@dataclass(frozen=True, slots=True)
class Weather:
    """Bad weather on every link.

    Attributes:
        loss, duplicate: parts of messages that are lost, or come twice.
        late_ns: some messages are late by up to this, so that others overtake them.
        late: the part of messages that is late.
    """

    loss: float = 0.0
    duplicate: float = 0.0
    late: float = 0.0
    late_ns: int = 0


class Wire:
    """All links of a fabric.

    Args:
        chance: decides the fate of messages where any may be lost.
        deliver: called with the letter when it arrives.
    """

    def __init__(
        self,
        fabric: Fabric,
        kernel: Kernel,
        physics: Physics,
        costs: Costs,
        *,
        chance: np.random.Generator,
        weather: Weather | None,
        deliver: Callable[[Letter], None],
    ) -> None:
        self._kernel, self._physics, self._costs, self._deliver = kernel, physics, costs, deliver
        self._fate, self._weather = Draws(chance), weather
        self._delay: list[int] = (fabric.delay_ns[fabric.link] + SWITCH_NS).tolist()
        self._busy_until = [0] * fabric.slots
        self.messages = 0

    def send(self, e: int, core: str, sent: Send) -> None:
        """Put a message on a slot."""
        hello = sent.work == HELLO
        self.messages += not hello
        passing = self._physics.passing[e]
        if passing == 0.0:
            return
        ready = self._kernel.now_ns + self._costs.ns(sent.work) + self._delay[e]
        arrival = ready if hello else ready + self._costs.ns("receive")
        if passing < 1.0 and self._fate.unit() >= passing:
            return
        if self._weather is not None:
            self._brave(e, arrival, (e, core, sent), self._weather)
            return
        arrival = max(arrival, self._busy_until[e])
        self._busy_until[e] = arrival
        self._kernel.at(arrival, self._arrive, (self._physics.epoch[e], (e, core, sent)))

    def clear_up(self, _: object = None) -> None:
        """The bad weather is over."""
        self._weather = None

    def _brave(self, e: int, arrival: int, letter: Letter, weather: Weather) -> None:
        """Lose, double and delay; order is not kept."""
        copies = 1 + (self._fate.unit() < weather.duplicate)
        for _ in range(copies):
            if self._fate.unit() < weather.loss:
                continue
            late = self._fate.unit() < weather.late
            delay = self._fate.ns((0, weather.late_ns)) if late else 0
            item = (self._physics.epoch[e], letter)
            self._kernel.at(arrival + delay, self._arrive, item)

    def _arrive(self, item: tuple[int, Letter]) -> None:
        epoch, letter = item
        if self._physics.epoch[letter[0]] == epoch:
            self._deliver(letter)

"""The management network: between the planner and the switches, outside the fabric.

It has its own delay and loses nothing. The planner may be dead (nothing comes in or out) or slow
(what it sends comes later).
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from sidr.model.events import Event, MessageReceived, Told
from sidr.model.faults import Change
from sidr.sim.hardware import Costs
from sidr.sim.kernel import Kernel

BACK = Told("driver", "started")


class Management:
    """The network, and the state of the planner at its end.

    Args:
        feed: (switch, event) gives an event to a switch's core, or to the planner by its number.
        planner: the planner's number, one above the last switch.
    """

    def __init__(
        self, kernel: Kernel, costs: Costs, feed: Callable[[int, Event], None], planner: int
    ) -> None:
        self._kernel, self._costs, self._feed, self._planner = kernel, costs, feed, planner
        self._deaths = 0
        self._slowness_ns: list[int] = []
        self.messages = 0

    @property
    def dead(self) -> bool:
        """Whether the planner is off."""
        return self._deaths > 0

    def apply(self, change: Change) -> None:
        """The planner dies, slows down or comes back now."""
        if change.delay_ns:
            if change.is_down:
                self._slowness_ns.append(change.delay_ns)
            else:
                self._slowness_ns.remove(change.delay_ns)
            return
        self._deaths += 1 if change.is_down else -1
        if not self.dead and not change.is_down:
            self._feed(self._planner, BACK)

    def to_planner(self, switch: int, message: Struct) -> None:
        """A switch tells the planner something."""
        self._put(self._planner, MessageReceived(switch, message), 0)

    def to_switch(self, switch: int, event: Event) -> None:
        """The planner tells a switch something."""
        self._put(switch, event, sum(self._slowness_ns))

    def _put(self, to: int, event: Event, late_ns: int) -> None:
        self.messages += 1
        delay = self._costs.ns("management") + late_ns
        self._kernel.at(self._kernel.now_ns + delay, self._arrive, (to, event))

    def _arrive(self, item: tuple[int, Event]) -> None:
        self._feed(*item)

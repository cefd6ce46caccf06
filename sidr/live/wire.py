"""Emulated links: what one port sends arrives at the port behind it, unless the link says no.

A dark or silent direction loses everything, a lossy one its part. Links within a process are the
inboxes of its switches; `far` carries what leaves it. Delays of cables (microseconds) are shorter
than a turn of the event loop and are not slept. Weather adds loss, duplicates and disorder to all
links, to show what agents survive.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import Random

from msgspec import Struct

from sidr.fault.damage import Damage
from sidr.model.fabric import Fabric

Deliver = Callable[[int, str, Struct], None]
"""(slot at which it arrives, core, message)."""


class Weather(Struct, frozen=True):
    """Bad weather on every link.

    Args:
        loss, duplicate, late: parts of messages that are lost, come twice, or come late.
        late_s: how late at most, so that others overtake them.
    """

    loss: float = 0.0
    duplicate: float = 0.0
    late: float = 0.0
    late_s: float = 0.0


class Wire:
    """All links that begin in this process.

    Args:
        deliver: takes what arrives at a switch of this process.
        seed: of loss and weather.

    Attributes:
        local: by switch, whether it is of this process.
        far: takes what leaves for a slot of another process.
        weather: None = fine. sent, lost: messages so far.
    """

    def __init__(self, fabric: Fabric, damage: Damage, deliver: Deliver, *, seed: int = 0) -> None:
        self.weather: Weather | None = None
        self.sent = self.lost = 0
        self.local = [True] * fabric.switches
        self.far: Deliver = lambda slot, core, message: None
        self._damage, self._deliver = damage, deliver
        self._twin: list[int] = fabric.twin.tolist()
        self._peer: list[int] = fabric.nbr.tolist()
        self._random = Random(seed)

    def send(self, slot: int, core: str, message: Struct) -> None:
        """Put a message on a slot."""
        self.sent += 1
        passing = self._damage.passing[slot]
        if passing < 1.0 and (passing == 0.0 or self._random.random() >= passing):
            self.lost += 1
        elif self.weather is None:
            self._arrive(slot, core, message)
        else:
            self._brave(slot, core, message, self.weather)

    def _arrive(self, slot: int, core: str, message: Struct) -> None:
        take = self._deliver if self.local[self._peer[slot]] else self.far
        take(self._twin[slot], core, message)

    def _brave(self, slot: int, core: str, message: Struct, weather: Weather) -> None:
        draw = self._random.random
        for _ in range(1 + (draw() < weather.duplicate)):
            if draw() < weather.loss:
                self.lost += 1
            elif draw() < weather.late:
                loop = asyncio.get_running_loop()
                loop.call_later(draw() * weather.late_s, self._arrive_late, slot, core, message)
            else:
                self._arrive(slot, core, message)

    def _arrive_late(self, slot: int, core: str, message: Struct) -> None:
        if self._damage.passing[slot] > 0.0:  # what is under way dies with its link
            self._arrive(slot, core, message)

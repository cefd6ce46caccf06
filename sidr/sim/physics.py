"""What the world does to ports, and when they notice. No cores here.

A change of the schedule becomes states of slots (`fault.damage`), and what the hardware makes of
them becomes calls of a Reaction: pruning and port events, each after its delay. `world` reacts,
`wire` asks whether a direction carries packets.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from sidr.fault.damage import Damage
from sidr.forwarding.rule import Bools
from sidr.model.fabric import F64, Fabric
from sidr.model.faults import Change
from sidr.model.profiles import Hardware
from sidr.sim.hardware import Draws
from sidr.sim.kernel import Kernel


class Reaction(Protocol):
    """What happens when the hardware has noticed something."""

    def pruned(self, slot: int, gone: bool) -> None: ...

    def port_down(self, slot: int) -> None: ...

    def port_up(self, slot: int) -> None: ...


class Physics:
    """The physical state of every slot, and who will notice what and when.

    Attributes:
        light: the direction has light. passing: float64[E], the part of packets that it carries.
        pruned: the hardware has left the dead port out of every group.
        seen: the core believes that the port is up. dead: switches that are off.
        epoch: how often the slot's light changed; late consequences of older epochs are void.
        changed: something has changed since the flag was last cleared.
    """

    def __init__(
        self, fabric: Fabric, kernel: Kernel, hardware: Hardware, draws: Draws, react: Reaction
    ) -> None:
        slots = fabric.slots
        self._damage = Damage(fabric)
        self.light: Bools = self._damage.light
        self.passing: F64 = self._damage.passing
        self.dead = self._damage.dead
        self.pruned: Bools = np.zeros(slots, np.bool_)
        self.seen = [True] * slots
        self.epoch = [0] * slots
        self.changed = False
        self._fabric, self._kernel, self._react = fabric, kernel, react
        self._hardware, self._draws = hardware, draws

    def apply(self, change: Change) -> None:
        """Carry out one physical change now."""
        for e in self._damage.apply(change):
            self._light(e)
        self.changed = True

    def _light(self, e: int) -> None:
        """Light of one direction changes; its sender's port notices after the hardware's delays."""
        self.epoch[e] += 1
        epoch, at = self.epoch[e], self._kernel.at
        detected = self._kernel.now_ns + self._draws.ns(self._hardware.detect_ns)
        prune = detected + self._draws.ns(self._hardware.prune_ns)
        notify = detected + self._draws.ns(self._hardware.notify_ns)
        if self.light[e]:
            at(notify, self._up, (e, epoch))
        else:
            at(prune, self._prune, (e, epoch))
            at(notify, self._down, (e, epoch))

    def _prune(self, item: tuple[int, int]) -> None:
        e, epoch = item
        if self.epoch[e] == epoch and not self.pruned[e]:
            self.pruned[e] = True
            self._react.pruned(e, True)

    def _down(self, item: tuple[int, int]) -> None:
        e, epoch = item
        if self.epoch[e] == epoch and self.seen[e]:
            self.seen[e] = False
            self._react.port_down(e)

    def _up(self, item: tuple[int, int]) -> None:
        e, epoch = item
        if self.epoch[e] != epoch:
            return
        if self.pruned[e]:
            self.pruned[e] = False
            self._react.pruned(e, False)
        if not self.seen[e]:
            self.seen[e] = True
            self._react.port_up(e)

    def reset(self, switch: int) -> None:
        """A switch boots: its ports are seen as their light is, and what was under way is void."""
        for e in self._fabric.ports(switch):
            self.pruned[e] = not self.light[e]
            self.seen[e] = bool(self.light[e])
            self.epoch[e] += 1

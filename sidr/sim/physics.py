"""What the world does to ports: light, dead switches, silent directions, loss. No cores here.

A change of the schedule becomes states of slots, and what the hardware makes of them becomes calls
of a Reaction: pruning and port events, each after its delay. `world` reacts, `wire` asks whether a
direction carries packets.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from sidr.forwarding.rule import Bools
from sidr.model.fabric import F64, Fabric
from sidr.model.faults import FAR, NEAR, Change
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
        self.light: Bools = np.ones(slots, np.bool_)
        self.passing: F64 = np.ones(slots)
        self.pruned: Bools = np.zeros(slots, np.bool_)
        self.seen = [True] * slots
        self.epoch = [0] * slots
        self.dead = [False] * fabric.switches
        self.changed = False
        self._fabric, self._kernel, self._react = fabric, kernel, react
        self._hardware, self._draws = hardware, draws
        self._cuts = [0] * fabric.links
        self._silent = [0] * slots
        self._loss: list[list[float]] = [[] for _ in range(slots)]
        self._changes: dict[str, Callable[[Change], None]] = {
            "link": self._link,
            "switch": self._switch,
            "silent": self._silence,
            "lossy": self._lossy,
        }

    def apply(self, change: Change) -> None:
        """Carry out one physical change now."""
        self._changes[change.element](change)
        self.changed = True

    def _link(self, change: Change) -> None:
        self._cuts[change.id] += 1 if change.is_down else -1
        self._relight(change.id)

    def _switch(self, change: Change) -> None:
        self.dead[change.id] = change.is_down
        for e in self._fabric.ports(change.id):
            self._relight(int(self._fabric.link[e]))

    def _relight(self, link: int) -> None:
        ends = self._fabric.slots_of(link)
        dark = self._cuts[link] > 0 or any(self.dead[self._fabric.src[e]] for e in ends)
        for e in ends:
            self._light(e, not dark)

    def _silence(self, change: Change) -> None:
        for e in self.sending(change):
            self._silent[e] += 1 if change.is_down else -1
            self._pass(e)

    def _lossy(self, change: Change) -> None:
        for e in self.sending(change):
            if change.is_down:
                self._loss[e].append(change.loss_ratio)
            else:
                self._loss[e].remove(change.loss_ratio)
            self._pass(e)

    def sending(self, change: Change) -> list[int]:
        """The slots of a link that a change is about, by the end that sends."""
        near, far = self._fabric.slots_of(change.id)
        return [e for e, end in ((near, NEAR), (far, FAR)) if change.end in ("", end)]

    def _pass(self, e: int) -> None:
        lit = self.light[e] and not self._silent[e]
        self.passing[e] = np.prod([1.0 - ratio for ratio in self._loss[e]]) if lit else 0.0

    def _light(self, e: int, on: bool) -> None:
        """Light of one direction changes; its sender's port notices after the hardware's delays."""
        if bool(self.light[e]) == on:
            return
        self.light[e] = on
        self._pass(e)
        self.epoch[e] += 1
        epoch, at = self.epoch[e], self._kernel.at
        detected = self._kernel.now_ns + self._draws.ns(self._hardware.detect_ns)
        prune = detected + self._draws.ns(self._hardware.prune_ns)
        notify = detected + self._draws.ns(self._hardware.notify_ns)
        if on:
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

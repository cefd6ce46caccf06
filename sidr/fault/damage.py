"""What changes have done to a fabric so far: light, dead switches, silent directions, loss.

A state without a clock: drivers apply changes when they are due, learn which directions changed
their light, and decide who notices that and when. Overlapping faults add up; each is taken back on
its own.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sidr.model.fabric import F64, Fabric
from sidr.model.faults import FAR, NEAR, Change


class Damage:
    """The physical state of every slot.

    Attributes:
        light: bool[slots], the direction has light. passing: float64[slots], the part of packets
            that it carries. dead: switches that are off.
    """

    def __init__(self, fabric: Fabric) -> None:
        self.light = np.ones(fabric.slots, np.bool_)
        self.passing: F64 = np.ones(fabric.slots)
        self.dead = [False] * fabric.switches
        self._fabric = fabric
        self._cuts = [0] * fabric.links
        self._deaths = [0] * fabric.switches
        self._silent = [0] * fabric.slots
        self._loss: list[list[float]] = [[] for _ in range(fabric.slots)]
        self._changes: dict[str, Callable[[Change], list[int]]] = {
            "link": self._link,
            "switch": self._switch,
            "silent": self._silence,
            "lossy": self._lossy,
        }

    def apply(self, change: Change) -> list[int]:
        """Take a change of a link or switch into account.

        Returns:
            The slots whose light went or came.
        """
        return self._changes[change.element](change)

    def _link(self, change: Change) -> list[int]:
        self._cuts[change.id] += 1 if change.is_down else -1
        return self._relight(change.id)

    def _switch(self, change: Change) -> list[int]:
        self._deaths[change.id] += 1 if change.is_down else -1
        self.dead[change.id] = self._deaths[change.id] > 0
        links = self._fabric.link[self._fabric.ports(change.id)].tolist()
        return [e for link in links for e in self._relight(link)]

    def _relight(self, link: int) -> list[int]:
        ends = self._fabric.slots_of(link)
        lit = self._cuts[link] == 0 and not any(self.dead[self._fabric.src[e]] for e in ends)
        changed = [e for e in ends if bool(self.light[e]) != lit]
        for e in changed:
            self.light[e] = lit
            self._pass(e)
        return changed

    def _silence(self, change: Change) -> list[int]:
        for e in self.sending(change):
            self._silent[e] += 1 if change.is_down else -1
            self._pass(e)
        return []

    def _lossy(self, change: Change) -> list[int]:
        for e in self.sending(change):
            if change.is_down:
                self._loss[e].append(change.loss_ratio)
            else:
                self._loss[e].remove(change.loss_ratio)
            self._pass(e)
        return []

    def sending(self, change: Change) -> list[int]:
        """The slots of a link that a change is about, by the end that sends."""
        near, far = self._fabric.slots_of(change.id)
        return [e for e, end in ((near, NEAR), (far, FAR)) if change.end in ("", end)]

    def _pass(self, e: int) -> None:
        lit = self.light[e] and not self._silent[e]
        self.passing[e] = np.prod([1.0 - ratio for ratio in self._loss[e]]) if lit else 0.0

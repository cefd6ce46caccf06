"""Faults that a person injects into a running emulation, and takes back.

An expression or a scenario file becomes changes, as in the simulator; each is carried out when it
is due. What has gone down and has not come back is open, and `clear` takes back all of it, or what
concerns one link or switch.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from msgspec import structs

from sidr.errors import FaultError, Mistake
from sidr.fault.sampling import schedule
from sidr.fault.targets import links as linked
from sidr.model.fabric import Fabric
from sidr.model.faults import Change, Trial
from sidr.model.units import format_duration

NS_PER_S = 1e9
Apply = Callable[[Change], None]


class Injector:
    """Faults under way in one emulation.

    Args:
        apply: carries out one change now.

    Attributes:
        open: changes that have gone down and not come back, in order.
    """

    def __init__(self, fabric: Fabric, apply: Apply, *, seed: int = 1) -> None:
        self.open: list[Change] = []
        self._fabric, self._apply, self._seed = fabric, apply, seed
        self._due: set[asyncio.TimerHandle] = set()

    def resolve(self, text: str, *, trial: int | None = None) -> Trial:
        """What an expression or a scenario file means on this fabric.

        Args:
            trial: which trial of a file with several.

        Raises:
            FaultError: all that is wrong with it, or it holds several trials and none is chosen.
        """
        found = schedule(self._fabric, [text], sample=1, seed=self._seed).trials
        self._seed += 1  # the next sampled target is another one
        if trial is None and len(found) == 1:
            return found[0]
        if trial is None or not 0 <= trial < len(found):
            allowed = f"a number from 0 to {len(found) - 1}"
            told = "no trial chosen" if trial is None else f"no trial {trial}"
            raise FaultError([Mistake(text, f"{told} of {len(found)}", allowed, fix="--trial N")])
        return found[trial]

    def inject(self, trial: Trial) -> None:
        """Carry out a trial's changes, each when it is due from now on."""
        loop = asyncio.get_running_loop()
        for change in trial.changes:
            if change.at_ns == 0:
                self._now(change)
            else:
                self._later(loop, change)

    def _later(self, loop: asyncio.AbstractEventLoop, change: Change) -> None:
        handle: asyncio.TimerHandle

        def fire() -> None:
            self._due.discard(handle)
            self._now(change)

        handle = loop.call_later(change.at_ns / NS_PER_S, fire)
        self._due.add(handle)

    def _now(self, change: Change) -> None:
        if change.is_down:
            self.open.append(change)
        else:
            same = next((c for c in self.open if _same(c, change)), None)
            if same is None:
                return  # it was cleared meanwhile
            self.open.remove(same)
        self._apply(change)

    def clear(self, name: str = "") -> int:
        """Take back what is open, and forget what is still to come.

        Args:
            name: of a link or switch; "" = everything.

        Returns:
            How many changes were taken back.

        Raises:
            FaultError: there is no such link or switch.
        """
        wanted = self._about(name)
        if not name:
            for handle in self._due:
                handle.cancel()
            self._due.clear()
        taken = [c for c in self.open if wanted(c)]
        for change in taken:
            self.open.remove(change)
            self._apply(structs.replace(change, kind=change.kind.replace("-down", "-up")))
        return len(taken)

    def _about(self, name: str) -> Callable[[Change], bool]:
        if not name:
            return lambda change: True
        if name in self._fabric.names:
            switch = self._fabric.names.index(name)
            return lambda change: change.element == "switch" and change.id == switch
        ids = set(linked(self._fabric, name, repr(name)).ids.tolist())
        others = ("switch", "planner")
        return lambda change: change.element not in others and change.id in ids

    @property
    def pending(self) -> int:
        """Changes that are still to come."""
        return len(self._due)

    def spell(self, change: Change) -> str:
        """A change for people: `link-down p0-leaf0--p0-agg0`."""
        name = "planner"
        if change.element == "switch":
            name = self._fabric.names[change.id]
        elif change.element != "planner":
            name = self._fabric.link_name(change.id)
        words = [change.kind, name]
        if change.end:
            ends = self._fabric.near if change.end == "near" else self._fabric.far
            words.append(f"from={self._fabric.names[ends[change.id]]}")
        if change.loss_ratio:
            words.append(f"loss={change.loss_ratio:g}")
        if change.delay_ns:
            words.append(f"delay={format_duration(change.delay_ns)}")
        return " ".join(words)


def _same(down: Change, up: Change) -> bool:
    one = (down.element, down.id, down.end, down.loss_ratio, down.delay_ns)
    return one == (up.element, up.id, up.end, up.loss_ratio, up.delay_ns)

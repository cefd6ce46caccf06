"""The stage of trials: the components of a fabric that a fault touches, planned and made dense.

Connected components do not influence each other, so a trial runs only those that its fault
touches; their switches, links and groups are renumbered, which changes nothing but the draws that
go by number (phases of timers). Built once per set of components and kept by the caller.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from msgspec import structs

from sidr.forwarding.space import Space, offered, spaces
from sidr.model.fabric import I32, Fabric
from sidr.model.faults import Change, Trial
from sidr.model.plan import Plan


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """Some components of a fabric, ready to run trials on.

    Attributes:
        fabric, plan, spaces: of these components only.
        switch_map, link_map: int32, number in the whole fabric -> number here (-1 = not here).
        offered_bps: what the whole fabric sends.
        memo: see `kit.Setting`.
    """

    fabric: Fabric
    plan: Plan
    spaces: tuple[Space, ...]
    switch_map: I32
    link_map: I32
    offered_bps: float
    memo: dict[object, object] = field(default_factory=dict)

    def changes(self, trial: Trial) -> tuple[Change, ...]:
        """The trial's changes in this stage's numbers."""
        return tuple(structs.replace(c, id=self._number(c)) for c in trial.changes)

    def _number(self, change: Change) -> int:
        if change.element == "planner":
            return 0
        return int((self.switch_map if change.element == "switch" else self.link_map)[change.id])


def touched(fabric: Fabric, trial: Trial) -> tuple[int, ...]:
    """Numbers of the components that a trial's changes touch, ascending; the first if none."""
    hit = {
        int(fabric.component[c.id if c.element == "switch" else fabric.near[c.id]])
        for c in trial.changes
        if c.element != "planner"
    }
    return tuple(sorted(hit)) or (0,)


def stage(fabric: Fabric, components: tuple[int, ...]) -> Stage:
    """Plan some components of a fabric for trials."""
    from sidr.plan import plan
    from sidr.topology.build import restrict

    part, switch_map, link_map = restrict(fabric, np.asarray(components))
    planned = plan(part)
    return Stage(
        fabric=part,
        plan=planned,
        spaces=spaces(planned),
        switch_map=switch_map,
        link_map=link_map,
        offered_bps=float(offered(fabric).sum()),
    )

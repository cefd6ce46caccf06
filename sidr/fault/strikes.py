"""How each kind of fault hits what was selected: one is drawn, and its outages follow.

All randomness comes from the generator that is given. `kinds` says which strike belongs to which
kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from msgspec import structs

from sidr.errors import FaultError, Mistake
from sidr.fault import targets
from sidr.fault.grammar import format
from sidr.fault.outage import Outage
from sidr.fault.targets import Selection
from sidr.model.fabric import Fabric
from sidr.model.faults import FAR, NEAR, Fault
from sidr.model.units import NS

CLASS = {"link": "cut", "bundle": "bundle", "srlg": "trunk", "switch": "switch", "plane": "plane"}
"""Fault class by what is hit. Parallel links cut at once recover unlike a single one."""

NAME_JOIN = "&"
"""Between the names of a target that is several links, as `random` fills it in."""

LINKS_PER_FAULT = 2
"""`random` without `n=`: the fewest that are not one `cut`; ours."""
FLAP_PERIOD_NS = NS["s"] // 5
"""`flap` without `period=`: half of it dark, half of it lit; ours."""
FLAP_COUNT = 10
"""`flap` without `count=`; ours."""
LOSS_RATIO = 0.01
"""`degrade` without `loss=`: the upper end of corruption seen in data centres (CorrOpt)."""
SLOW_NS = 5 * NS["s"]
"""`planner:slow` without `delay=`; ours."""

Options = Mapping[str, int | float | str]


@dataclass(frozen=True, slots=True)
class Pick:
    """What one trial's fault hits: how tables call it, its target filled in, its elements.

    Attributes:
        options: what was drawn beside the target, to be written into the fault's text.
    """

    fault_class: str
    target: str
    outages: tuple[Outage, ...]
    options: tuple[tuple[str, str], ...] = ()


Strike = Callable[[Selection, Fault, Options, np.random.Generator], Pick]


def _draw(selection: Selection, rng: np.random.Generator) -> int:
    """One id, uniformly; a single one without touching the generator."""
    ids = selection.ids
    return int(ids[0] if len(ids) == 1 else ids[rng.integers(len(ids))])


def _outages(element: str, ids: Iterable[int], fault: Fault, gap_ns: int = 0) -> list[Outage]:
    found = []
    for position, id in enumerate(ids):
        start = fault.start_ns + position * gap_ns
        end = None if fault.duration_ns is None else start + fault.duration_ns
        found.append(Outage(element, id, start, end))
    return found


def one(selection: Selection, fault: Fault, options: Options, rng: np.random.Generator) -> Pick:
    """One of the selection dies with every link that it stands for, `gap` apart."""
    id = _draw(selection, rng)
    name = CLASS[selection.what], selection.name(id)
    if selection.what == "switch":
        return Pick(*name, tuple(_outages("switch", [id], fault)))
    gap_ns = int(options.get("gap", 0))
    return Pick(*name, tuple(_outages("link", selection.links(id), fault, gap_ns)))


def several(selection: Selection, fault: Fault, options: Options, rng: np.random.Generator) -> Pick:
    """`n` distinct ones of the selection die, each up to `within` late."""
    ids = selection.ids
    if not selection.together:
        count = int(options.get("n", LINKS_PER_FAULT))
        if not 1 <= count <= len(ids):
            raise FaultError([Mistake(format(fault), f"n={count}", f"1 to {len(ids)} links here")])
        ids = np.sort(rng.choice(ids, count, replace=False))
    delays = rng.integers(0, int(options.get("within", 0)), size=len(ids), endpoint=True)
    down: list[Outage] = []
    for id, delay in zip(ids.tolist(), delays.tolist(), strict=True):
        down += _outages("link", [id], structs.replace(fault, start_ns=fault.start_ns + delay))
    return Pick("random", NAME_JOIN.join(selection.name(id) for id in ids.tolist()), tuple(down))


def silent(selection: Selection, fault: Fault, options: Options, rng: np.random.Generator) -> Pick:
    """What one end of a link sends is lost, while both ends see light."""
    id = _draw(selection, rng)
    end, given = _sender(selection, id, fault, options, rng)
    down = [structs.replace(o, end=end) for o in _outages("silent", [id], fault)]
    return Pick("silent", selection.name(id), tuple(down), given)


def degrade(selection: Selection, fault: Fault, options: Options, rng: np.random.Generator) -> Pick:
    """A link loses packets at a ratio, in both directions unless one end is named."""
    id = _draw(selection, rng)
    end = _sender(selection, id, fault, options, rng)[0] if "from" in options else ""
    ratio = float(options.get("loss", LOSS_RATIO))
    down = (structs.replace(o, end=end, loss_ratio=ratio) for o in _outages("lossy", [id], fault))
    return Pick("degrade", selection.name(id), tuple(down))


def flap(selection: Selection, fault: Fault, options: Options, rng: np.random.Generator) -> Pick:
    """A link loses its light `count` times, for the first half of every `period`."""
    if fault.duration_ns is not None:
        found, fix = "a flap lasts count x period", "leave +DURATION out"
        raise FaultError([Mistake(format(fault), found, fix=fix)])
    id = _draw(selection, rng)
    period = int(options.get("period", FLAP_PERIOD_NS))
    down = []
    for cycle in range(int(options.get("count", FLAP_COUNT))):
        start = fault.start_ns + cycle * period
        down.append(Outage("link", id, start, start + max(1, period // 2)))
    return Pick("flap", selection.name(id), tuple(down))


def planner(selection: Selection, fault: Fault, options: Options, rng: np.random.Generator) -> Pick:
    """The planner is dead, or what it sends comes `delay` later."""
    id = _draw(selection, rng)
    name = selection.name(id)
    slow = name == targets.SLOW
    if "delay" in options and not slow:
        found, fix = "a dead planner sends nothing that a delay could hold up", "leave delay out"
        raise FaultError([Mistake(format(fault), found, fix=f"{fix}, or use planner:slow")])
    delay = int(options.get("delay", SLOW_NS)) if slow else 0
    down = (structs.replace(o, delay_ns=delay) for o in _outages("planner", [0], fault))
    return Pick("planner", name, tuple(down))


def _sender(
    selection: Selection, id: int, fault: Fault, options: Options, rng: np.random.Generator
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Which end of a link sends in vain, and the option that says so where it was drawn."""
    fabric = selection.fabric
    ends = {NEAR: fabric.names[fabric.near[id]], FAR: fabric.names[fabric.far[id]]}
    asked = options.get("from")
    if asked is None:
        end = (NEAR, FAR)[int(rng.integers(2))]
        return end, (("from", ends[end]),)
    for end, name in ends.items():
        if name == asked:
            return end, ()
    found = f"from={asked} is no end of {selection.name(id)}"
    raise FaultError([Mistake(format(fault), found, " or ".join(ends.values()))])


def find_random(fabric: Fabric, text: str, where: str) -> Selection:
    """The links of `random`: from which to draw, or the very ones that were drawn."""
    if NAME_JOIN not in text:
        return targets.links(fabric, "" if text == "links" else text, where)
    found = [targets.links(fabric, name, where).ids for name in text.split(NAME_JOIN)]
    return Selection(fabric, "link", np.unique(np.concatenate(found)), together=True)


def find_single(fabric: Fabric, text: str, where: str) -> Selection:
    """Single links: no bundles."""
    found = targets.links(fabric, text, where)
    if found.what == "bundle":
        raise FaultError([Mistake(where, f"{text!r} is a bundle", "a single link")])
    return found

"""The kinds of fault: which targets each takes, and what it takes down.

A kind turns one picked target into outages, which `changes` turns into the plain schedule of a
trial. A dead switch is one change: drivers take its links and its core along.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from types import MappingProxyType

import numpy as np
from msgspec import Struct, structs

from sidr.errors import FaultError, Mistake, SidrError, unknown
from sidr.fault import targets
from sidr.fault.grammar import format
from sidr.fault.targets import Selection
from sidr.model.fabric import Fabric
from sidr.model.faults import Change, Fault
from sidr.model.units import duration_ns

CLASS = {"link": "cut", "bundle": "bundle", "srlg": "trunk", "switch": "switch"}
"""Fault class by what is hit. Parallel links cut at once recover unlike a single one."""

COUNT_MAX = 1_000_000
NAME_JOIN = "&"
"""Between the names of a target that is several links, as `random` fills it in."""

LINKS_PER_FAULT = 2
"""`random` without `n=`: the fewest that are not one `cut`; ours."""

Options = Mapping[str, int]
Find = Callable[[Fabric, str, str], Selection]


class Outage(Struct, frozen=True, gc=False):
    """An element that is dead from `start_ns` on, up to `end_ns` (None = for the whole trial)."""

    element: str
    id: int
    start_ns: int
    end_ns: int | None


@dataclass(frozen=True, slots=True)
class Pick:
    """What one trial's fault hits: how tables call it, its target filled in, its elements."""

    fault_class: str
    target: str
    outages: tuple[Outage, ...]


Strike = Callable[[Selection, Fault, Options, np.random.Generator], Pick]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault.

    Attributes:
        about: one line for people.
        targets: what a target may be, in words.
        find: what a target's text selects; (fabric, text, where) -> Selection or FaultError.
        options: name -> `duration` or `count`; `repeat` belongs to every kind.
        strike: draw one of the selection (all randomness from the generator) and hit it.
    """

    about: str
    targets: str
    find: Find
    options: Mapping[str, str]
    strike: Strike


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


def _one(selection: Selection, fault: Fault, options: Options, rng: np.random.Generator) -> Pick:
    """One of the selection dies with every link that it stands for, `gap` apart."""
    id = _draw(selection, rng)
    name = CLASS[selection.what], selection.name(id)
    if selection.what == "switch":
        return Pick(*name, tuple(_outages("switch", [id], fault)))
    return Pick(*name, tuple(_outages("link", selection.links(id), fault, options.get("gap", 0))))


def _random(selection: Selection, fault: Fault, options: Options, rng: np.random.Generator) -> Pick:
    """`n` distinct ones of the selection die, each up to `within` late."""
    ids = selection.ids
    if not selection.together:
        count = options.get("n", LINKS_PER_FAULT)
        if not 1 <= count <= len(ids):
            raise FaultError([Mistake(format(fault), f"n={count}", f"1 to {len(ids)} links here")])
        ids = np.sort(rng.choice(ids, count, replace=False))
    delays = rng.integers(0, options.get("within", 0), size=len(ids), endpoint=True)
    down: list[Outage] = []
    for id, delay in zip(ids.tolist(), delays.tolist(), strict=True):
        down += _outages("link", [id], structs.replace(fault, start_ns=fault.start_ns + delay))
    return Pick("random", NAME_JOIN.join(selection.name(id) for id in ids.tolist()), tuple(down))


def _find_random(fabric: Fabric, text: str, where: str) -> Selection:
    if NAME_JOIN not in text:
        return targets.links(fabric, "" if text == "links" else text, where)
    found = [targets.links(fabric, name, where).ids for name in text.split(NAME_JOIN)]
    return Selection(fabric, "link", np.unique(np.concatenate(found)), together=True)


LINK_TARGETS = "a link A--B or A--B#1, a bundle A--B#*, a glob, tiers such as leaf-spine"

BUILT_IN: Mapping[str, Kind] = MappingProxyType(
    {
        "cut": Kind(
            "a link loses its light, or with #* all parallel links of a pair do",
            LINK_TARGETS,
            targets.links,
            {"gap": "duration"},
            _one,
        ),
        "trunk": Kind(
            "all links of a trunk or other SRLG lose their light",
            "an SRLG by name such as t3, or a glob",
            targets.srlgs,
            {"gap": "duration"},
            _one,
        ),
        "switch": Kind(
            "a switch dies with all its links",
            "a switch, a glob, a tier such as spine",
            targets.switches,
            {},
            _one,
        ),
        "random": Kind(
            "n distinct links drawn anew for every trial lose their light",
            "links, or of which: a glob or tiers",
            _find_random,
            {"n": "count", "within": "duration"},
            _random,
        ),
    }
)


REPEAT = "repeat"
"""An option of every kind: how many trials this fault makes, instead of one or `--sample`."""

FOREVER_NS = 2**63
"""Later than every instant of a trial."""


@cache
def kinds() -> Mapping[str, Kind]:
    """All kinds by name: ours, and those of the entry-point group `sidr.faults`."""
    foreign = {point.name: point.load() for point in entry_points(group="sidr.faults")}
    return MappingProxyType({**foreign, **BUILT_IN})


def options_of(fault: Fault, where: str) -> dict[str, int]:
    """A fault's options as numbers: durations in ns, counts.

    Raises:
        FaultError: unknown kind or options, or values that are none; all of them at once.
    """
    kind = kinds().get(fault.kind)
    if kind is None:
        raise FaultError([unknown(where, "kind of fault", fault.kind, kinds())])
    units = {**kind.options, REPEAT: "count"}
    mistakes: list[Mistake] = []
    found: dict[str, int] = {}
    for key, text in fault.options:
        if key not in units:
            mistakes.append(unknown(where, f"option of {fault.kind}", key, units))
        elif units[key] == "duration":
            try:
                found[key] = duration_ns(text, f"{where}: {key}")
            except SidrError as error:
                mistakes += error.mistakes
        elif text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= COUNT_MAX:
            found[key] = int(text)
        else:
            mistakes.append(Mistake(f"{where}: {key}", f"{text!r}", f"1 to {COUNT_MAX}"))
    if mistakes:
        raise FaultError(mistakes)
    return found


def changes(outages: Iterable[Outage]) -> tuple[Change, ...]:
    """The plain schedule of outages, sorted by (at_ns, position of the element).

    Outages of one element that overlap or touch are one: it goes down once and comes up once.
    """
    spans: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for outage in outages:
        end = FOREVER_NS if outage.end_ns is None else outage.end_ns
        spans.setdefault((outage.element, outage.id), []).append((outage.start_ns, end))
    found: list[Change] = []
    for (element, id), pieces in spans.items():
        for start, end in _united(sorted(pieces)):
            found.append(Change(start, f"{element}-down", id))
            if end < FOREVER_NS:
                found.append(Change(end, f"{element}-up", id))
    return tuple(sorted(found, key=lambda change: change.at_ns))


def _united(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sorted spans with those that overlap or touch made one."""
    found = spans[:1]
    for start, end in spans[1:]:
        if start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found

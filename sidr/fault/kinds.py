"""The kinds of fault: which targets and options each takes, and how it strikes.

A kind turns one picked target into outages (`strikes`), which `outage.changes` turns into the
plain schedule of a trial. A dead switch is one change: drivers take its links and its core along.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import TypeVar

from sidr.errors import FaultError, Mistake, SidrError, unknown
from sidr.fault import strikes, targets
from sidr.fault.strikes import Pick, Strike
from sidr.fault.targets import Selection
from sidr.model.fabric import Fabric
from sidr.model.faults import Fault
from sidr.model.units import duration_ns

COUNT_MAX = 1_000_000
GROUP = "sidr.faults"
"""Entry-point group by which other packages offer a `Kind` object."""

Find = Callable[[Fabric, str, str], Selection]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault.

    Attributes:
        about: one line for people.
        targets: what a target may be, in words.
        find: what a target's text selects; (fabric, text, where) -> Selection or FaultError.
        options: name -> `duration`, `count`, `ratio` or `name`; `repeat` belongs to every kind.
        strike: draw one of the selection (all randomness from the generator) and hit it.
    """

    about: str
    targets: str
    find: Find
    options: Mapping[str, str]
    strike: Strike


LINK_TARGETS = "a link A--B or A--B#1, a bundle A--B#*, a glob, tiers such as leaf-spine"
SINGLE_TARGETS = "a link A--B or A--B#1, a glob, tiers such as leaf-spine"
SILENT = Kind(
    "one direction of a link goes dead while both ends see light",
    SINGLE_TARGETS,
    strikes.find_single,
    {"from": "name"},
    strikes.silent,
)

BUILT_IN: Mapping[str, Kind] = MappingProxyType(
    {
        "cut": Kind(
            "a link loses its light, or with #* all parallel links of a pair do",
            LINK_TARGETS,
            targets.links,
            {"gap": "duration"},
            strikes.one,
        ),
        "trunk": Kind(
            "all links of a trunk or other SRLG lose their light",
            "an SRLG by name such as t3, or a glob",
            targets.srlgs,
            {"gap": "duration"},
            strikes.one,
        ),
        "switch": Kind(
            "a switch dies with all its links",
            "a switch, a glob, a tier such as spine",
            targets.switches,
            {},
            strikes.one,
        ),
        "plane": Kind(
            "all links of a plane lose their light",
            "a plane by number",
            targets.planes,
            {"gap": "duration"},
            strikes.one,
        ),
        "silent": SILENT,
        "one-way": SILENT,
        "flap": Kind(
            "a link loses its light again and again",
            SINGLE_TARGETS,
            strikes.find_single,
            {"period": "period", "count": "count"},
            strikes.flap,
        ),
        "degrade": Kind(
            "a link loses a part of its packets",
            SINGLE_TARGETS,
            strikes.find_single,
            {"loss": "ratio", "from": "name"},
            strikes.degrade,
        ),
        "random": Kind(
            "n distinct links drawn anew for every trial lose their light",
            "links, or of which: a glob or tiers",
            strikes.find_random,
            {"n": "count", "within": "duration"},
            strikes.several,
        ),
        "planner": Kind(
            "SIDR's planner is dead, or slow",
            "dead or slow",
            targets.planner,
            {"delay": "period"},
            strikes.planner,
        ),
    }
)


REPEAT = "repeat"
"""An option of every kind: how many trials this fault makes, instead of one or `--sample`."""


def kinds() -> Mapping[str, Kind]:
    """All kinds that work, by name: those of the entry-point group `sidr.faults`, and ours."""
    return survey()[0]


@cache
def survey() -> tuple[Mapping[str, Kind], Mapping[str, FaultError]]:
    """All kinds that work, and what is wrong with the others; a name belongs to us, or else to
    the first package that offers it."""
    found, wrong = dict(BUILT_IN), {}
    for point in sorted(entry_points(group=GROUP), key=lambda p: (_package(p), p.name)):
        if point.name in found or point.name in wrong:
            continue
        try:
            found[point.name] = _foreign(point)
        except FaultError as error:
            wrong[point.name] = error
    return MappingProxyType(found), MappingProxyType(wrong)


def _foreign(point: EntryPoint) -> Kind:
    """The kind of an entry point; what goes wrong in it later names its package too."""
    try:
        kind = point.load()
    except Exception as error:  # whatever a foreign package may raise when it is imported
        raise _broken(point, f"does not load: {_said(error)}") from error
    if not isinstance(kind, Kind):
        raise _broken(point, "is no sidr.fault.kinds.Kind")
    if not isinstance(kind.options, Mapping) or not set(kind.options.values()) <= set(FORMS):
        raise _broken(point, f"has options of other forms than {', '.join(FORMS)}")
    return replace(
        kind,
        find=partial(_call, point, kind.find, Selection),
        strike=partial(_call, point, kind.strike, Pick),
    )


def _call(point: EntryPoint, of: Callable[..., T], makes: type[T], *arguments: object) -> T:
    """What a foreign function makes, if it is what it must make."""
    try:
        made = of(*arguments)
    except SidrError:
        raise
    except Exception as error:  # whatever a foreign package may raise
        raise _broken(point, f"fails: {_said(error)}") from error
    if not isinstance(made, makes):
        raise _broken(point, f"makes a {type(made).__name__}, no {makes.__name__}")
    return made


def _package(point: EntryPoint) -> str:
    return (point.dist and point.dist.name) or point.module


def _said(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())


def _broken(point: EntryPoint, what: str) -> FaultError:
    fix = f"mend or remove {_package(point)}"
    return FaultError([Mistake(point.name, f"{point.value} {what}", fix=fix)])


def options_of(fault: Fault, where: str) -> dict[str, int | float | str]:
    """A fault's options as values: durations in ns, counts, ratios, names.

    Raises:
        FaultError: unknown kind or options, or values that are none; all of them at once.
    """
    kind = kinds().get(fault.kind)
    if kind is None and fault.kind in survey()[1]:
        raise survey()[1][fault.kind]
    if kind is None:
        raise FaultError([unknown(where, "kind of fault", fault.kind, kinds())])
    forms = {**kind.options, REPEAT: "count"}
    mistakes: list[Mistake] = []
    found: dict[str, int | float | str] = {}
    for key, text in fault.options:
        if key not in forms:
            mistakes.append(unknown(where, f"option of {fault.kind}", key, forms))
            continue
        try:
            found[key] = FORMS[forms[key]](text, f"{where}: {key}")
        except SidrError as error:
            mistakes += error.mistakes
    if mistakes:
        raise FaultError(mistakes)
    return found


def _count(text: str, where: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= COUNT_MAX:
        return int(text)
    raise FaultError([Mistake(where, f"{text!r}", f"1 to {COUNT_MAX}")])


def _period(text: str, where: str) -> int:
    ns = duration_ns(text, where)
    if ns:
        return ns
    raise FaultError([Mistake(where, "0 is no period", "more than 0")])


def _ratio(text: str, where: str) -> float:
    try:
        ratio = float(text)
    except ValueError:
        ratio = math.nan
    if 0.0 < ratio <= 1.0:
        return ratio
    raise FaultError([Mistake(where, f"{text!r}", "a ratio above 0, at most 1")])


FORMS: Mapping[str, Callable[[str, str], int | float | str]] = MappingProxyType(
    {
        "duration": duration_ns,
        "period": _period,
        "count": _count,
        "ratio": _ratio,
        "name": lambda text, where: text,
    }
)
"""How the text of an option is read, by its form; (text, where) -> value or FaultError."""

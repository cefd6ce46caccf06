"""All kinds of fabric by name: ours, and those that other packages offer as entry points.

A package adds a kind by an entry point of the group `sidr.topologies` whose name is the kind's and
whose object is a `kinds.Kind`. Entry points are looked up only when a name is not ours or when all
kinds are listed. What a foreign package does wrong is translated here and names the package.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from importlib.metadata import EntryPoint, entry_points

from sidr.errors import Mistake, SidrError, TopologyError
from sidr.model.fabric import Fabric
from sidr.topology.kinds import KINDS, Kind, Parameter, Values

GROUP = "sidr.topologies"
"""Entry-point group by which other packages offer a `Kind` object."""


def kinds() -> list[Kind]:
    """All kinds that work, ours first."""
    return survey()[0]


def names() -> list[str]:
    """The names of all kinds, ours first; no other package is imported."""
    return [*KINDS, *(point.name for point in _offers()[0])]


def kind(name: str) -> Kind | None:
    """The kind of a name; None when there is none.

    Raises:
        TopologyError: the package that offers it does not work.
    """
    if name in KINDS:
        return KINDS[name]
    return next((_foreign(point) for point in _offers()[0] if point.name == name), None)


def survey() -> tuple[list[Kind], list[Mistake]]:
    """All kinds that work, and what is wrong with the others."""
    offers, mistakes = _offers()
    found = list(KINDS.values())
    for point in offers:
        try:
            found.append(_foreign(point))
        except TopologyError as error:
            mistakes += error.mistakes
    return found, mistakes


def _offers() -> tuple[list[EntryPoint], list[Mistake]]:
    """The entry points by package and name, and those that are left out: a name belongs to us,
    or else to the first package that offers it."""
    taken = dict.fromkeys(KINDS, "sidr")
    kept, mistakes = [], []
    for point in sorted(entry_points(group=GROUP), key=lambda p: (_package(p), p.name)):
        package = _package(point)
        if point.name not in taken:
            taken[point.name] = package
            kept.append(point)
        else:
            found = f"{package} offers this kind, but {taken[point.name]} has it"
            mistakes.append(Mistake(point.name, found, fix="it is left out; give it another name"))
    return kept, mistakes


def _package(point: EntryPoint) -> str:
    return (point.dist and point.dist.name) or point.module


def _foreign(point: EntryPoint) -> Kind:
    """The kind of an entry point, which bears its name."""
    try:
        found: Kind = point.load()
        sound = isinstance(found, Kind) and all(
            isinstance(parameter, Parameter) for parameter in found.parameters.values()
        )
    except Exception as error:  # whatever a foreign package may raise when it is imported
        raise _broken(point, point.name, f"does not load: {_said(error)}") from error
    if not sound:
        raise _broken(point, point.name, "is no sidr.topology.kinds.Kind with Parameters")
    return replace(found, name=point.name, build=partial(_build, point, found.build))


def _build(
    point: EntryPoint, build: Callable[[str, Values], Fabric], spec: str, values: Values
) -> Fabric:
    try:
        made = build(spec, values)
    except SidrError:
        raise
    except Exception as error:  # whatever a foreign package may raise
        raise _broken(point, spec, f"fails: {_said(error)}") from error
    if not isinstance(made, Fabric):
        raise _broken(point, spec, f"makes a {type(made).__name__}, no Fabric")
    return made


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _broken(point: EntryPoint, where: str, what: str) -> SidrError:
    fix = f"mend or remove {_package(point)}"
    return TopologyError.one(where, f"{point.value} {what}", fix=fix)

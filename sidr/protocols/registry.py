"""The protocols by name, ours and other packages'. A kit is imported only when asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import cast

from sidr.errors import Mistake, ProtocolError, SidrError, unknown
from sidr.protocols.kit import Kit

PROTOCOLS: dict[str, str] = {
    "sidr": "sidr.protocols.sidr",
    "bgp": "sidr.protocols.bgp",
    "ospf": "sidr.protocols.ospf",
}
"""Name as in `--protocols` -> module with its `KIT`."""

GROUP = "sidr.protocols"
"""Entry-point group by which other packages offer a `kit.Kit` object."""

KEPT_START, KEPT_NAME = "sidr-as-", "sidr-hello50"
"""How campaigns call rows of `sidr` itself; protocols of such names would be taken for those."""

PARTS = ("name", "tagged", "messages", "cold", "converged")
"""What makes an object a `kit.Kit`."""


@cache
def foreign() -> dict[str, EntryPoint]:
    """The kits of other packages by name; a name belongs to us, or else to the first package."""
    points = sorted(entry_points(group=GROUP), key=lambda p: (_package(p), p.name), reverse=True)
    return {p.name: p for p in points if p.name not in PROTOCOLS}


def names() -> list[str]:
    """All protocols, ours first; no other package is imported."""
    return [*PROTOCOLS, *sorted(foreign())]


def kit(name: str) -> Kit:
    """The kit of a protocol.

    Raises:
        ProtocolError: there is no such protocol, or the package that offers it does not work.
    """
    if name in PROTOCOLS:
        return cast(Kit, import_module(PROTOCOLS[name]).KIT)
    if name not in foreign():
        raise ProtocolError([unknown("--protocols", "protocol", name, names())])
    return _load(foreign()[name])


def check(asked: Sequence[str]) -> None:
    """See that all names are protocols, and that those of other packages work.

    Raises:
        ProtocolError: with every name that is none or does not work, or one given twice.
    """
    mistakes: list[Mistake] = []
    if not asked:
        mistakes.append(Mistake("--protocols", "names no protocol", ", ".join(names())))
    for name in dict.fromkeys(asked):
        if name in PROTOCOLS:
            continue
        try:
            kit(name)
        except ProtocolError as error:
            mistakes += error.mistakes
    twice = sorted({n for n in asked if asked.count(n) > 1})
    if twice:
        mistakes.append(Mistake("--protocols", f"{', '.join(twice)} given twice"))
    if mistakes:
        raise ProtocolError(mistakes)


def _load(point: EntryPoint) -> Kit:
    """The kit of an entry point."""
    if point.name.startswith(KEPT_START) or point.name == KEPT_NAME:
        raise _broken(point, "has a name that is kept for rows of sidr itself")
    try:
        found = point.load()
    except Exception as error:  # whatever a foreign package may raise when it is imported
        said = " ".join(f"{type(error).__name__}: {error}".split())
        raise _broken(point, f"does not load: {said}") from error
    lacking = [part for part in PARTS if not hasattr(found, part)]
    if lacking:
        raise _broken(point, f"is no sidr.protocols.kit.Kit: it lacks {', '.join(lacking)}")
    return cast(Kit, found)


def _package(point: EntryPoint) -> str:
    return (point.dist and point.dist.name) or point.module


def _broken(point: EntryPoint, what: str) -> SidrError:
    fix = f"mend or remove {_package(point)}"
    return ProtocolError.one(point.name, f"{point.value} {what}", fix=fix)

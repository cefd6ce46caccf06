"""The protocols by name, ours and other packages'. A kit is imported only when asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import cast

from sidr.errors import ProtocolError, unknown
from sidr.protocols.kit import Kit

PROTOCOLS: dict[str, str] = {
    "sidr": "sidr.protocols.sidr",
    "bgp": "sidr.protocols.bgp",
    "ospf": "sidr.protocols.ospf",
}
"""Name as in `--protocols` -> module with its `KIT`."""

GROUP = "sidr.protocols"
"""Entry-point group by which other packages offer a `kit.Kit` object."""


@cache
def foreign() -> dict[str, EntryPoint]:
    """The kits of other packages by name; a name of ours is ours."""
    return {p.name: p for p in entry_points(group=GROUP) if p.name not in PROTOCOLS}


def names() -> list[str]:
    """All protocols, ours first."""
    return [*PROTOCOLS, *sorted(foreign())]


def kit(name: str) -> Kit:
    """The kit of a protocol.

    Raises:
        ProtocolError: there is no such protocol, or the package that offers it does not work.
    """
    check([name])
    if name in PROTOCOLS:
        return cast(Kit, import_module(PROTOCOLS[name]).KIT)
    point = foreign()[name]
    try:
        return cast(Kit, point.load())
    except Exception as error:  # whatever a foreign package may raise when it is imported
        found = f"{point.value} does not load: {type(error).__name__}: {error}"
        package = point.dist.name if point.dist else "its package"
        raise ProtocolError.one(name, found, fix=f"mend or remove {package}") from error


def check(asked: Sequence[str]) -> None:
    """See that all names are protocols.

    Raises:
        ProtocolError: with every unknown name, or a name given twice.
    """
    known = names()
    mistakes = [unknown("--protocols", "protocol", n, known) for n in asked if n not in known]
    if mistakes:
        raise ProtocolError(mistakes)
    twice = sorted({n for n in asked if asked.count(n) > 1})
    if twice:
        raise ProtocolError.one("--protocols", f"{', '.join(twice)} given twice")

"""The protocols by name. A kit is imported only when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from sidr.errors import ProtocolError, unknown
from sidr.protocols.kit import Kit

PROTOCOLS: dict[str, str] = {
    "sidr": "sidr.protocols.sidr",
    "bgp": "sidr.protocols.bgp",
    "ospf": "sidr.protocols.ospf",
}
"""Name as in `--protocols` -> module with its `KIT`."""


def kit(name: str) -> Kit:
    """The kit of a protocol.

    Raises:
        ProtocolError: there is no such protocol.
    """
    check([name])
    return cast(Kit, import_module(PROTOCOLS[name]).KIT)


def check(names: list[str]) -> None:
    """See that all names are protocols.

    Raises:
        ProtocolError: with every unknown name, or a name given twice.
    """
    mistakes = [
        unknown("--protocols", "protocol", n, PROTOCOLS) for n in names if n not in PROTOCOLS
    ]
    if mistakes:
        raise ProtocolError(mistakes)
    twice = sorted({n for n in names if names.count(n) > 1})
    if twice:
        raise ProtocolError.one("--protocols", f"{', '.join(twice)} given twice")

"""Outages of elements, and the plain schedule of changes that they make."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from sidr.model.faults import Change

FOREVER_NS = 2**63
"""Later than every instant of a trial."""


class Outage(Struct, frozen=True, gc=False):
    """An element that is out from `start_ns` on, up to `end_ns` (None = for the whole trial).

    Args:
        element, id, end, loss_ratio, delay_ns: as `Change` has them.
    """

    element: str
    id: int
    start_ns: int
    end_ns: int | None
    end: str = ""
    loss_ratio: float = 0.0
    delay_ns: int = 0


def changes(outages: Iterable[Outage]) -> tuple[Change, ...]:
    """The plain schedule of outages, sorted by (at_ns, position of the element).

    Outages of one element that overlap or touch are one: it goes down once and comes up once.
    """
    spans: dict[tuple[str, int, str, float, int], list[tuple[int, int]]] = {}
    for outage in outages:
        last = FOREVER_NS if outage.end_ns is None else outage.end_ns
        key = (outage.element, outage.id, outage.end, outage.loss_ratio, outage.delay_ns)
        spans.setdefault(key, []).append((outage.start_ns, last))
    found: list[Change] = []
    for (element, id, end, loss, delay), pieces in spans.items():
        for start, last in _united(sorted(pieces)):
            found.append(Change(start, f"{element}-down", id, end, loss, delay))
            if last < FOREVER_NS:
                found.append(Change(last, f"{element}-up", id, end, loss, delay))
    return tuple(sorted(found, key=lambda change: change.at_ns))


def _united(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sorted spans with those that overlap or touch made one."""
    found = spans[:1]
    for start, last in spans[1:]:
        if start <= found[-1][1]:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((start, last))
    return found

"""The encoded tables of a component's switches, from its bitsets.

`contents` is what the tables of all components of one shape say, about groups numbered within the
component; `tables` puts it in the numbers of the fabric and into bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sidr.forwarding.codec import Class, Run, mask_size, pack
from sidr.graph import masks
from sidr.model.fabric import I32, Fabric
from sidr.model.plan import NO_ENTRY, OWN, PlanPart


class Content(NamedTuple):
    """What one switch's table says.

    Attributes:
        mask_bytes: bytes per port mask; classes: see `forwarding.codec`.
        first, number: int32[runs], the column where each run begins, and its class or OWN.
    """

    mask_bytes: int
    classes: list[Class]
    first: I32
    number: I32


def contents(fabric: Fabric, part: PlanPart) -> list[Content]:
    """What the table of each member switch says, in order."""
    found = []
    lo = 0
    degree = (fabric.ptr[1:] - fabric.ptr[:-1])[part.switches].tolist()
    groups = len(part.groups)
    number, first = np.empty(groups, np.int32), np.empty(groups, np.int32)
    w0 = np.empty((0, 0), np.uint8) if part.w0 is None else part.w0
    home = fabric.groups[part.groups]
    for switch, ports in zip(part.switches.tolist(), degree, strict=True):
        hi = lo + ports
        cells = np.zeros((groups, 3 * max(1, -(-ports // 64))), np.uint64)
        count = masks.classes(lo, hi, part.prim, part.sib, part.b1, w0, cells, number, first)
        kept, line = _without_own(number, count, home == switch)
        classes = [_class(part, cells, int(first[c]), (lo, hi)) for c in kept]
        starts = np.flatnonzero(np.diff(line, prepend=NO_ENTRY)).astype(np.int32)
        found.append(Content(mask_size(ports), classes, starts, line[starts]))
        lo = hi
    return found


def tables(
    fabric: Fabric, part: PlanPart, said: Sequence[Content], *, epoch: int, order_id: int
) -> list[bytes]:
    """One table per member switch, in order. Groups of other components have no entry.

    Args:
        said: the contents of this part, or of one of the same shape.
    """
    breaks = np.flatnonzero(np.diff(part.groups) > 1) + 1
    foreign = _foreign(len(fabric.groups), part.groups, breaks)
    return [
        pack(
            content.mask_bytes,
            content.classes,
            _runs(content, part.groups, breaks, foreign),
            epoch,
            order_id,
        )
        for content in said
    ]


def _without_own(number: I32, count: int, own: np.ndarray) -> tuple[list[int], I32]:
    """Classes that some group of another switch uses, and the groups' numbers among them."""
    used = np.zeros(count, np.bool_)
    used[number[~own]] = True
    place = np.cumsum(used) - 1
    return np.flatnonzero(used).tolist(), np.where(own, OWN, place[number]).astype(np.int32)


def _class(part: PlanPart, cells: np.ndarray, group: int, span: tuple[int, int]) -> Class:
    """Masks and weights of the class that a group column stands for."""
    lo, hi = span
    size = mask_size(hi - lo)
    octets = cells[group].astype("<u8").reshape(3, -1).view(np.uint8)
    prim, sib, b1 = (octets[k].tobytes()[:size] for k in range(3))
    weights = b"" if part.w0 is None else part.w0[group, lo:hi].tobytes()
    return prim, sib, b1, b"" if _is_even(weights) else weights


def _is_even(weights: bytes) -> bool:
    """Whether all ports with a weight have the same one."""
    return len(set(weights) - {0}) <= 1


def _foreign(total: int, groups: I32, breaks: np.ndarray) -> list[Run]:
    """Where the groups of other components begin, and the mark of the end."""
    if not len(groups):
        return [(first, NO_ENTRY) for first in dict.fromkeys((0, total))]
    after = [*groups[breaks - 1].tolist(), int(groups[-1])]
    begins = [0] if groups[0] else []
    begins += [group + 1 for group in after if group + 1 < total]
    return [*((group, NO_ENTRY) for group in begins), (total, NO_ENTRY)]


def _runs(content: Content, groups: I32, breaks: np.ndarray, foreign: list[Run]) -> list[Run]:
    """Run-length form over all groups of the fabric: the content's runs, cut where the
    component's groups are interrupted by others."""
    columns = np.union1d(content.first, breaks)
    number = content.number[np.searchsorted(content.first, columns, side="right") - 1]
    return sorted([*zip(groups[columns].tolist(), number.tolist(), strict=True), *foreign])

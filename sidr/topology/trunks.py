"""Trunks: which links lie in one connector, and the order of all SRLGs of a fabric.

A trunk is the only SRLG that exists by default. Called by `build`.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from sidr.model.fabric import I32

TRUNK_LINKS = 8
"""Links in one connector by default: 16 fibres of 2-fibre optics (public descriptions of
the 10p10u fabric name trunk connectors of 16 fibres)."""

_TRUNK_NAME = re.compile(r"t(0|[1-9][0-9]*)")


def trunk_number(name: str) -> int:
    """The number of a trunk by its name `t3`, or -1 for other SRLGs."""
    match = _TRUNK_NAME.fullmatch(name)
    return int(match[1]) if match else -1


def default_trunks(near: I32, upward: npt.NDArray[np.bool_], trunk: int) -> list[I32]:
    """Cut every switch's uplinks, in order, into connectors.

    A connector holds min(trunk, half the uplinks rounded up), so that it never takes all uplinks
    of a switch that has more than one. Links between switches of one tier (all links, where
    there are no tiers) are cut in the same way, apart from the uplinks, at their near end.

    Args:
        near: int32[m], ascending.
        upward: bool[m], the far end is of a higher tier.
        trunk: most links in one connector, at least 1.

    Returns:
        One array of link numbers for each connector, by first link; each link is in one.
    """
    if not len(near):
        return []
    run = near.astype(np.int64) * 2 + upward
    order = np.argsort(run, kind="stable")
    _, first, which, count = np.unique(
        run[order], return_index=True, return_inverse=True, return_counts=True
    )
    position = np.arange(len(near)) - first[which]
    size = np.minimum(trunk, (count + 1) // 2)[which]
    starts = np.flatnonzero(position % size == 0)
    cut = np.split(order.astype(np.int32), starts[1:])
    return sorted(cut, key=lambda links: int(links[0]))

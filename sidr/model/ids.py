"""Typed ids. All are dense integers from 0, so that they index arrays directly."""

from __future__ import annotations

from typing import NewType

SwitchId = NewType("SwitchId", int)
"""Position in (plane, tier, pod, natural name) order; it breaks ties everywhere."""

LinkId = NewType("LinkId", int)
"""Position in (near switch, far switch, parallel rank) order."""

PortId = NewType("PortId", int)
"""Index of a port in its switch's links, sorted by (neighbour number, parallel rank)."""

SlotId = NewType("SlotId", int)
"""A directed link end: `ptr[switch] + port`. Slot e = (s -> h); its twin is (h -> s)."""

GroupId = NewType("GroupId", int)
"""A destination group: a leaf and what hangs on it (a switch, where there are no tiers)."""

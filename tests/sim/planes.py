"""A fabric of two planes, and one with a corner that has no leaf, for tests of stages."""

from __future__ import annotations

from sidr.model.fabric import Fabric
from sidr.topology import fabric

LEAVES, SPINES = 3, 2


def two_planes(parallel: int = 1) -> Fabric:
    """Two equal planes of three leaves and two spines."""
    names, a, b, tier, plane = [], [], [], [], []
    for number in range(2):
        first = len(names)
        names += [f"n{number}-leaf{i}" for i in range(LEAVES)]
        names += [f"n{number}-spine{i}" for i in range(SPINES)]
        tier += [0] * LEAVES + [1] * SPINES
        plane += [number] * (LEAVES + SPINES)
        for leaf in range(LEAVES):
            a += [first + leaf] * SPINES * parallel
            b += [first + LEAVES + spine for spine in range(SPINES)] * parallel
    return fabric("two planes", names=names, a=a, b=b, tier=tier, plane=plane, hosts=_hosts(tier))


def with_idle_spines() -> Fabric:
    """Two leaves on a spine, and two spines that have a link to each other only."""
    names = ["leaf0", "leaf1", "spine0", "spare0", "spare1"]
    return fabric("idle", names=names, a=[0, 1, 3], b=[2, 2, 4], tier=[0, 0, 1, 1, 1])


def link(of: Fabric, name: str) -> int:
    """The number of a link by its name."""
    return [of.link_name(i) for i in range(of.links)].index(name)


def _hosts(tier: list[int]) -> list[int]:
    return [SPINES if t == 0 else 0 for t in tier]

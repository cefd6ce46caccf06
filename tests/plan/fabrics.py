"""Fabrics that the plan is tested on: regular, irregular, parallel, in parts, of mixed speeds."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from sidr.model.fabric import Fabric
from sidr.topology import fabric, load

GBPS = 10**9


def shorn() -> Fabric:
    """Four leaves and two spines with two links each; leaf0 has lost one to spine0."""
    return graph(6, [(a, b) for a in range(4) for b in (4, 4, 5, 5)][1:], tier=[0] * 4 + [1] * 2)


def speeds() -> Fabric:
    """Three leaves and four spines of speeds 4, 4, 1, 1."""
    links = [(leaf, 3 + spine) for leaf in range(3) for spine in range(4)]
    speed = [400 * GBPS, 400 * GBPS, 100 * GBPS, 100 * GBPS] * 3
    return graph(7, links, tier=[0] * 3 + [1] * 4, capacity_bps=speed)


def parts() -> Fabric:
    """A triangle, a pair with two links, and a pair of spines without leaves."""
    links = [(0, 2), (2, 4), (4, 0), (1, 5), (5, 1), (3, 6)]
    return graph(7, links, tier=[0, 0, 0, 1, 0, 0, 1])


def planes() -> Fabric:
    """Two planes of three leaves and two spines; one link is missing in the second."""
    one = [(leaf, spine) for leaf in range(3) for spine in (3, 4)]
    links = one + [(5 + leaf, 5 + spine) for leaf, spine in one[:-1]]
    return graph(10, links, plane=[0] * 5 + [1] * 5, tier=[0, 0, 0, 1, 1] * 2)


def tangle(switches: int, chords: int, seed: int, *, fast: bool = False) -> Fabric:
    """A connected random multigraph without tiers; of two speeds if `fast`."""
    rng = np.random.default_rng(seed)
    links = [(int(rng.integers(0, v)), v) for v in range(1, switches)]
    links += [tuple(rng.choice(switches, 2, replace=False).tolist()) for _ in range(chords)]
    speed = rng.choice([100, 300], len(links)) if fast else np.full(len(links), 100)
    return graph(switches, links, capacity_bps=speed * GBPS)


def graph(switches: int, links: Iterable[tuple[int, int]], **columns: object) -> Fabric:
    """A fabric of switches v0, v1, .. and links between positions."""
    a, b = zip(*links, strict=True)
    return fabric("graph", names=[f"v{i}" for i in range(switches)], a=a, b=b, **columns)


MADE = {
    "fat-tree": lambda: load("fat-tree:k=4"),
    "parallel": lambda: load("leaf-spine:leaves=3,spines=2,parallel=3"),
    "two planes": planes,
    "ring-7": lambda: load("topologies/ring-7.yaml"),
    "shorn": shorn,
    "speeds": speeds,
    "parts": parts,
    "tangle": lambda: tangle(12, 9, 4),
    "fast tangle": lambda: tangle(10, 12, 1, fast=True),
    "two words": lambda: load("clos:pods=11,leaves=6,aggs=2,cores=3,agg_uplinks=3"),
}
"""Builders by name."""

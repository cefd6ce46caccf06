"""Jellyfish: switches joined as a random regular graph, the same for a seed for ever.

Nothing here may drift with a library: the generator of random numbers, the shuffle and the pairing
are all in this file, in integers. Called by the kinds; `build.fabric` turns the columns into a
Fabric. Source of the fabric: Singla et al., "Jellyfish: Networking Data Centers Randomly", NSDI
2012; of the pairing: Steger and Wormald, "Generating random regular graphs quickly", 1999.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from sidr.graph.csr import components
from sidr.model.fabric import Fabric
from sidr.topology.build import fabric
from sidr.topology.layered import AGG_CORE_M, Cables

LINKS_PER_HOST_PORT = 4
"""Links of a switch for each of its host ports (at least one), as in a fat-tree of equal switches:
k/5 host ports and 4k/5 links on the average of its switches."""

Pair = tuple[int, int]
"""Two switches, the lower number first."""


def jellyfish(label: str, switches: int, degree: int, seed: int, cables: Cables) -> Fabric:
    """The Fabric of `regular_graph`, without tiers; every link crosses the hall."""
    ends = np.array(regular_graph(switches, degree, seed))
    return fabric(
        label,
        names=[f"sw{i}" for i in range(switches)],
        a=ends[:, 0],
        b=ends[:, 1],
        hosts=max(1, degree // LINKS_PER_HOST_PORT),
        host_bps=cables.capacity_bps,
        capacity_bps=cables.capacity_bps,
        length_m=AGG_CORE_M,
        trunk=cables.trunk,
    )


def regular_graph(switches: int, degree: int, seed: int) -> list[Pair]:
    """The links of a random connected graph in which every switch has `degree` neighbours.

    Args:
        switches, degree: with an even product; 2 <= degree < switches.
        seed: below 2**64.

    Returns:
        Different pairs, ascending.
    """
    assert switches * degree % 2 == 0, (switches, degree)
    assert 2 <= degree < switches, (switches, degree)
    draws = splitmix64(seed)
    dense = 2 * degree >= switches  # then the few pairs without a link are drawn instead
    while True:
        pairs = _pairing(switches, switches - 1 - degree if dense else degree, draws)
        if pairs is None:
            continue
        if dense:
            pairs = set(combinations(range(switches), 2)) - pairs
        links = sorted(pairs)
        near, far = np.array(links, np.int32).T
        if not components(switches, near, far).any():
            return links


def splitmix64(seed: int) -> Iterator[int]:
    """64-bit integers without end (Steele, Lea and Flood, 2014; the constants are theirs)."""
    mask = 2**64 - 1
    state = seed
    while True:
        state = state + 0x9E3779B97F4A7C15 & mask
        mixed = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 & mask
        mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & mask
        yield mixed ^ mixed >> 31


def _pairing(switches: int, degree: int, draws: Iterator[int]) -> set[Pair] | None:
    """Pairs at random, each once, in which every switch stands `degree` times; None when the draw
    ended where no two switches with free ports may be joined."""
    pairs: set[Pair] = set()
    free = [switch for switch in range(switches) for _ in range(degree)]
    while free:
        _shuffle(free, draws)
        left: list[int] = []
        for a, b in zip(free[::2], free[1::2], strict=True):
            pair = (a, b) if a < b else (b, a)
            if a == b or pair in pairs:
                left += pair
            else:
                pairs.add(pair)
        if left and pairs.issuperset(combinations(sorted(set(left)), 2)):
            return None
        free = left
    return pairs


def _shuffle(items: list[int], draws: Iterator[int]) -> None:
    """Fisher and Yates, from the end; a draw times n over 2**64 is uniform in 0..n-1 but for n
    parts in 2**64."""
    for last in range(len(items) - 1, 0, -1):
        other = next(draws) * (last + 1) >> 64
        items[last], items[other] = items[other], items[last]

"""Sets of failures: every combination of k links, switches or SRLGs, or a seeded sample of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np

from sidr.errors import FaultError
from sidr.model.fabric import Fabric

KINDS = ("links", "switches", "srlgs")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that fails: its name, the links that go dark, and the switch that dies (or -1)."""

    name: str
    links: tuple[int, ...]
    switch: int = -1


def items(fabric: Fabric, kind: str) -> list[Item]:
    """All things of a kind that can fail, in the fabric's order.

    Raises:
        FaultError: the fabric has none.
    """
    if kind == "links":
        found = [Item(fabric.link_name(i), (i,)) for i in range(fabric.links)]
    elif kind == "switches":
        found = [
            Item(name, tuple(int(fabric.link[e]) for e in fabric.ports(v)), v)
            for v, name in enumerate(fabric.names)
        ]
    else:
        found = [
            Item(name, tuple(links.tolist()))
            for name, links in zip(fabric.srlg_names, fabric.srlg_links, strict=True)
        ]
    if not found:
        raise FaultError.one(fabric.label, f"has no {kind} that could fail")
    return found


def count(total: int, k: int) -> int:
    """How many sets of k there are."""
    return comb(total, k)


def sets(things: list[Item], k: int, sample: int | None, seed: int) -> Iterator[tuple[Item, ...]]:
    """All sets of k, in order, or `sample` of them drawn with replacement by seed.

    Raises:
        FaultError: k is larger than the number of things.
    """
    if k > len(things):
        raise FaultError.one(f"-k {k}", f"only {len(things)} can fail")
    if sample is None:
        yield from combinations(things, k)
        return
    rng = np.random.default_rng(seed)
    for _ in range(sample):
        chosen = np.sort(rng.choice(len(things), size=k, replace=False))
        yield tuple(things[i] for i in chosen)

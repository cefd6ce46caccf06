"""A small campus: planes of sites of pods, one switch of each kind, one super-core a plane."""

from __future__ import annotations

from sidr.model.fabric import Fabric
from sidr.topology import fabric

PLANES, SITES, PODS = 16, 2, 5


def small_campus() -> Fabric:
    """16 planes of 2 sites of 5 pods; in each a leaf and an agg, per site a core."""
    names, tier, pod, plane, site, links = [], [], [], [], [], []

    def switch(name: str, *place: int) -> str:
        names.append(name)
        for column, value in zip((tier, plane, site, pod), place, strict=True):
            column.append(value)
        return name

    for n in range(PLANES):
        top = switch(f"n{n}-super0", 3, n, -1, -1)
        for s in range(SITES):
            core = switch(f"n{n}-s{s}-core0", 2, n, s, -1)
            links.append((core, top))
            for p in range(PODS):
                agg = switch(f"n{n}-s{s}-p{p}-agg0", 1, n, s, p)
                leaf = switch(f"n{n}-s{s}-p{p}-leaf0", 0, n, s, p)
                links += [(leaf, agg), (agg, core)]
    a, b = ([names.index(link[end]) for link in links] for end in (0, 1))
    return fabric("small campus", names=names, a=a, b=b, tier=tier, pod=pod, plane=plane, site=site)

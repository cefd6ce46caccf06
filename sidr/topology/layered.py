"""Columns of folded Clos fabrics (two and three tiers, parallel planes), made by numpy.

Called by the kinds and by `campus`, whose sites are such planes; `build.fabric` turns the columns
into a Fabric.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sidr.model.fabric import F64, I64, Fabric
from sidr.topology.build import fabric

LEAF_AGG_M = 20.0
"""Length of a link from a leaf to an agg or a spine, m (one row of racks; a choice)."""
AGG_CORE_M = 100.0
"""Length of a link from an agg to a core, m (across the hall; a choice)."""


@dataclass(frozen=True, slots=True)
class Cables:
    """What all links share: the rate (host ports included), and links per trunk (0 = none)."""

    capacity_bps: int
    trunk: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Clos:
    """A three-tier folded Clos, `planes` times.

    Attributes:
        leaves, aggs: per pod; cores: per plane.
        agg_uplinks: agg j of a pod is linked to this many cores, from number
            (j mod (cores / agg_uplinks)) * agg_uplinks on.
        hosts: host-facing ports per leaf.
    """

    planes: int = 1
    pods: int
    leaves: int
    aggs: int
    cores: int
    agg_uplinks: int
    hosts: int
    links_per_host: int = 1

    @property
    def plane_switches(self) -> int:
        return self.pods * (self.leaves + self.aggs) + self.cores


def leaf_spine(label: str, leaves: int, spines: int, parallel: int, cables: Cables) -> Fabric:
    """Every leaf linked to every spine by `parallel` links; as many host ports as uplinks."""
    names = [f"leaf{i}" for i in range(leaves)] + [f"spine{i}" for i in range(spines)]
    tier = np.repeat([0, 1], [leaves, spines])
    return fabric(
        label,
        names=names,
        a=np.repeat(np.arange(leaves), spines * parallel),
        b=leaves + np.tile(np.repeat(np.arange(spines), parallel), leaves),
        tier=tier,
        hosts=np.where(tier == 0, spines * parallel, 0),
        host_bps=cables.capacity_bps,
        capacity_bps=cables.capacity_bps,
        length_m=LEAF_AGG_M,
        trunk=cables.trunk,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """The columns of one plane: n switches and m links by position, see `build.fabric`.

    Attributes:
        names: n names without the plane's prefix; tier, pod, site, hosts: int[n].
        below, above: int[m], positions in `names`; length_m: float64[m].
    """

    names: list[str]
    tier: I64
    pod: I64
    site: I64
    hosts: I64
    below: I64
    above: I64
    length_m: F64


def folded_clos(label: str, shape: Clos, cables: Cables) -> Fabric:
    """The Fabric of a shape; switches carry a plane prefix where there are several planes."""
    return in_planes(label, clos_plane(shape), shape.planes, shape.links_per_host, cables)


def clos_plane(shape: Clos) -> Plane:
    """One plane of a shape, or one site of a campus."""
    below, above, length = _plane_links(shape)
    leaves, aggs = shape.pods * shape.leaves, shape.pods * shape.aggs
    pods = np.arange(shape.pods)
    pod = [np.repeat(pods, shape.leaves), np.repeat(pods, shape.aggs), np.full(shape.cores, -1)]
    tier = np.repeat([0, 1, 2], [leaves, aggs, shape.cores])
    return Plane(
        names=_plane_names(shape),
        tier=tier,
        pod=np.concatenate(pod),
        site=np.full(shape.plane_switches, -1),
        hosts=np.where(tier == 0, shape.hosts, 0),
        below=below,
        above=above,
        length_m=length,
    )


def in_planes(label: str, one: Plane, planes: int, links_per_host: int, cables: Cables) -> Fabric:
    """The Fabric of equal planes beside each other, prefixed `n0-` on where there are several."""
    numbers = np.arange(planes)
    prefixes = [f"n{i}-" for i in numbers] if planes > 1 else [""]
    offset = (numbers * len(one.names))[:, None]
    return fabric(
        label,
        names=[prefix + name for prefix in prefixes for name in one.names],
        a=(one.below + offset).ravel(),
        b=(one.above + offset).ravel(),
        tier=np.tile(one.tier, planes),
        pod=np.tile(one.pod, planes),
        plane=np.repeat(numbers, len(one.names)),
        site=np.tile(one.site, planes),
        hosts=np.tile(one.hosts, planes),
        host_bps=cables.capacity_bps,
        links_per_host=links_per_host,
        capacity_bps=cables.capacity_bps,
        length_m=np.tile(one.length_m, planes),
        trunk=cables.trunk,
    )


def _plane_names(shape: Clos) -> list[str]:
    """Leaves, aggs, cores: the order that `_plane_links` counts in."""
    per_pod = (("leaf", shape.leaves), ("agg", shape.aggs))
    in_pods = [
        f"p{pod}-{role}{i}"
        for role, many in per_pod
        for pod in range(shape.pods)
        for i in range(many)
    ]
    return in_pods + [f"core{i}" for i in range(shape.cores)]


def _plane_links(shape: Clos) -> tuple[I64, I64, F64]:
    """Lower ends, upper ends and lengths of one plane's links."""
    leaves, aggs = shape.pods * shape.leaves, shape.pods * shape.aggs
    first_agg, first_core = leaves, leaves + aggs
    leaf = np.repeat(np.arange(leaves), shape.aggs)
    its_aggs = first_agg + leaf // shape.leaves * shape.aggs
    agg = np.repeat(np.arange(aggs), shape.agg_uplinks)
    core_sets = shape.cores // shape.agg_uplinks
    its_cores = first_core + agg % shape.aggs % core_sets * shape.agg_uplinks
    below = np.concatenate([leaf, first_agg + agg])
    above = np.concatenate(
        [
            its_aggs + np.tile(np.arange(shape.aggs), leaves),
            its_cores + np.tile(np.arange(shape.agg_uplinks), aggs),
        ]
    )
    length = np.repeat([LEAF_AGG_M, AGG_CORE_M], [len(leaf), len(agg)])
    return below, above, length

"""Columns of a campus: sites, each a three-tier folded Clos, joined by super-cores, in planes.

Called by the kinds. A site is what `layered.clos_plane` makes; here it is repeated and given its
fourth tier. Everything is arrays: the largest campus has millions of links.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sidr.model.fabric import I64, Fabric
from sidr.topology.layered import Cables, Clos, Plane, clos_plane, in_planes

CORE_SUPER_M = 2000.0
"""Length of a link from a core to a super-core, m (between sites; a choice)."""
SITES_MAX = 4
"""Most sites of `site_campus`: a super-core has 32 links to each of them, and 128 ports."""
SITE = Clos(pods=4, leaves=64, aggs=64, cores=256, agg_uplinks=64, hosts=64, links_per_host=32)
"""A site of 128-port switches, in one plane; as in 10p10u, a host takes two ports per plane."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Campus:
    """Sites under super-cores, `planes` times.

    Attributes:
        site: one site in one plane; sites: how many, all alike.
        supers: super-cores per plane.
        core_uplinks: core i of a site is linked to this many super-cores, from number
            (i mod (supers / core_uplinks)) * core_uplinks on.
    """

    planes: int
    sites: int
    site: Clos
    supers: int
    core_uplinks: int


def site_campus(sites: int) -> Campus:
    """Our model of a campus: what 10p10u would be with 128-port switches and several sites."""
    return Campus(planes=16, sites=sites, site=SITE, supers=128, core_uplinks=16)


def campus(label: str, shape: Campus, cables: Cables) -> Fabric:
    """The Fabric of a shape; pods are numbered through the sites of a plane."""
    return in_planes(label, _plane(shape), shape.planes, shape.site.links_per_host, cables)


def _plane(shape: Campus) -> Plane:
    one, sites = clos_plane(shape.site), np.arange(shape.sites)
    size = len(one.names)
    offset = (sites * size)[:, None]
    pods = np.where(one.pod < 0, -1, one.pod + (sites * shape.site.pods)[:, None])
    core, above = _uplinks(shape)
    length = [np.tile(one.length_m, shape.sites), np.full(len(core), CORE_SUPER_M)]
    return Plane(
        names=[f"s{site}-{name}" for site in sites for name in one.names]
        + [f"super{i}" for i in range(shape.supers)],
        tier=_topped(np.tile(one.tier, shape.sites), 3, shape.supers),
        pod=_topped(pods.ravel(), -1, shape.supers),
        site=_topped(np.repeat(sites, size), -1, shape.supers),
        hosts=_topped(np.tile(one.hosts, shape.sites), 0, shape.supers),
        below=np.concatenate([(one.below + offset).ravel(), core]),
        above=np.concatenate([(one.above + offset).ravel(), shape.sites * size + above]),
        length_m=np.concatenate(length),
    )


def _topped(column: I64, value: int, supers: int) -> I64:
    """A column of the sites, and after it one value for all super-cores."""
    return np.concatenate([column, np.full(supers, value)])


def _uplinks(shape: Campus) -> tuple[I64, I64]:
    """Of every link between them, the core's position and the super-core's number."""
    cores, each = shape.site.cores, shape.core_uplinks
    core = np.repeat(np.arange(cores), each)
    above = core % (shape.supers // each) * each + np.tile(np.arange(each), cores)
    size = shape.site.plane_switches
    first_core = (np.arange(shape.sites) * size + size - cores)[:, None]
    return (first_core + core).ravel(), np.tile(above, shape.sites)

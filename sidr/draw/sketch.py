"""What of a fabric is drawn: every switch and link, or groups and bundles of a large one.

A sketch is nodes and edges without places. Up to `LINKS_MAX` links they are the switches and links
themselves; beyond, switches of one pod and tier are one node and all links between two nodes are
one edge. Where a fabric has no pods, its switches are grouped by number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from sidr.fault.targets import tier_words
from sidr.model.fabric import I32, Fabric

LINKS_MAX = 4000
"""Links that are drawn one by one: 4,000 paths are about 0.6 MB of SVG."""
PARTS = 16
"""Groups that a tier without pods is divided into."""
GROUPS_MAX = 256
"""Groups that are drawn; where there were more, those of all planes are drawn as one."""

Keys = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Sketch:
    """Nodes and edges of a drawing.

    Attributes:
        names: of the nodes, as their labels begin; titles: in full.
        tier, pod, plane, site: int32[nodes], as in the fabric; -1 = none.
        near, far: int32[edges], nodes; near is the lower tier; equal where a bundle stays inside
            its group.
        links: int32[edges], how many links an edge stands for.
        node_of: int32[switches]; edge_of: int32[links].
        bundled: whether nodes are groups and edges bundles.
    """

    fabric: Fabric
    names: tuple[str, ...]
    titles: tuple[str, ...]
    tier: I32
    pod: I32
    plane: I32
    site: I32
    near: I32
    far: I32
    links: I32
    node_of: I32
    edge_of: I32
    bundled: bool

    @cached_property
    def switch_ids(self) -> dict[str, int]:
        """Switch name -> its number."""
        return {name: number for number, name in enumerate(self.fabric.names)}

    def link_id(self, name: str) -> int:
        """The number of a link by its name, as `Fabric.link_name` forms it.

        Raises:
            KeyError: there is no such link.
        """
        fabric = self.fabric
        for near, far, rank in _read(name):
            if near in self.switch_ids and far in self.switch_ids:
                row = slice(*fabric.ptr[self.switch_ids[near] :][:2].tolist())
                found = fabric.link[row][fabric.nbr[row] == self.switch_ids[far]]
                for link in found.tolist():
                    if fabric.rank[link] == rank:
                        return int(link)
        raise KeyError(name)

    def edge_title(self, edge: int) -> str:
        """An edge's name for people: a link's own, or the ends of a bundle."""
        if not self.bundled:
            return self.fabric.link_name(edge)
        near, far = int(self.near[edge]), int(self.far[edge])
        return f"{self.titles[near]} to {self.titles[far]}: {int(self.links[edge]):,} links"

    @cached_property
    def tier_names(self) -> dict[int, str]:
        """Tier -> its word, such as leaf, where its switches share one."""
        return words_of(self.fabric)


def sketch(fabric: Fabric, links_max: int = LINKS_MAX) -> Sketch:
    """What to draw of a fabric with at most `links_max` links one by one."""
    if fabric.links > links_max:
        return _bundled(fabric)
    return Sketch(
        fabric=fabric,
        names=fabric.names,
        titles=fabric.names,
        tier=fabric.tier,
        pod=fabric.pod,
        plane=fabric.plane,
        site=fabric.site,
        near=fabric.near,
        far=fabric.far,
        links=np.ones(fabric.links, dtype=np.int32),
        node_of=np.arange(fabric.switches, dtype=np.int32),
        edge_of=np.arange(fabric.links, dtype=np.int32),
        bundled=False,
    )


def words_of(fabric: Fabric) -> dict[int, str]:
    """Tier -> the word that all its switches' names share, else `tier 1`."""
    words: dict[int, str] = {}
    for word, tier in tier_words(fabric).items():
        words[tier] = f"tier {tier}" if word == f"tier{tier}" else word
    return words


def _bundled(fabric: Fabric) -> Sketch:
    columns = np.stack([fabric.plane, fabric.tier, fabric.site, fabric.pod, _part(fabric)], axis=1)
    groups, inverse = np.unique(columns, axis=0, return_inverse=True)
    if len(groups) > GROUPS_MAX:
        columns[:, 0] = -1
        groups, inverse = np.unique(columns, axis=0, return_inverse=True)
    node_of: I32 = inverse.reshape(-1).astype(np.int32)
    ends = np.stack([node_of[fabric.near], node_of[fabric.far]], axis=1)
    within = (groups[ends[:, 0], 1] == groups[ends[:, 1], 1])[:, None]
    ends = np.where(within, np.sort(ends, axis=1), ends)  # near is the lower tier, or the first
    edges, edge_of, links = np.unique(ends, axis=0, return_inverse=True, return_counts=True)
    plane, tier, site, pod, _ = groups.astype(np.int32).T
    names, titles = _group_names(fabric, node_of, len(groups))
    return Sketch(
        fabric=fabric,
        names=names,
        titles=titles,
        tier=tier,
        pod=pod,
        plane=plane,
        site=site,
        near=edges[:, 0].astype(np.int32),
        far=edges[:, 1].astype(np.int32),
        links=links.astype(np.int32),
        node_of=node_of,
        edge_of=edge_of.reshape(-1).astype(np.int32),
        bundled=True,
    )


def _part(fabric: Fabric) -> Keys:
    """int64[n]: 0, or the part of its tier that a switch belongs to where there are no pods."""
    part = np.zeros(fabric.switches, dtype=np.int64)
    if (fabric.pod >= 0).any():
        return part
    for tier in np.unique(fabric.tier):
        mine = np.flatnonzero(fabric.tier == tier)
        part[mine] = np.arange(len(mine)) * min(PARTS, len(mine)) // len(mine)
    return part


def _group_names(
    fabric: Fabric, node_of: I32, groups: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Labels and titles of groups: how many switches, and the first and last of them."""
    order = np.argsort(node_of, kind="stable")
    bounds = np.searchsorted(node_of[order], np.arange(groups + 1))
    names, titles = [], []
    for first, end in pairwise(bounds.tolist()):
        names.append(f"×{end - first}")
        ends = [fabric.names[order[first]], fabric.names[order[end - 1]]]
        titles.append(ends[0] if end - first == 1 else f"{ends[0]} … {ends[1]}")
    return tuple(names), tuple(titles)


def _read(name: str) -> Iterator[tuple[str, str, int]]:
    """Every reading of a link's name as near, far and rank: names may hold `--` and `#`."""
    cut = name.find("--")
    while cut >= 0:
        near, far = name[:cut], name[cut + 2 :]
        yield near, far, 0
        head, mark, rank = far.rpartition("#")
        if mark and rank.isdecimal():
            yield near, head, int(rank)
        cut = name.find("--", cut + 1)

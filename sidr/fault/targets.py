"""What a target's text names in a fabric: links, bundles of parallel links, switches, SRLGs.

A text is tried as a name first, then as a tier selector, then as a glob (`*`, `?`, `[ab]`):

- a link by name, ends in any order: `leaf0--spine1`, `spine1--leaf0#1`;
- all parallel links of a pair at once: `leaf0--spine1#*`;
- links by their ends' globs: `leaf*--spine0` (parallel ones singly), `leaf*--spine0#*` (in
  bundles), `leaf3--*`; `leaf*` alone is short for `leaf*--*`;
- links by tiers: `leaf-spine`, `agg-core`, or by number, `tier0-tier1`; with `#*` in bundles;
- switches by name, glob or tier: `spine2`, `p0-*`, `spine`, `tier1`;
- SRLGs (trunks among them) by name or glob: `t3`, `t*`.

A tier has a word where all its switches are called by it (`leaf0`, `p1-leaf3`, `n0-p1-leaf3`).
An empty text means all of them; of switches, where there are tiers, all above the leaves: a dead
leaf takes its own hosts along, which no routing can repair.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import translate
from typing import Literal

import numpy as np
import numpy.typing as npt

from sidr.errors import FaultError, Mistake, nearest, unknown
from sidr.graph.csr import components
from sidr.model.fabric import I32, Fabric

BUNDLE = "#*"
DEAD, SLOW = "dead", "slow"
PLANNER = (DEAD, SLOW)
"""What a planner may be."""
TIER_WORD = re.compile(r"(?:.*-)?([A-Za-z]+)[0-9]+")
SHOWN = 6

Mask = npt.NDArray[np.bool_]
What = Literal["link", "bundle", "switch", "srlg", "plane", "planner"]


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """What a text selects in a fabric.

    Attributes:
        what: what the ids are; a bundle's id is its first link's.
        ids: int32[k], ascending, never empty.
        together: the text names these very ones, to be hit together; nothing is to be drawn.
    """

    fabric: Fabric
    what: What
    ids: I32
    together: bool = False

    @property
    def is_named(self) -> bool:
        """True = nothing is left to draw."""
        return self.together or len(self.ids) == 1

    def name(self, id: int) -> str:
        """The text that selects exactly this one."""
        if self.what == "switch":
            return self.fabric.names[id]
        if self.what == "srlg":
            return self.fabric.srlg_names[id]
        if self.what == "plane":
            return str(id)
        if self.what == "planner":
            return PLANNER[id]
        return self.fabric.link_name(id) + (BUNDLE if self.what == "bundle" else "")

    def links(self, id: int) -> list[int]:
        """The links that the id stands for, ascending; not for switches."""
        assert self.what != "switch", self.what
        if self.what == "srlg":
            return sorted(self.fabric.srlg_links[id].tolist())
        if self.what == "plane":
            fabric, within = self.fabric, plane_of(self.fabric) == id
            return [int(link) for link in np.flatnonzero(within[fabric.near] | within[fabric.far])]
        if self.what == "link":
            return [id]
        near, far = self.fabric.near, self.fabric.far
        same = (near == near[id]) & (far == far[id])
        return [int(link) for link in np.flatnonzero(same)]


def links(fabric: Fabric, text: str, where: str) -> Selection:
    """The links, or with `#*` the bundles, that a text selects.

    Raises:
        FaultError: it selects none.
    """
    pair, hash_sign, rank = text.rpartition("#")
    if not hash_sign or not (rank == "*" or rank.isdigit()):
        pair, rank = text, ""
    chosen = _linked(fabric, pair)
    if chosen is not None:
        if rank != "*":
            chosen = chosen[fabric.rank[chosen] == int(rank or 0)]
    elif pair in (tiers := link_tiers(fabric)):
        low, high = tiers[pair]
        chosen = _between(fabric, fabric.tier == low, fabric.tier == high)
    elif pair == "" or _is_glob(pair):
        near_text, _, far_text = (pair or "*").partition("--")
        ends = (_matching(fabric.names, text) for text in (near_text, far_text or "*"))
        chosen = _between(fabric, *ends)
        if rank.isdigit():
            chosen = chosen[fabric.rank[chosen] == int(rank)]
    if chosen is not None and rank == "*":
        chosen = chosen[fabric.rank[chosen] == 0]
    if chosen is None or len(chosen) == 0:
        raise FaultError([_no_link(fabric, pair, text, where)])
    return Selection(fabric, "bundle" if rank == "*" else "link", chosen)


def switches(fabric: Fabric, text: str, where: str) -> Selection:
    """The switches that a text selects; an empty one: all above the leaves, or all.

    Raises:
        FaultError: it selects none.
    """
    words = tier_words(fabric)
    if text in fabric.names:
        ids = np.array([fabric.names.index(text)], dtype=np.int32)
    elif text in words:
        ids = _ids(fabric.tier == words[text])
    elif text == "":
        ids = _ids(fabric.tier > (0 if fabric.tiered else -2))
    elif _is_glob(text):
        ids = _ids(_matching(fabric.names, text))
    else:
        ids = np.empty(0, dtype=np.int32)
    if len(ids) == 0:
        raise FaultError([unknown(where, "switch", text, [*words, *fabric.names])])
    return Selection(fabric, "switch", ids)


def srlgs(fabric: Fabric, text: str, where: str) -> Selection:
    """The SRLGs that a text selects; an empty one: all.

    Raises:
        FaultError: it selects none, or the fabric has none.
    """
    names = fabric.srlg_names
    if not names:
        raise FaultError([Mistake(where, "this fabric has no trunks or other SRLGs")])
    found = np.array([name == text for name in names])
    if not found.any() and (text == "" or _is_glob(text)):
        found = _matching(names, text or "*")
    if not found.any():
        raise FaultError([unknown(where, "trunk", text, names)])
    return Selection(fabric, "srlg", _ids(found))


def planes(fabric: Fabric, text: str, where: str) -> Selection:
    """The planes that a text selects, by number or glob; an empty one: all.

    Raises:
        FaultError: it selects none, or the fabric has one plane only.
    """
    numbers = [int(number) for number in np.unique(plane_of(fabric)) if number >= 0]
    if len(numbers) < 2:
        raise FaultError([Mistake(where, "this fabric is one plane", "a fabric of several planes")])
    names = [str(number) for number in numbers]
    chosen = np.array(numbers, dtype=np.int32)[_matching(names, text or "*")]
    if not len(chosen):
        raise FaultError([unknown(where, "plane", text, names)])
    return Selection(fabric, "plane", chosen)


def plane_of(fabric: Fabric) -> I32:
    """The plane of every switch, int32[n].

    Where a fabric says that it has several planes, these; otherwise the parts into which it falls
    without its leaves (the planes of spines that every leaf is linked to), leaves having none (-1).
    """
    if len(np.unique(fabric.plane)) > 1:
        return fabric.plane
    upper = fabric.tier > 0 if fabric.tiered else np.zeros(fabric.switches, np.bool_)
    inside = upper[fabric.near] & upper[fabric.far]
    part = components(fabric.switches, fabric.near[inside], fabric.far[inside])
    numbers = np.unique(part[upper], return_inverse=True)[1]
    found = np.full(fabric.switches, -1, np.int32)
    found[upper] = numbers
    return found


def planner(fabric: Fabric, text: str, where: str) -> Selection:
    """The state of the planner that a text names; an empty one: dead.

    Raises:
        FaultError: it names none.
    """
    if (text or DEAD) not in PLANNER:
        raise FaultError([unknown(where, "state of the planner", text, PLANNER)])
    return Selection(fabric, "planner", np.array([PLANNER.index(text or DEAD)], dtype=np.int32))


def tier_words(fabric: Fabric) -> dict[str, int]:
    """Every word for a tier: `tier0` and, where its switches share one, `leaf`."""
    if not fabric.tiered:
        return {}
    words = {f"tier{tier}": int(tier) for tier in np.unique(fabric.tier) if tier >= 0}
    shared: dict[int, set[str]] = {}
    for name, tier in zip(fabric.names, fabric.tier.tolist(), strict=True):
        match = TIER_WORD.fullmatch(name)
        shared.setdefault(tier, set()).add(match[1] if match else "")
    for tier, found in sorted(shared.items()):
        word = found.pop()
        if word and not found and tier >= 0 and word not in words:
            words[word] = tier
    return words


def link_tiers(fabric: Fabric) -> dict[str, tuple[int, int]]:
    """Every tier selector of links, such as `leaf-spine`, with its two tiers."""
    words = tier_words(fabric)
    met = set(zip(fabric.tier[fabric.near].tolist(), fabric.tier[fabric.far].tolist(), strict=True))
    return {
        f"{a}-{b}": (words[a], words[b])
        for a in words
        for b in words
        if {(words[a], words[b]), (words[b], words[a])} & met
    }


def _linked(fabric: Fabric, pair: str) -> I32 | None:
    """The links between the two switches that `A--B` names; None where it names none.

    Names may hold `--` themselves.
    """
    for cut in (match.start() for match in re.finditer("(?=--)", pair)):
        near, far = pair[:cut], pair[cut + 2 :]
        if near in fabric.names and far in fabric.names:
            ports = fabric.ports(fabric.names.index(near))
            row = slice(ports.start, ports.stop)
            found: I32 = fabric.link[row][fabric.nbr[row] == fabric.names.index(far)]
            return found
    return None


def _between(fabric: Fabric, one: Mask, other: Mask) -> I32:
    """The links with an end in each mask of switches, ascending."""
    near, far = fabric.near, fabric.far
    return _ids((one[near] & other[far]) | (other[near] & one[far]))


def _matching(names: Sequence[str], text: str) -> Mask:
    """Mask of the names that a text names: the very name where there is one, else as a glob."""
    if text in names:
        only: Mask = np.arange(len(names)) == names.index(text)
        return only
    match = re.compile(translate(text)).match
    return np.array([match(name) is not None for name in names], dtype=np.bool_)


def _is_glob(text: str) -> bool:
    return any(char in text for char in "*?[")


def _ids(mask: Mask) -> I32:
    return np.flatnonzero(mask).astype(np.int32)


def _no_link(fabric: Fabric, pair: str, text: str, where: str) -> Mistake:
    """Why a text selects no link: an end that does not exist, or two that are not linked."""
    found, (near, dashes, far) = f"no link {text!r}", pair.partition("--")
    if not dashes:
        tiers = link_tiers(fabric)
        words = [word for word, (low, high) in tiers.items() if low <= high and "tier" not in word]
        meant = f"{pair}--*" if pair in fabric.names else nearest(pair, tiers)
        return Mistake(where, found, ", ".join(["A--B", "a glob", *words]), meant)
    close = [name if name in fabric.names else nearest(name, fabric.names) for name in (near, far)]
    if not all(close) or _is_glob(pair):
        missing = next((name for name in (near, far) if name not in fabric.names), "")
        return replace(unknown(where, "switch", missing, fabric.names), found=found)
    linked = _linked(fabric, "--".join(close))
    if linked is not None and len(linked):
        return Mistake(where, found, nearest=fabric.link_name(int(linked[0])))
    ports = fabric.ports(fabric.names.index(close[0]))
    some = [fabric.link_name(int(fabric.link[slot])) for slot in ports[:SHOWN]]
    return Mistake(where, found, ", ".join(some) + (", ..." if len(ports) > SHOWN else ""))

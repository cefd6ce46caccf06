"""What must hold between the fields of a fabric document: names, ends, ports, ranks, tiers, SRLGs.

Works on raw data and skips whatever has the wrong type (that is `schema`'s to report), so that all
mistakes of a file come out in one go.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from sidr.errors import Mistake, nearest
from sidr.topology.marks import Path
from sidr.topology.trunks import trunk_number

Found = Iterator[tuple[Path, Mistake]]


def problems(data: object) -> Found:
    """Every contradiction, with the path of the value to look at; `where` is still empty."""
    if not isinstance(data, Mapping):
        return
    switches = _entries(data, "switches")
    names: dict[str, int] = {}
    for i, switch in switches:
        name = switch.get("name")
        if isinstance(name, str):
            if name in names:
                first = f"switches[{names[name]}] has this name"
                yield ("switches", i, "name"), Mistake("", f"{name!r} stands twice", fix=first)
            names.setdefault(name, i)
    yield from _tiers(switches)
    links = _entries(data, "links")
    yield from _ends(links, names)
    yield from _radix(switches, links)
    yield from _ports(links)
    yield from _ranks(links)
    if data.get("trunk", 8) not in ("none", None, 0):
        yield from _trunk_names(links)


def _entries(data: Mapping[str, object], key: str) -> list[tuple[int, Mapping[str, object]]]:
    listed = data.get(key)
    if not isinstance(listed, list):
        return []
    return [(i, entry) for i, entry in enumerate(listed) if isinstance(entry, Mapping)]


def _tiers(switches: list[tuple[int, Mapping[str, object]]]) -> Found:
    without = [i for i, switch in switches if switch.get("tier") is None]
    if without and len(without) < len(switches):
        for i in without:
            found = "no tier, though other switches have one"
            yield ("switches", i, "tier"), Mistake("", found, "a tier for all or for none")
    if switches and all(isinstance(s.get("tier"), int) and s["tier"] for _, s in switches):
        yield ("switches",), Mistake("", "no leaf", "at least one switch of tier 0")


def _ends(links: list[tuple[int, Mapping[str, object]]], names: Mapping[str, int]) -> Found:
    for i, link in links:
        for end in ("a", "b"):
            name = link.get(end)
            if isinstance(name, str) and name not in names:
                close = nearest(name, names)
                found = f"unknown switch {name!r}"
                yield ("links", i, end), Mistake("", found, "a name in switches", close)
        if isinstance(link.get("a"), str) and link.get("a") == link.get("b"):
            found = f"a link from {link['a']!r} to itself"
            yield ("links", i, "b"), Mistake("", found, "two different switches")


def _radix(
    switches: list[tuple[int, Mapping[str, object]]], links: list[tuple[int, Mapping[str, object]]]
) -> Found:
    """Links and host ports together must fit a switch."""
    ends = (link.get(end) for _, link in links for end in ("a", "b"))
    taken = Counter(name for name in ends if isinstance(name, str))
    for i, switch in switches:
        name, radix, hosts = switch.get("name"), switch.get("radix"), switch.get("hosts")
        if not isinstance(name, str) or type(radix) is not int:
            continue
        if type(hosts) is not int:
            hosts = 0 if switch.get("tier") else 1
        if taken[name] + hosts > radix:
            parts = f"{taken[name]} for links, {hosts} for hosts"
            found = (
                f"{name!r} has {taken[name] + hosts} ports in use ({parts}), its radix is {radix}"
            )
            fix = "take links or hosts away, or correct the radix"
            yield ("switches", i, "radix"), Mistake("", found, fix=fix)


def _ports(links: list[tuple[int, Mapping[str, object]]]) -> Found:
    """A port holds one link; 7 and "7" are the same port."""
    taken: dict[tuple[str, str], str] = {}
    for i, link in links:
        for end in ("a", "b"):
            name, port = link.get(end), link.get(f"{end}_port")
            if isinstance(name, str) and isinstance(port, (int, str)):
                first = taken.setdefault((name, str(port)), f"links[{i}].{end}_port")
                if first != f"links[{i}].{end}_port":
                    found = f"port {port!r} of {name!r} stands twice"
                    yield ("links", i, f"{end}_port"), Mistake("", found, fix=f"{first} has it")


def _ranks(links: list[tuple[int, Mapping[str, object]]]) -> Found:
    """Explicit ranks of parallel links must be different and below their number."""
    parallel: dict[frozenset[str], list[int]] = defaultdict(list)
    explicit: list[tuple[int, int, frozenset[str]]] = []
    for i, link in links:
        a, b, rank = link.get("a"), link.get("b"), link.get("rank")
        if isinstance(a, str) and isinstance(b, str):
            pair = frozenset((a, b))
            parallel[pair].append(i)
            if isinstance(rank, int) and rank >= 0:
                explicit.append((i, rank, pair))
    taken: set[tuple[frozenset[str], int]] = set()
    for i, rank, pair in explicit:
        count = len(parallel[pair])
        if rank >= count:
            found = f"rank {rank} of {count} parallel links"
            yield ("links", i, "rank"), Mistake("", found, f"0..{count - 1}")
        elif (pair, rank) in taken:
            found = f"rank {rank} stands twice between {' and '.join(sorted(pair))}"
            yield ("links", i, "rank"), Mistake("", found, "each rank once")
        taken.add((pair, rank))


def _trunk_names(links: list[tuple[int, Mapping[str, object]]]) -> Found:
    for i, link in links:
        srlgs = link.get("srlgs")
        for k, name in enumerate(srlgs if isinstance(srlgs, list) else ()):
            if isinstance(name, str) and trunk_number(name) >= 0:
                fix = "choose another name, or list all trunks and say trunk: none"
                found = f"{name!r} is a default trunk's name"
                yield ("links", i, "srlgs", k), Mistake("", found, fix=fix)

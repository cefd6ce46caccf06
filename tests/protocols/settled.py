"""Whole fabrics in virtual time for tests of protocols: run to rest, and read the FIBs.

The oracles here are networkx's distances on the surviving graph; they share nothing with the
protocols' own computations.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

import networkx as nx
import numpy as np

from sidr.forwarding.space import spaces
from sidr.model.fabric import Fabric
from sidr.model.faults import Change
from sidr.model.profiles import Profile, hardware, profile
from sidr.plan import plan
from sidr.protocols.kit import Kit, Setting
from sidr.sim.world import Chance, World
from sidr.topology import load
from sidr.trace.recorder import Recorder

SMALL = ("fat-tree:k=4", "leaf-spine:leaves=4,spines=4")
"""Fabrics of which every single fault is tried."""
IRREGULAR = "topologies/ring-7.yaml"
PARALLEL = "leaf-spine:leaves=2,spines=2,parallel=2"
FAULT_NS = 1_000_000_000
END_NS = 600_000_000_000

Ports = dict[tuple[str, str], frozenset[str]]
"""(switch, destination) -> links that carry its traffic; switches that are the destination and
switches without a route are left out."""


def fabric_of(spec: str) -> Fabric:
    """A fabric by its spec or file."""
    return load(spec)


def world_of(
    fabric: Fabric,
    kit: Kit,
    *,
    timers: Profile | str = "frr-datacenter",
    costs: str = "ideal",
    asn: str = "unique",
    cold: bool = False,
    seed: int = 1,
    recorder: Recorder | None = None,
) -> World:
    """A world at rest in the converged state, or just switched on (`cold`)."""
    planned = plan(fabric)
    sheet = profile(timers) if isinstance(timers, str) else timers
    birth, physics, chance, reborn, fate = np.random.SeedSequence(seed).spawn(5)
    setting = Setting(fabric, planned, sheet, asn, np.random.default_rng(birth))
    again = Setting(fabric, planned, sheet, asn, np.random.default_rng(reborn))
    world = World(
        fabric,
        spaces(planned),
        kit.cold(setting) if cold else kit.converged(setting),
        tagged=kit.tagged,
        hardware=hardware(costs),
        protocol=kit.name,
        chance=Chance(*(np.random.default_rng(part) for part in (physics, chance, fate))),
        recorder=recorder or Recorder(),
        reboot=lambda: kit.cold(again),
    )
    if cold:
        world.boot(planned.tables if kit.tagged else None)
        world.kernel.run(END_NS)
    return world


def strike(world: World, changes: Sequence[Change], end_ns: int = END_NS) -> World:
    """Let changes happen from FAULT_NS on, and run the world to rest."""
    for change in changes:
        world.kernel.at(FAULT_NS + change.at_ns, world.apply, change)
    assert world.kernel.run(end_ns), "never comes to rest"
    return world


def single_faults(fabric: Fabric) -> Iterator[tuple[str, Change]]:
    """Every link and every switch, dead: its name and the change."""
    links = ((fabric.link_name(i), Change(0, "link-down", i)) for i in range(fabric.links))
    nodes = ((n, Change(0, "switch-down", i)) for i, n in enumerate(fabric.names))
    return chain(links, nodes)


def survivors(fabric: Fabric, changes: Sequence[Change]) -> nx.MultiGraph:
    """What is left of a fabric, as a graph on switch numbers with link numbers as keys."""
    graph = nx.MultiGraph()
    graph.add_nodes_from(range(fabric.switches))
    for link in range(fabric.links):
        graph.add_edge(int(fabric.near[link]), int(fabric.far[link]), key=link)
    for change in changes:
        if change.kind == "switch-down":
            graph.remove_node(change.id)
        else:
            ends = int(fabric.near[change.id]), int(fabric.far[change.id])
            graph.remove_edge(*ends, key=change.id)
    return graph


def shortest_paths(fabric: Fabric, changes: Sequence[Change]) -> Ports:
    """Equal shortest paths of the surviving graph."""
    graph = survivors(fabric, changes)
    found: Ports = {}
    for home in fabric.groups.tolist():
        if home not in graph:
            continue
        hops = nx.single_source_shortest_path_length(graph, home)
        for v in hops:
            links = (key for _, h, key in graph.edges(v, keys=True) if hops[h] == hops[v] - 1)
            if v != home:
                found[fabric.names[v], fabric.names[home]] = named(fabric, links)
    return found


def as_paths(fabric: Fabric, changes: Sequence[Change], asn: Sequence[int]) -> Ports:
    """Best AS-loop-free paths of the surviving graph, all that are tied for shortest.

    Every switch is served from the nearest neighbours that may serve it; all AS paths that may be
    in use are kept, and a tie that would decide between accepting and refusing one is an error.
    """
    graph = survivors(fabric, changes)
    found: Ports = {}
    for home in (h for h in fabric.groups.tolist() if h in graph):
        paths: dict[int, set[tuple[int, ...]]] = {home: {()}}
        front = {home}
        while front:
            offers: dict[int, dict[int, set[tuple[int, ...]]]] = {}
            for h in front:
                for v in set(graph[h]) - set(paths):
                    sent = {(asn[h], *path) for path in paths[h]}
                    verdicts = {asn[v] in path for path in sent}
                    assert len(verdicts) == 1, "a tie decides: pick another fabric"
                    if verdicts == {False}:
                        offers.setdefault(v, {})[h] = sent
            for v, sent_by in offers.items():
                links = (key for h in sent_by for key in graph[v][h])
                found[fabric.names[v], fabric.names[home]] = named(fabric, links)
            front = set(offers)
            paths |= {v: set().union(*sent_by.values()) for v, sent_by in offers.items()}
    return found


def fib_ports(world: World) -> Ports:
    """What the FIBs of the living switches say, of shortest-path protocols."""
    fabric = world.fabric
    found: Ports = {}
    for space, fib in zip(world.spaces, world.fibs.rows, strict=True):
        for column, row in zip(space.part.groups.tolist(), fib, strict=True):
            home = int(fabric.groups[column])
            for v in space.part.switches.tolist():
                slots = [int(space.part.slots[i]) for i in np.flatnonzero(row)]
                mine = [int(fabric.link[e]) for e in slots if fabric.src[e] == v]
                if mine and not world.physics.dead[v] and v != home:
                    found[fabric.names[v], fabric.names[home]] = named(fabric, mine)
    return found


def named(fabric: Fabric, links: Iterator[int] | Sequence[int]) -> frozenset[str]:
    """Names of links."""
    return frozenset(fabric.link_name(link) for link in links)

"""Where OSPF comes to rest: on the equal shortest paths of the surviving graph, by networkx."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
import topohub

from sidr.model.fabric import Fabric
from sidr.model.faults import Change
from sidr.protocols.ospf import KIT
from sidr.protocols.ospf.flood import Flood
from sidr.protocols.ospf.neighbour import State
from sidr.protocols.ospf.router import Router
from sidr.sim.wire import Weather
from sidr.topology import from_networkx
from tests.protocols.ospf.lively import SECOND, lively
from tests.protocols.settled import (
    IRREGULAR,
    PARALLEL,
    SMALL,
    fabric_of,
    fib_ports,
    shortest_paths,
    single_faults,
    strike,
    world_of,
)

ZOO = ("topozoo/Abilene", "topozoo/Gridnet")
"""11 routers in a sparse mesh, 9 in a dense one."""


@pytest.mark.parametrize("spec", SMALL)
def test_after_every_single_fault_it_rests_on_shortest_paths(spec: str) -> None:
    fabric = fabric_of(spec)
    for name, change in single_faults(fabric):
        world = strike(world_of(fabric, KIT), [change])
        assert fib_ports(world) == shortest_paths(fabric, [change]), name


def test_after_two_cuts_at_one_switch_in_a_row_it_still_rests_on_shortest_paths() -> None:
    fabric = fabric_of(IRREGULAR)
    for first in range(fabric.links - 1):
        cuts = [Change(0, "link-down", first), Change(3_000_000, "link-down", first + 1)]
        world = strike(world_of(fabric, KIT), cuts)
        assert fib_ports(world) == shortest_paths(fabric, cuts), first


def test_routers_that_never_retransmit_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    fabric = fabric_of(PARALLEL)
    cuts = [Change(0, "link-down", 0), Change(5_000_000, "link-down", 1)]
    assert fib_ports(strike(world_of(fabric, KIT), cuts)) == shortest_paths(fabric, cuts)
    monkeypatch.setattr(Flood, "retransmit", lambda self, port, now_ns: [])
    assert fib_ports(strike(world_of(fabric, KIT), cuts)) != shortest_paths(fabric, cuts)


@pytest.mark.parametrize("spec", [*SMALL, PARALLEL, IRREGULAR, *ZOO])
@pytest.mark.parametrize("timers", ["frr-datacenter", "rfc"])
def test_a_cold_start_reaches_the_converged_state(spec: str, timers: str) -> None:
    fabric = any_fabric(spec)
    cold = world_of(fabric, KIT, timers=timers, cold=True)
    warm = world_of(fabric, KIT, timers=timers)
    assert [fib.tolist() for fib in cold.fibs.rows] == [fib.tolist() for fib in warm.fibs.rows]
    assert fib_ports(warm) == shortest_paths(fabric, [])
    for a, b in zip(cold.cores, warm.cores, strict=True):
        assert isinstance(a, Router)
        assert isinstance(b, Router)
        assert a.states == b.states
        links = [[lsa.links for lsa in core.lsdb.all()] for core in (a, b)]
        assert links[0] == links[1]


def any_fabric(spec: str) -> Fabric:
    """By its spec, or of the Topology Zoo by `topozoo/NAME`."""
    if not spec.startswith("topozoo/"):
        return fabric_of(spec)
    edges = topohub.get(spec)["edges"]
    return from_networkx(nx.Graph([(f"v{e['source']}", f"v{e['target']}") for e in edges]))


@pytest.mark.parametrize("spec", SMALL)
def test_a_link_that_comes_back_restores_the_converged_state(spec: str) -> None:
    fabric = fabric_of(spec)
    _, down = next(single_faults(fabric))
    up = Change(5_000_000_000, "link-up", down.id)
    world = strike(world_of(fabric, KIT), [down, up])
    assert fib_ports(world) == shortest_paths(fabric, [])


@pytest.mark.parametrize("spec", [*SMALL, PARALLEL, IRREGULAR])
def test_a_switch_that_dies_and_returns_restores_the_converged_state(spec: str) -> None:
    fabric = fabric_of(spec)
    for v in range(fabric.switches):
        changes = [Change(0, "switch-down", v), Change(5_000_000_000, "switch-up", v)]
        world = strike(world_of(fabric, KIT), changes)
        assert fib_ports(world) == shortest_paths(fabric, []), fabric.names[v]
        told = {core.lsdb.get(v) for core in world.cores if isinstance(core, Router)}
        assert len(told) == 1, "all have the same LSA of the switch"
        (lsa,) = told
        assert lsa is not None
        assert (lsa.seq > 1, lsa.links) == (True, tuple(fabric.ports(v)))


def test_routers_that_do_not_outdo_their_former_life_are_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fabric = fabric_of(SMALL[1])
    spine0 = fabric.names.index("spine0")
    changes = [Change(0, "switch-down", spine0), Change(5_000_000_000, "switch-up", spine0)]
    monkeypatch.setattr(Flood, "_outdo", lambda self, lsa, port, now_ns: [])
    world = world_of(fabric, KIT)
    for change in changes:
        world.kernel.at(change.at_ns, world.apply, change)
    world.kernel.run(60_000_000_000)
    assert fib_ports(world) != shortest_paths(fabric, [])


@pytest.mark.parametrize("timers", ["frr-datacenter", "frr-datacenter,bfd=300msx3"])
@pytest.mark.parametrize("end", ["near", "far"])
def test_a_link_with_a_silent_direction_is_not_used_until_it_speaks_again(
    timers: str, end: str
) -> None:
    fabric = fabric_of(SMALL[1])
    for link in (0, fabric.links - 1):
        down = Change(0, "silent-down", link, end=end)
        world = lively(fabric, [down], timers=timers, seconds=70)
        assert fib_ports(world) == shortest_paths(fabric, [Change(0, "link-down", link)])
        up = Change(45 * SECOND, "silent-up", link, end=end)
        world = lively(fabric, [down, up], timers=timers, seconds=70)
        assert fib_ports(world) == shortest_paths(fabric, [])


@pytest.mark.parametrize("timers", ["frr-datacenter", "rfc", "tuned,bfd=off"])
@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_it_comes_to_rest_on_shortest_paths(timers: str, seed: int) -> None:
    fabric = fabric_of(IRREGULAR)
    rng = np.random.default_rng(seed)
    cut = Change(150 * SECOND, "link-down", int(rng.integers(fabric.links)))
    world = lively(fabric, [*troubles(fabric, rng), cut], timers=timers, seed=seed, seconds=400)
    assert fib_ports(world) == shortest_paths(fabric, [cut])
    states = [state for core in world.cores if isinstance(core, Router) for state in core.states]
    assert states.count(State.FULL) == fabric.slots - 2


def troubles(fabric: Fabric, rng: np.random.Generator) -> list[Change]:
    """A minute of links, directions and switches that fail for 0.1 ms to a minute."""
    found: list[Change] = []
    for what in rng.choice(["link", "switch", "silent", "lossy"], 10).tolist():
        is_switch, is_whole = what == "switch", what in ("link", "switch")
        number = int(rng.integers(fabric.switches if is_switch else fabric.links))
        if is_switch and any(c.element == "switch" and c.id == number for c in found):
            continue  # a switch dies once at a time
        end = "" if is_whole else ("near", "far")[int(rng.integers(2))]
        loss = float(rng.choice([0.3, 0.7, 0.9])) if what == "lossy" else 0.0
        start = int(rng.integers(60 * SECOND))
        stop = start + int(10 ** rng.uniform(5, 10.8))
        for at, edge in ((start, "down"), (stop, "up")):
            found.append(Change(at, f"{what}-{edge}", number, end=end, loss_ratio=loss))
    return sorted(found, key=lambda change: change.at_ns)


@pytest.mark.parametrize("spec", [SMALL[0], PARALLEL, IRREGULAR])
def test_a_cold_start_in_bad_weather_arrives_too(spec: str) -> None:
    fabric = fabric_of(spec)
    weather = Weather(loss=0.1, duplicate=0.1, late=0.2, late_ns=5_000_000)
    world = lively(fabric, cold=True, timers="frr-datacenter", weather=weather, seconds=300)
    assert fib_ports(world) == shortest_paths(fabric, [])

"""Where BGP comes to rest: against shortest paths and AS-loop-free paths found independently."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
import topohub

from sidr.model.fabric import Fabric
from sidr.model.faults import Change
from sidr.protocols.bgp import KIT, asn
from sidr.protocols.bgp.connections import Connections
from sidr.protocols.bgp.rib import Rib
from sidr.protocols.bgp.session import State
from sidr.sim.wire import Weather
from sidr.sim.world import World
from sidr.topology import from_networkx
from tests.protocols.bgp.lively import SECOND, lively, speakers, troubles
from tests.protocols.settled import (
    IRREGULAR,
    PARALLEL,
    SMALL,
    as_paths,
    fabric_of,
    fib_ports,
    shortest_paths,
    single_faults,
    strike,
    world_of,
)

ZOO = ("topozoo/Abilene", "topozoo/Heanet")
"""11 switches in a sparse mesh, 7 in a denser one."""
BACK_NS = 5 * SECOND


def any_fabric(spec: str) -> Fabric:
    """By its spec, or of the Topology Zoo by `topozoo/NAME`."""
    if not spec.startswith("topozoo/"):
        return fabric_of(spec)
    edges = topohub.get(spec)["edges"]
    return from_networkx(nx.Graph([(f"v{e['source']}", f"v{e['target']}") for e in edges]))


def sessions(world: World) -> int:
    """Ends of sessions that are established."""
    states = [state for speaker in speakers(world) for state in speaker.peers.states]
    return states.count(State.ESTABLISHED)


@pytest.mark.parametrize("spec", SMALL)
def test_after_every_single_fault_unique_numbers_rest_on_shortest_paths(spec: str) -> None:
    fabric = fabric_of(spec)
    for name, change in single_faults(fabric):
        world = strike(world_of(fabric, KIT), [change])
        assert fib_ports(world) == shortest_paths(fabric, [change]), name


@pytest.mark.parametrize("spec", SMALL)
def test_after_every_single_fault_rfc7938_numbers_rest_on_loop_free_paths(spec: str) -> None:
    fabric = fabric_of(spec)
    numbers = asn.numbers(fabric, "rfc7938")
    for name, change in single_faults(fabric):
        world = strike(world_of(fabric, KIT, asn="rfc7938"), [change])
        assert fib_ports(world) == as_paths(fabric, [change], numbers), name


def test_rfc7938_numbers_make_a_difference() -> None:
    fabric = fabric_of("fat-tree:k=4")
    numbers = asn.numbers(fabric, "rfc7938")
    differ = [
        name
        for name, change in single_faults(fabric)
        if as_paths(fabric, [change], numbers) != shortest_paths(fabric, [change])
    ]
    assert len(differ) > 10


def test_a_speaker_that_keeps_the_routes_of_a_dead_peer_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fabric = fabric_of(SMALL[1])
    _, change = next(single_faults(fabric))
    monkeypatch.setattr(Rib, "forget", lambda self, port: [])
    world = strike(world_of(fabric, KIT), [change])
    assert fib_ports(world) != shortest_paths(fabric, [change])


@pytest.mark.parametrize("numbering", asn.PLANS)
@pytest.mark.parametrize("spec", [*SMALL, PARALLEL, IRREGULAR, *ZOO])
def test_a_cold_start_reaches_the_converged_state(spec: str, numbering: str) -> None:
    fabric = any_fabric(spec)
    cold = world_of(fabric, KIT, cold=True, asn=numbering)
    warm = world_of(fabric, KIT, asn=numbering)
    assert [fib.tolist() for fib in cold.fibs.rows] == [fib.tolist() for fib in warm.fibs.rows]
    numbers = asn.numbers(fabric, numbering)
    assert fib_ports(warm) == as_paths(fabric, [], numbers) == shortest_paths(fabric, [])
    assert sessions(cold) == sessions(warm) == fabric.slots


@pytest.mark.parametrize("timers", ["rfc", "tuned", "tuned-no-queues"])
def test_a_cold_start_of_other_timers_arrives_too(timers: str) -> None:
    fabric = fabric_of(IRREGULAR)
    world = world_of(fabric, KIT, timers=timers, costs="linux-netns", cold=True)
    assert fib_ports(world) == shortest_paths(fabric, [])


@pytest.mark.parametrize("spec", SMALL)
def test_a_link_that_comes_back_restores_the_converged_state(spec: str) -> None:
    fabric = fabric_of(spec)
    _, down = next(single_faults(fabric))
    world = strike(world_of(fabric, KIT), [down, Change(BACK_NS, "link-up", down.id)])
    assert fib_ports(world) == shortest_paths(fabric, [])


@pytest.mark.parametrize("spec", [SMALL[1], PARALLEL, IRREGULAR])
def test_a_switch_that_dies_and_returns_restores_the_converged_state(spec: str) -> None:
    fabric = fabric_of(spec)
    for v in range(fabric.switches):
        changes = [Change(0, "switch-down", v), Change(BACK_NS, "switch-up", v)]
        world = strike(world_of(fabric, KIT), changes)
        assert fib_ports(world) == shortest_paths(fabric, []), fabric.names[v]


@pytest.mark.parametrize("v", [0, 5])
def test_a_switch_that_returns_before_anybody_has_noticed_loses_its_old_sessions(v: int) -> None:
    """Its peers hold sessions that it knows nothing of: they refuse its calls, until a keepalive
    of theirs is answered by a reset."""
    fabric = fabric_of(SMALL[1])
    changes = [Change(0, "switch-down", v), Change(100_000, "switch-up", v)]
    world = lively(fabric, changes, seconds=20)
    assert fib_ports(world) == shortest_paths(fabric, [])
    assert sessions(world) == fabric.slots


@pytest.mark.parametrize("timers", ["frr-datacenter", "frr-datacenter,bfd=300msx3"])
@pytest.mark.parametrize("end", ["near", "far"])
def test_a_link_with_a_silent_direction_is_not_used_until_it_speaks_again(
    timers: str, end: str
) -> None:
    fabric = fabric_of(SMALL[1])
    for link in (0, fabric.links - 1):
        down = Change(0, "silent-down", link, end=end)
        world = lively(fabric, [down], timers=timers, seconds=14)
        assert fib_ports(world) == shortest_paths(fabric, [Change(0, "link-down", link)])
        up = Change(14 * SECOND, "silent-up", link, end=end)
        world = lively(fabric, [down, up], timers=timers, seconds=30)
        assert fib_ports(world) == shortest_paths(fabric, [])


def test_a_withdraw_that_is_lost_is_repeated_and_the_session_stands() -> None:
    fabric = fabric_of(SMALL[1])
    lossy, cut = Change(0, "lossy-down", 0, end="far", loss_ratio=0.3), fabric.links - 4
    changes = [lossy, Change(SECOND, "link-down", cut)]
    assert fabric.link_name(0) == "leaf0--spine0"
    assert fabric.link_name(cut) == "leaf3--spine0"
    written = []
    for seed in range(12):
        world = lively(fabric, changes, seed=seed, seconds=8)
        assert fib_ports(world) == shortest_paths(fabric, changes[1:])
        assert sessions(world) == fabric.slots - 2
        assert world.writer.last_ns is not None
        written.append(world.writer.last_ns / 1e6 - 2_000)
    assert min(written) < 180, "most withdraws are not lost"
    assert 380 < max(written) < 1_700, "some are repeated after 215 ms, 430 ms, ..."


@pytest.mark.parametrize("timers", ["frr-datacenter", "rfc", "tuned,bfd=off"])
@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_it_comes_to_rest_on_shortest_paths(timers: str, seed: int) -> None:
    fabric = fabric_of(IRREGULAR)
    rng = np.random.default_rng(seed)
    cut = Change(150 * SECOND, "link-down", int(rng.integers(fabric.links)))
    changes = [*troubles(fabric, rng), cut]
    world = lively(fabric, changes, timers=timers, seed=seed, seconds=400)
    assert fib_ports(world) == shortest_paths(fabric, [cut])
    assert sessions(world) == fabric.slots - 2


BAD = Weather(loss=0.1, duplicate=0.1, late=0.2, late_ns=5_000_000)


@pytest.mark.parametrize("spec", [SMALL[0], PARALLEL, IRREGULAR])
def test_a_cold_start_in_bad_weather_arrives_too(spec: str) -> None:
    fabric = fabric_of(spec)
    world = lively(fabric, cold=True, weather=BAD, seconds=60)
    assert fib_ports(world) == shortest_paths(fabric, [])
    assert sessions(world) == fabric.slots


def test_speakers_without_retransmission_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    fabric = fabric_of(IRREGULAR)
    monkeypatch.setattr(Connections, "time_out", lambda self, port, number: [])
    world = lively(fabric, cold=True, weather=BAD, seconds=60)
    assert fib_ports(world) != shortest_paths(fabric, [])


def test_speakers_without_hold_timers_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    fabric = fabric_of(SMALL[1])
    monkeypatch.setattr("sidr.protocols.bgp.peers.Peers._expire", lambda self, port: [])
    world = lively(fabric, [Change(0, "silent-down", 0, end="far")], seconds=14)
    assert fib_ports(world) != shortest_paths(fabric, [Change(0, "link-down", 0)])

"""Where OSPF comes to rest: on the equal shortest paths of the surviving graph, by networkx."""

from __future__ import annotations

import pytest

from sidr.model.faults import Change
from sidr.protocols.ospf import KIT
from sidr.protocols.ospf.flood import Flood
from sidr.protocols.ospf.router import Router
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


@pytest.mark.parametrize("spec", [*SMALL, PARALLEL, IRREGULAR])
def test_a_cold_start_reaches_the_converged_state(spec: str) -> None:
    fabric = fabric_of(spec)
    cold = world_of(fabric, KIT, cold=True)
    warm = world_of(fabric, KIT)
    assert [fib.tolist() for fib in cold.fibs.rows] == [fib.tolist() for fib in warm.fibs.rows]
    assert fib_ports(warm) == shortest_paths(fabric, [])
    for a, b in zip(cold.cores, warm.cores, strict=True):
        assert isinstance(a, Router)
        assert isinstance(b, Router)
        links = [[lsa.links for lsa in core.lsdb.all()] for core in (a, b)]
        assert links[0] == links[1]


@pytest.mark.parametrize("spec", SMALL)
def test_a_link_that_comes_back_restores_the_converged_state(spec: str) -> None:
    fabric = fabric_of(spec)
    _, down = next(single_faults(fabric))
    up = Change(5_000_000_000, "link-up", down.id)
    world = strike(world_of(fabric, KIT), [down, up])
    assert fib_ports(world) == shortest_paths(fabric, [])

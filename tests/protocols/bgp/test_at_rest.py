"""Where BGP comes to rest: against shortest paths and AS-loop-free paths found independently."""

from __future__ import annotations

import pytest

from sidr.protocols.bgp import KIT, asn
from sidr.protocols.bgp.rib import Rib
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
@pytest.mark.parametrize("spec", [*SMALL, PARALLEL, IRREGULAR])
def test_a_cold_start_reaches_the_converged_state(spec: str, numbering: str) -> None:
    fabric = fabric_of(spec)
    cold = world_of(fabric, KIT, cold=True, asn=numbering)
    warm = world_of(fabric, KIT, asn=numbering)
    assert [fib.tolist() for fib in cold.fibs.rows] == [fib.tolist() for fib in warm.fibs.rows]
    numbers = asn.numbers(fabric, numbering)
    assert fib_ports(warm) == as_paths(fabric, [], numbers) == shortest_paths(fabric, [])


@pytest.mark.parametrize("spec", SMALL)
def test_a_link_that_comes_back_restores_the_converged_state(spec: str) -> None:
    fabric = fabric_of(spec)
    _, down = next(single_faults(fabric))
    up = type(down)(5_000_000_000, "link-up", down.id)
    world = strike(world_of(fabric, KIT), [down, up])
    assert fib_ports(world) == shortest_paths(fabric, [])

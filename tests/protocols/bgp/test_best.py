"""The kernel of best paths against networkx: lengths, ties, and AS numbers that repeat."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from sidr.model.fabric import Fabric
from sidr.protocols.bgp import asn
from sidr.protocols.bgp.best import best_ports
from tests.protocols.settled import IRREGULAR, PARALLEL, SMALL, as_paths, fabric_of, named


def solved(fabric: Fabric, numbers: list[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    groups, n = len(fabric.groups), fabric.switches
    depth, port = np.empty((groups, n), np.int16), np.empty((groups, n), np.int16)
    fib = np.zeros((groups, fabric.slots), np.uint8)
    wide = np.array(numbers, np.int64)
    best_ports(fabric.ptr, fabric.nbr, fabric.twin, wide, fabric.groups, depth, port, fib)
    return depth, port, fib


CLOS = "clos:pods=2,leaves=2,aggs=2,cores=4"


@pytest.mark.parametrize("numbering", asn.PLANS)
@pytest.mark.parametrize("spec", [*SMALL, PARALLEL, IRREGULAR, CLOS])
def test_members_are_those_of_the_slow_search(spec: str, numbering: str) -> None:
    fabric = fabric_of(spec)
    numbers = asn.numbers(fabric, numbering)
    _, port, fib = solved(fabric, numbers)
    found = {}
    for g, home in enumerate(fabric.groups.tolist()):
        for v in range(fabric.switches):
            slots = [e for e in fabric.ports(v) if fib[g, e]]
            if slots:
                links = [int(fabric.link[e]) for e in slots]
                found[fabric.names[v], fabric.names[home]] = named(fabric, links)
                assert port[g, v] == slots[0] - fabric.ptr[v], "the lowest of the tied is the best"
    assert found == as_paths(fabric, [], numbers)


def test_depths_are_hop_distances_with_unique_numbers() -> None:
    fabric = fabric_of(IRREGULAR)
    depth, port, _ = solved(fabric, asn.numbers(fabric, "unique"))
    graph = nx.Graph(zip(fabric.near.tolist(), fabric.far.tolist(), strict=True))
    for g, home in enumerate(fabric.groups.tolist()):
        hops = nx.single_source_shortest_path_length(graph, home)
        assert depth[g].tolist() == [hops[v] for v in range(fabric.switches)]
        assert port[g, home] == -1


def test_a_switch_whose_number_is_on_every_path_has_none() -> None:
    fabric = fabric_of("leaf-spine:leaves=2,spines=1")
    depth, port, fib = solved(fabric, [7, 7, 8])
    assert depth.tolist() == [[0, -1, 1], [-1, 0, 1]]
    assert port[0].tolist() == [-1, -1, 0]
    assert fib[0].tolist() == [0, 0, 1, 0]

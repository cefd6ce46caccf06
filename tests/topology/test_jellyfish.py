"""Random regular graphs: what they are, and that they never change."""

from __future__ import annotations

import hashlib
from itertools import islice

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidr.errors import TopologyError
from sidr.topology import fabric_hash, load, to_networkx
from sidr.topology.jellyfish import regular_graph, splitmix64


@st.composite
def sizes(draw: st.DrawFn) -> tuple[int, int]:
    switches = draw(st.integers(3, 40))
    degrees = [d for d in range(2, switches) if switches * d % 2 == 0]
    return switches, draw(st.sampled_from(degrees))


@given(sizes(), st.integers(0, 2**64 - 1))
def test_every_graph_is_regular_simple_and_connected(size: tuple[int, int], seed: int) -> None:
    switches, degree = size
    links = regular_graph(switches, degree, seed)
    graph = nx.Graph(links)
    assert len(links) == len(set(links)) == switches * degree // 2
    assert all(0 <= a < b < switches for a, b in links)
    assert links == sorted(links)
    assert set(dict(graph.degree).values()) == {degree}
    assert len(graph) == switches
    assert nx.is_connected(graph)


def test_the_generator_is_splitmix64() -> None:
    """The first numbers for seed 1234567, as published with other implementations."""
    assert list(islice(splitmix64(1234567), 5)) == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((40, 6, 1), "27bc9c77bb9d6a8f"),
        ((40, 6, 2), "6a437f6106fbf349"),
        ((30, 21, 1), "c2c5dfb687f6787f"),
        ((200, 3, 7), "2a3c1899d73081e0"),
    ],
    ids=str,
)
def test_a_graph_never_changes(size: tuple[int, int, int], expected: str) -> None:
    """Results name a fabric by its spec; a change here makes them say something else."""
    text = " ".join(f"{a}-{b}" for a, b in regular_graph(*size))
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == expected


def test_the_fabric_of_the_defaults_never_changes() -> None:
    expected = "bd371a4b5317063b5964db2b645a4d42765feed58edd1f56505e680de213006a"
    assert fabric_hash(load("jellyfish")) == expected
    assert fabric_hash(load("jellyfish:switches=40,degree=6,seed=1")) == expected


def test_every_cycle_of_five_is_drawn_about_equally_often() -> None:
    drawn = [tuple(regular_graph(5, 2, seed)) for seed in range(1200)]
    counts = np.array([drawn.count(cycle) for cycle in sorted(set(drawn))])
    assert len(counts) == 12
    assert (abs(counts - 100) < 40).all()


def test_every_switch_is_a_destination_with_hosts() -> None:
    made = load("jellyfish:switches=20,degree=9,seed=5,capacity=100G")
    assert (made.switches, made.links, made.tiered) == (20, 90, False)
    assert made.names[:2] == ("sw0", "sw1")
    assert made.groups.tolist() == list(range(20))
    assert made.hosts.tolist() == [2] * 20
    assert set(made.capacity_bps.tolist()) == {made.host_bps} == {100 * 10**9}
    assert nx.is_connected(to_networkx(made))


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("switches=15,degree=3", "15 switches x 3 links each is odd"),
        ("switches=6,degree=6", "6 neighbours among 6 switches (allowed: below 6)"),
        ("degree=1", "2..256"),
        ("seed=-1", "0..999999999"),
    ],
)
def test_what_no_graph_can_be_is_refused(spec: str, said: str) -> None:
    with pytest.raises(TopologyError) as caught:
        load(f"jellyfish:{spec}")
    (mistake,) = caught.value.mistakes
    assert said in str(mistake)


def test_both_mistakes_come_at_once() -> None:
    with pytest.raises(TopologyError) as caught:
        load("jellyfish:switches=5,degree=7")
    assert len(caught.value.mistakes) == 2

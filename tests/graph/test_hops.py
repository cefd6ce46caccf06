"""All-pairs kernels against networkx, which walks every shortest path."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pytest

from sidr.graph import csr, hops


@pytest.mark.parametrize("seed", range(6))
def test_diameter_and_worst_latency_are_those_of_all_shortest_paths(seed: int) -> None:
    graph = nx.gnm_random_graph(14, 22, seed=seed)
    ends = np.array(sorted(graph.edges), np.int32)
    made = csr.build(14, ends[:, 0], ends[:, 1], np.zeros(22, np.int32))
    price = np.random.default_rng(seed).integers(1, 1000, 22)
    of_pair = {tuple(pair): int(price[i]) for i, pair in enumerate(ends.tolist())}
    targets = [0, 3, 5, 8, 13]

    hop_counts = dict(nx.all_pairs_shortest_path_length(graph))
    assert hops.diameter(made.ptr, made.nbr) == max(max(d.values()) for d in hop_counts.values())

    worst = 0
    for a, b in itertools.permutations(targets, 2):
        if b in hop_counts[a]:
            for path in nx.all_shortest_paths(graph, a, b):
                steps = [tuple(sorted(step)) for step in itertools.pairwise(path)]
                worst = max(worst, sum(of_pair[step] for step in steps))
    cost = price[made.link].astype(np.int64)
    assert hops.latency_max(made.ptr, made.nbr, cost, np.array(targets, np.int32)) == worst


def test_a_lone_switch_has_no_diameter_and_no_latency() -> None:
    none = np.empty(0, np.int32)
    ptr = np.zeros(2, np.int64)
    assert hops.diameter(ptr, none) == 0
    assert hops.latency_max(ptr, none, np.empty(0, np.int64), np.zeros(1, np.int32)) == 0


def test_of_parallel_links_the_longer_one_counts() -> None:
    made = csr.build(2, *(np.array(x, np.int32) for x in ([0, 0], [1, 1], [0, 1])))
    cost = np.array([5, 9], np.int64)[made.link]
    assert hops.latency_max(made.ptr, made.nbr, cost, np.arange(2, dtype=np.int32)) == 9

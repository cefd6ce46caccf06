"""Next hops, siblings, detours, weights and classes: every cell against the definition."""

from __future__ import annotations

import importlib.resources
from fractions import Fraction

import networkx as nx
import numpy as np
import pytest
import topohub
import topohub.data
from hypothesis import given, settings
from hypothesis import strategies as st

from sidr.graph import masks
from sidr.topology import load
from tests.graph.oracle import is_tie, multigraph, octet, of_fabric, weights
from tests.graph.solved import Solved, cells_of, csr_of, solve, wrong

SWITCHES_MAX = 500
"""Zoo graphs beyond this are left out: the oracle searches once per port."""
SPEEDS_BPS = [100 * 10**9, 200 * 10**9, 400 * 10**9, 25 * 10**9, 40 * 10**9]


@st.composite
def connected(draw: st.DrawFn, switches: int = 9, chords: int = 14) -> nx.MultiGraph:
    """A random tree with random chords, parallel ones among them; bridges are common."""
    n = draw(st.integers(2, switches))
    tree = [(draw(st.integers(0, v - 1)), v) for v in range(1, n)]
    number = st.integers(0, n - 1)
    ends = st.tuples(number, number).filter(lambda pair: pair[0] != pair[1])
    links = tree + draw(st.lists(ends, max_size=chords))
    speeds = st.lists(st.sampled_from(SPEEDS_BPS), min_size=len(links), max_size=len(links))
    return multigraph(n, links, draw(speeds))


def large(n: int, chords: int, seed: int) -> nx.MultiGraph:
    """A connected random multigraph of n switches."""
    rng = np.random.default_rng(seed)
    tree = [(int(rng.integers(0, v)), v) for v in range(1, n)]
    extra = [tuple(rng.choice(n, 2, replace=False).tolist()) for _ in range(chords)]
    return multigraph(n, tree + extra, rng.choice(SPEEDS_BPS, n - 1 + chords).tolist())


def zoo(name: str) -> nx.MultiGraph:
    """A Topology Zoo graph, its nodes numbered from 0."""
    ends = [(edge["source"], edge["target"]) for edge in topohub.get(f"topozoo/{name}")["edges"]]
    number = {node: i for i, node in enumerate(sorted({v for pair in ends for v in pair}))}
    return multigraph(len(number), [(number[a], number[b]) for a, b in ends])


def zoo_names() -> list[str]:
    folder = importlib.resources.files(topohub.data) / "topozoo"
    return sorted(entry.name.removesuffix(".json") for entry in folder.iterdir())


def octets(solved: Solved) -> np.ndarray:
    """uint8[g, E]: the weights that the kernel writes."""
    made = solved.made
    out = np.zeros((len(solved.dests), len(made.nbr)), np.uint8)
    arrays = (made.ptr, made.nbr, made.twin, solved.cap, solved.prim, solved.dist, solved.dests)
    even = masks.weights(*arrays, out)
    assert masks.weights(*arrays, np.empty((0, 0), np.uint8)) == even
    assert even == (not (set(np.unique(out).tolist()) - {0, 255}))
    return out


def weight_pairs(graph: nx.MultiGraph) -> list[tuple[Fraction, int]]:
    """(exact share of the largest, octet written) of all next hops; all other rows are zero."""
    solved = solve(graph, range(len(graph)))
    out, ptr = octets(solved), solved.made.ptr
    found = []
    for (v, d), exact in weights(graph, range(len(graph))).items():
        row = out[d, ptr[v] : ptr[v + 1]].tolist()
        found += [(share, row[port]) for port, share in exact.items()]
    assert len(found) == np.count_nonzero(out)
    return found


@settings(max_examples=150, deadline=None)
@given(connected())
def test_every_cell_of_a_random_multigraph_is_as_defined(graph: nx.MultiGraph) -> None:
    assert list(wrong(graph, range(len(graph)))) == []


@pytest.mark.parametrize("seed", range(3))
def test_every_cell_is_as_defined_beyond_one_word_and_for_destinations_in_any_order(
    seed: int,
) -> None:
    graph = large(90, 25 + 60 * seed, seed)
    dests = np.random.default_rng(seed).permutation(90)[:70].tolist()
    assert list(wrong(graph, dests)) == []


@pytest.mark.parametrize(
    "spec",
    [
        "topologies/ring-7.yaml",
        "fat-tree:k=4",
        "leaf-spine:leaves=3,spines=2,parallel=3",
        "clos:pods=2,leaves=3,aggs=2,cores=4",
    ],
)
def test_every_cell_of_a_fabric_is_as_defined(spec: str) -> None:
    fabric = load(spec)
    assert list(wrong(of_fabric(fabric), fabric.groups.tolist())) == []


@pytest.mark.parametrize("name", ["Abilene", "Nsfnet", "Garr199901", "Renater1999", "AttMpls"])
def test_every_cell_of_a_small_zoo_graph_is_as_defined(name: str) -> None:
    graph = zoo(name)
    assert list(wrong(graph, range(len(graph)))) == []


@pytest.mark.slow
def test_every_cell_of_the_topology_zoo_is_as_defined() -> None:
    seen = 0
    for name in zoo_names():
        graph = zoo(name)
        if len(graph) <= SWITCHES_MAX and nx.is_connected(graph):
            seen += 1
            assert list(wrong(graph, range(len(graph)))) == [], name
    assert seen > 150


@pytest.mark.parametrize(
    "graph",
    [multigraph(7, [(v, (v + 1) % 7) for v in range(7)]), zoo("Nsfnet"), large(30, 12, 1)],
    ids=["ring", "zoo", "random"],
)
def test_without_the_fallback_irregular_graphs_lack_detours(graph: nx.MultiGraph) -> None:
    every = range(len(graph))
    assert list(wrong(graph, every, fallback=False)) != []
    before, after = (cells_of(solve(graph, every, fallback=x)) for x in (False, True))
    changed = {cell for cell in before if before[cell] != after[cell]}
    assert changed <= {cell for cell in before if before[cell].need}
    assert all(before[cell].b1 == 0 for cell in changed)


def test_the_fallback_finds_nothing_for_a_switch_behind_bridges() -> None:
    graph = multigraph(4, [(0, 1), (1, 2), (2, 3)])
    found = cells_of(solve(graph, range(4)))
    assert all(cell.unprotected and cell.b1 == 0 for cell in found.values())
    inner = [(1, 0), (2, 0), (2, 1), (1, 2), (1, 3), (2, 3)]
    assert [vd for vd, cell in found.items() if cell.need] == inner


def test_unprotected_cells_are_those_before_the_fallback() -> None:
    graph = multigraph(5, [(0, 1), (1, 2), (2, 3), (3, 4), (4, 0)])
    nearest = cells_of(solve(graph, [0]))[1, 0]
    assert nearest.b1 != 0  # the long way round, by the fallback
    assert nearest.unprotected


def test_parallel_ports_are_one_next_hop_and_share_every_mask() -> None:
    graph = multigraph(3, [(0, 1), (0, 1), (1, 2), (2, 0), (2, 0), (2, 0)])
    solved = solve(graph, [0])
    found = cells_of(solved)
    assert found[1, 0][:3] == (0b011, 0b000, 0b100)
    assert found[2, 0][:3] == (0b0111, 0b1000, 0b1000)
    two = masks.two_next_hops(solved.made.ptr, solved.made.nbr, solved.prim)
    assert not two.any()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_distances_are_hops_and_minus_one_in_other_parts(data: st.DataObject) -> None:
    left, right = data.draw(connected()), data.draw(connected())
    graph = nx.disjoint_union(left, right)
    made, _ = csr_of(graph)
    dests = np.arange(len(graph), dtype=np.int32)
    hops, dist = masks.levels(made.ptr, made.nbr, dests, 1)
    expected = dict(nx.all_pairs_shortest_path_length(graph))
    assert dist.tolist() == [[expected[v].get(d, -1) for v in graph] for d in graph]
    closer = dist[:, made.nbr] == dist[:, made.src] - 1
    assert ((hops[:, 0] >> dests[:, None].astype(np.uint64)) & np.uint64(1) == closer).all()


def test_an_own_group_is_a_bit_at_its_switch_only() -> None:
    own = masks.own_groups(200, np.arange(100, 200, dtype=np.int32), 2)
    assert not own[:100].any()
    assert [int(own[100 + j, j // 64]) for j in range(100)] == [1 << j % 64 for j in range(100)]
    assert np.count_nonzero(own) == 100


@settings(max_examples=100, deadline=None)
@given(connected())
def test_weights_are_the_exact_fractions_rounded(graph: nx.MultiGraph) -> None:
    for share, written in weight_pairs(graph):
        assert written == octet(share) or is_tie(share), (share, written)


@settings(max_examples=100, deadline=None)
@given(connected())
def test_a_weight_exactly_between_two_numbers_is_rounded_up(graph: nx.MultiGraph) -> None:
    for share, written in weight_pairs(graph):
        assert written == octet(share), (share, written)


def test_a_sixth_is_43_of_255() -> None:
    # 42.5; leaves 1..5 reach leaf 0 by spine 6 (1 of speed 1 among 5) or spine 7 (6 among 15)
    links = [(leaf, spine) for leaf in range(6) for spine in (6, 7)]
    solved = solve(multigraph(8, links, [1, 6] + [1, 3] * 5), [0])
    ptr = solved.made.ptr
    assert octets(solved)[0, ptr[1] : ptr[2]].tolist() == [43, 255]


def test_the_denominator_counts_every_port_that_leads_to_a_switch() -> None:
    # leaves 0..3, spines 4 and 5; leaf 0 has lost one of its two links to spine 4
    links = [(leaf, spine) for leaf in range(4) for spine in (4, 4, 5, 5)][1:]
    solved = solve(multigraph(6, links), [0])
    ptr, out = solved.made.ptr, octets(solved)
    # spine 4 spreads 1 over 6 ports, spine 5 spreads 2 over 6: 1/6 against 1/3
    assert out[0, ptr[1] : ptr[2]].tolist() == [128, 128, 255, 255]


def test_weights_follow_spine_speeds() -> None:
    links = [(leaf, 3 + spine) for leaf in range(3) for spine in range(4)]
    solved = solve(multigraph(7, links, [4, 4, 1, 1] * 3), [0])
    ptr, out = solved.made.ptr, octets(solved)
    assert out[0, ptr[1] : ptr[2]].tolist() == [255, 255, 64, 64]  # 255 / 4 = 63.75
    assert out[0, ptr[3] : ptr[4]].tolist() == [255, 0, 0]  # spine 3 goes straight down


def test_a_next_hop_never_weighs_nothing() -> None:
    links = [(0, 1), (0, 2), (3, 1), (3, 2)]
    solved = solve(multigraph(4, links, [1, 10_000, 1, 10_000]), [0])
    ptr = solved.made.ptr
    assert octets(solved)[0, ptr[3] : ptr[4]].tolist() == [1, 255]


@pytest.mark.parametrize("ports", [3, 64, 70])
@pytest.mark.parametrize("weighted", [False, True])
def test_classes_number_distinct_cells_in_order_of_first_use(ports: int, weighted: bool) -> None:
    rng = np.random.default_rng(ports)
    groups, lo, hi = 130, 5, 5 + ports
    # four layers of two versions each, which differ at the last port only: 16 classes
    pairs = rng.integers(0, 256, (4, 2, hi)).astype(np.uint8)
    pairs[:, 1] = pairs[:, 0]
    pairs[:, 1, -1] ^= 1
    chosen = rng.integers(0, 2, (4, groups))
    *columns, w0 = (pair[pick] for pair, pick in zip(pairs, chosen, strict=True))
    columns = [column % 2 == 1 for column in columns]
    prim, sib, b1 = (_words(column.T) for column in columns)
    given_w0 = w0 if weighted else np.empty((0, 0), np.uint8)
    third = -(-ports // 64)
    cells = np.zeros((groups, 3 * third), np.uint64)
    number, first = np.empty(groups, np.int32), np.empty(groups, np.int32)
    count = masks.classes(lo, hi, prim, sib, b1, given_w0, cells, number, first)

    contents = [
        (
            *(column[j, lo:].tobytes() for column in columns),
            w0[j, lo:].tobytes() if weighted else b"",
        )
        for j in range(groups)
    ]
    order = list(dict.fromkeys(contents))
    assert len(order) == (16 if weighted else 8)
    assert number.tolist() == [order.index(content) for content in contents]
    assert first[:count].tolist() == [contents.index(content) for content in order]
    for k, column in enumerate(columns):
        octets_ = cells[:, k * third : (k + 1) * third].astype("<u8").view(np.uint8)
        expected = np.packbits(column[:, lo:], axis=1, bitorder="little")
        assert (octets_[:, : expected.shape[1]] == expected).all()
        assert not octets_[:, expected.shape[1] :].any()


def _words(rows: np.ndarray) -> np.ndarray:
    """bool[rows, columns] -> uint64[rows, W]."""
    columns = rows.shape[1]
    padded = np.pad(rows, ((0, 0), (0, -columns % 64)))
    octets_ = np.ascontiguousarray(np.packbits(padded, axis=1, bitorder="little"))
    return octets_.view("<u8").astype(np.uint64)


def _count(words: np.ndarray) -> int:
    return int.from_bytes(words.tobytes(), "little").bit_count()


@pytest.mark.slow
def test_the_64_port_fat_tree_has_the_published_totals_and_no_cell_without_detour() -> None:
    fabric = load("fat-tree:k=64")
    words = len(fabric.groups) // 64
    prim, _ = masks.levels(fabric.ptr, fabric.nbr, fabric.groups, words)
    own = masks.own_groups(fabric.switches, fabric.groups, words)
    sib, b1, need, unprotected = masks.detours(fabric.ptr, fabric.nbr, fabric.twin, prim, own)
    two = masks.two_next_hops(fabric.ptr, fabric.nbr, prim)
    assert (_count(prim), _count(b1), _count(sib)) == (268_435_456, 266_272_768, 0)
    assert _count(~own & ~two) == 2_162_688
    assert not need.any()
    assert not unprotected.any()

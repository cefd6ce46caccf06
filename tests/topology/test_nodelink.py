"""Node-link JSON, ours and foreign."""

from __future__ import annotations

import json
from pathlib import Path

import networkx as nx
import pytest

from sidr.errors import TopologyError
from sidr.topology import fabric_hash, from_networkx, load, save
from sidr.topology.nodelink import clean_name, to_nodelink

SPECS = ["leaf-spine:parallel=2", "10p10u:size=small", "topologies/ring-7.yaml"]


@pytest.mark.parametrize("spec", SPECS)
def test_the_hash_survives_the_file(spec: str, tmp_path: Path) -> None:
    made = load(spec)
    assert save(made, tmp_path / "f.json") == []
    assert fabric_hash(load(f"{tmp_path}/f.json")) == fabric_hash(made)


@pytest.mark.parametrize("spec", SPECS)
def test_networkx_reads_what_we_write_and_we_read_what_it_writes(spec: str) -> None:
    made = load(spec)
    graph = nx.node_link_graph(to_nodelink(made), edges="edges")
    assert (graph.number_of_nodes(), graph.number_of_edges()) == (made.switches, made.links)
    assert fabric_hash(from_networkx(graph)) == fabric_hash(made)


@pytest.mark.parametrize("edges", ["edges", "links"])
def test_a_foreign_file_is_read_and_its_own_attributes_ignored(edges: str, tmp_path: Path) -> None:
    graph = nx.path_graph(3)
    graph.nodes[1]["pos"] = [1, 2]
    graph.edges[0, 1]["weight"] = 7
    graph.edges[0, 1]["capacity"] = "10G"
    (tmp_path / "f.json").write_text(json.dumps(nx.node_link_data(graph, edges=edges)))
    made = load(f"{tmp_path}/f.json")
    assert made.names == ("0", "1", "2")
    assert made.capacity_bps.tolist() == [10 * 10**9, 400 * 10**9]


def test_mistakes_name_line_and_key_in_the_words_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "f.json"
    path.write_text(
        '{"graph": {"host_rate": "x"},\n"nodes": [\n{"id": "a", "hosts": -1},\n{"id": "a"},\n'
        '{"tier": null}],\n"edges": [\n{"source": "a", "target": "b"},\n'
        '{"source": "a", "target": "a"}]}'
    )
    with pytest.raises(TopologyError) as caught:
        load(str(path))
    assert [m.where.removeprefix(f"{path}:") for m in caught.value.mistakes] == [
        "1:graph.host_rate",
        "3:nodes[0].hosts",
        "4:nodes[1].id",
        "5:nodes[2].id",
        "7:edges[0].target",
        "8:edges[1].target",
    ]


def test_a_directed_graph_is_refused(tmp_path: Path) -> None:
    (tmp_path / "f.json").write_text('{"directed": true, "nodes": [{"id": 1}], "edges": []}')
    with pytest.raises(TopologyError, match="a directed graph"):
        load(f"{tmp_path}/f.json")


@pytest.mark.parametrize(
    ("node", "name"),
    [
        ("New York", "New-York"),
        ("St. Louis", "St.-Louis"),
        (("a", 1), "a-1"),
        ("a--b", "a-b"),
        (3, "3"),
    ],
)
def test_foreign_names_lose_what_ours_cannot_hold(node: object, name: str) -> None:
    assert clean_name(node) == name

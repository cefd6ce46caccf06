"""NetworkX node-link JSON, in and out, and the translation between its words and ours.

Node `id` is our name, edge `source` and `target` are our a and b; other attributes have the names
of the native format (not `radix`, nor `a_port` and `b_port`: an undirected edge has no first end).
Attributes that we do not know are ignored on reading: such files belong to others. Directed graphs
are refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping

from sidr.errors import Mistake, TopologyError
from sidr.model.fabric import Fabric
from sidr.topology import marks
from sidr.topology.document import Locate, from_document, key_text, to_document
from sidr.topology.marks import Path

GRAPH_KEYS = ("host_rate", "links_per_host", "trunk")
NODE_KEYS = ("tier", "pod", "plane", "site", "hosts")
EDGE_KEYS = ("rank", "capacity", "length_m", "medium", "srlgs")
ENDS = {"a": "source", "b": "target"}


def read_nodelink(data: object, text: str, file: str, label: str) -> Fabric:
    """The fabric in a node-link file.

    Args:
        data: what `marks.read` made of `text`; file: names the file in mistakes.

    Raises:
        TopologyError: with every mistake as file:line:key.
    """

    def locate(paths: Collection[Path]) -> Mapping[Path, str]:
        lines = marks.lines(text, paths)
        return {path: f"{file}:{line}:{key_text(path)}" for path, line in lines.items()}

    return from_nodelink(data, label, locate)


def from_nodelink(data: object, label: str, locate: Locate | None = None) -> Fabric:
    """The fabric of a node-link mapping; `edges` may also be called `links`."""
    document, edges_key = _document(data, label)

    def translated(paths: Collection[Path]) -> Mapping[Path, str]:
        theirs = {path: _their_path(path, edges_key) for path in paths}
        if locate is None:
            return {path: f"{label}:{key_text(their)}" for path, their in theirs.items()}
        places = locate(list(theirs.values()))
        return {path: places[their] for path, their in theirs.items()}

    return from_document(document, label, translated)


def to_nodelink(fabric: Fabric) -> dict[str, object]:
    """The node-link mapping of a fabric, as `networkx.node_link_graph(data, edges="edges")` reads
    it: an undirected multigraph, keys = ranks."""
    document = to_document(fabric)
    switches, links = document["switches"], document["links"]
    assert isinstance(switches, list)
    assert isinstance(links, list)
    nodes = [
        {"id": s["name"]} | {key: s[key] for key in NODE_KEYS if s[key] is not None}
        for s in switches
    ]
    edges = [
        {"source": k["a"], "target": k["b"], "key": k["rank"]}
        | {key: k[key] for key in EDGE_KEYS if k[key] != []}
        for k in links
    ]
    return {
        "directed": False,
        "multigraph": True,
        "graph": {key: document[key] for key in GRAPH_KEYS},
        "nodes": nodes,
        "edges": edges,
    }


def write_nodelink(fabric: Fabric) -> str:
    """Node-link JSON, one node or edge per line."""
    data = to_nodelink(fabric)
    parts = []
    for key, value in data.items():
        if isinstance(value, list):
            rows = ",\n  ".join(json.dumps(entry) for entry in value)
            parts.append(f'"{key}": [\n  {rows}\n]' if value else f'"{key}": []')
        else:
            parts.append(f'"{key}": {json.dumps(value)}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def clean_name(node: object) -> str:
    """A switch name for any node: what names cannot hold becomes a single dash."""
    return re.sub(r"[^A-Za-z0-9._]+", "-", str(node))[:64].strip("-.")


def _document(data: object, label: str) -> tuple[dict[str, object], str]:
    """Their mapping as a native document, and what they call edges."""
    if not isinstance(data, Mapping):
        raise TopologyError.one(label, "is no mapping", allowed="node-link data")
    if data.get("directed") is True:
        fix = "give the undirected graph"
        raise TopologyError([Mistake(label, "a directed graph", "an undirected graph", fix=fix)])
    edges_key = "edges" if "edges" in data else "links"
    graph = data.get("graph")
    document: dict[str, object] = _picked(graph, GRAPH_KEYS) if isinstance(graph, Mapping) else {}
    document["switches"] = _translated(data.get("nodes", []), {"name": "id"}, NODE_KEYS)
    document["links"] = _translated(data.get(edges_key, []), ENDS, EDGE_KEYS)
    return document, edges_key


def _translated(entries: object, names: Mapping[str, str], keys: tuple[str, ...]) -> object:
    if not isinstance(entries, list):
        return entries
    return [
        {ours: clean_name(entry[their]) for ours, their in names.items() if their in entry}
        | _picked(entry, keys)
        if isinstance(entry, Mapping)
        else entry
        for entry in entries
    ]


def _picked(entry: Mapping[str, object], keys: tuple[str, ...]) -> dict[str, object]:
    return {key: entry[key] for key in keys if key in entry}


def _their_path(path: Path, edges_key: str) -> Path:
    if path and path[0] in GRAPH_KEYS:
        return ("graph", *path)
    if path and path[0] == "switches":
        return ("nodes", *("id" if key == "name" else key for key in path[1:]))
    if path and path[0] == "links":
        return (edges_key, *(ENDS.get(str(key), key) for key in path[1:]))
    return path

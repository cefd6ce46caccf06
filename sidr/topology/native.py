"""The native fabric format: YAML (or the same as JSON) with one line per switch and link.

    host_rate: 400G
    trunk: 8                 # links per connector, or none
    defaults: {capacity: 400G, length_m: 20, medium: optical}
    switches:
      - {name: leaf0, tier: 0, hosts: 4, radix: 32}
      - {name: spine0, tier: 1}
    links:
      - {a: leaf0, b: spine0, a_port: Ethernet1/1, b_port: 7, length_m: 30, srlgs: [duct-a]}

Which fields exist is in `schema`; what must hold between them in `consistency`. `radix` and the
ports only serve that check: a Fabric does not keep them, so they are not written either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from sidr.model.fabric import Fabric
from sidr.topology import marks
from sidr.topology.document import from_document, key_text, to_document
from sidr.topology.marks import Path

SHARED = ("capacity", "length_m", "medium")
"""Link fields whose commonest value moves into `defaults`."""


def read_native(data: object, text: str, file: str, label: str) -> Fabric:
    """The fabric in a native file.

    Args:
        data: what `marks.read` made of `text`; file: names the file in mistakes.

    Raises:
        TopologyError: with every mistake as file:line:key.
    """

    def locate(paths: Collection[Path]) -> Mapping[Path, str]:
        lines = marks.lines(text, paths)
        return {path: f"{file}:{line}:{key_text(path)}" for path, line in lines.items()}

    return from_document(data, label, locate)


def write_native(fabric: Fabric) -> str:
    """The native YAML of a fabric; fields that equal their default are left out."""
    document = to_document(fabric)
    switches, links = document["switches"], document["links"]
    assert isinstance(switches, list)
    assert isinstance(links, list)
    defaults = {
        key: Counter(link[key] for link in links).most_common(1)[0][0] for key in SHARED if links
    }
    for switch in switches:
        switch["plane"] = switch["plane"] or None
        if switch["tier"]:
            switch["hosts"] = switch["hosts"] or None
    for link in links:
        link["rank"] = link["rank"] or None
        link.update({key: None for key in defaults if link[key] == defaults[key]})
    head = [f"{key}: {document[key]}" for key in ("host_rate", "links_per_host", "trunk")]
    if defaults:
        head.append(f"defaults: {_flow(defaults)}")
    return "\n".join([*head, *_listed("switches", switches), *_listed("links", links), ""])


def _listed(key: str, entries: list[dict[str, object]]) -> list[str]:
    return [f"{key}:" if entries else f"{key}: []", *(f"  - {_flow(entry)}" for entry in entries)]


def _flow(entry: Mapping[str, object]) -> str:
    """`{key: value, ...}` without what is None or empty."""
    shown = (f"{key}: {_value(v)}" for key, v in entry.items() if v is not None and v != [])
    return "{" + ", ".join(shown) + "}"


def _value(value: object) -> str:
    """YAML for a number, a name (in quotes where it would not read as text) or a list of names."""
    if isinstance(value, list):
        return "[" + ", ".join(_value(inner) for inner in value) + "]"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, str) and not isinstance(marks.scalar(value), str):
        return f'"{value}"'
    return str(value)

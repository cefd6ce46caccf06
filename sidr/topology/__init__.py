"""Fabrics from parameters or files, and back: kinds, specs, the native format, node-link JSON.

Every way in ends in `build.fabric`, which numbers switches, links and ports canonically. What a
fabric's arrays mean is in `model.fabric`; what routing makes of it is in the rooms above.
To add a kind, do: a line in `kinds.KINDS` and a builder that returns columns; from another package,
an entry point of the group `sidr.topologies` (`registry`). To add a file format, do: a line in
`files.FORMATS` with its reader and writer.
"""

from sidr.topology.border import from_networkx, to_networkx
from sidr.topology.build import fabric, restrict
from sidr.topology.digest import fabric_hash
from sidr.topology.facts import facts
from sidr.topology.files import save
from sidr.topology.registry import kinds
from sidr.topology.spec import load

__all__ = [
    "fabric",
    "fabric_hash",
    "facts",
    "from_networkx",
    "kinds",
    "load",
    "restrict",
    "save",
    "to_networkx",
]

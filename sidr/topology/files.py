"""Fabric files: which formats exist, reading any of them, writing one atomically."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sidr.errors import Mistake, TopologyError, nearest, unknown
from sidr.model.fabric import Fabric
from sidr.topology import marks
from sidr.topology.document import checked_only
from sidr.topology.native import read_native, write_native
from sidr.topology.nodelink import read_nodelink, write_nodelink

SUFFIXES = (".yaml", ".yml", ".json")
"""A spec that ends so is a path."""
BYTES_MAX = 256 * 2**20
"""Largest file that is read; a fabric of 131,072 links takes about 10 MB."""


@dataclass(frozen=True, slots=True)
class Format:
    """A file format.

    Attributes:
        summary: one line for people; suffixes: it is written to these unless said otherwise.
        marker: the top-level key by which a file of this format is known.
        read: (data, text, file name for mistakes, label) -> Fabric.
        write: Fabric -> text; loses: native fields that it cannot carry.
    """

    summary: str
    suffixes: tuple[str, ...]
    marker: str
    read: Callable[[object, str, str, str], Fabric]
    write: Callable[[Fabric], str]
    loses: tuple[str, ...] = ()


FORMATS: Mapping[str, Format] = {
    "native": Format(
        "YAML, one line per switch and link",
        (".yaml", ".yml"),
        "switches",
        read_native,
        write_native,
    ),
    "node-link": Format(
        "NetworkX node-link JSON", (".json",), "nodes", read_nodelink, write_nodelink
    ),
}
"""All formats by name."""


def read(path: Path, label: str) -> Fabric:
    """The fabric in a file of any format; the format shows in its keys.

    Raises:
        TopologyError: a file that cannot be read, or with every mistake in it.
    """
    text = _text(path)
    data = marks.read(text, str(path))
    if not isinstance(data, dict):
        markers = " or ".join(f"{form.marker}:" for form in FORMATS.values())
        found = "is empty" if data is None else "is no mapping"
        raise TopologyError.one(str(path), found, allowed=f"a mapping with {markers}")
    chosen = next((f for f in FORMATS.values() if f.marker in data), FORMATS["native"])
    return chosen.read(data, text, str(path), label)


def not_kept(path: Path) -> list[str]:
    """Fields of a readable file that its Fabric does not keep (see `document.CHECKED_ONLY`)."""
    return checked_only(marks.read(_text(path), str(path)))


def save(fabric: Fabric, path: Path | str, format: str = "") -> list[str]:
    """Write a fabric to a file, beside it first and then in one step over what was there.

    Args:
        format: a name in FORMATS; "" = by the suffix of the path.

    Returns:
        The fields that this format cannot carry; empty = nothing is lost.

    Raises:
        TopologyError: an unknown format or suffix, or a place that cannot be written.
    """
    path = Path(path)
    chosen = FORMATS[format_of(path, format)]
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        beside.write_text(chosen.write(fabric), encoding="utf-8")
        os.replace(beside, path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise TopologyError.one(str(path), f"cannot be written: {error.strerror}") from error
    return list(chosen.loses)


def format_of(path: Path, format: str = "") -> str:
    """The name of the format to write: as given, else by suffix."""
    if format:
        if format not in FORMATS:
            raise TopologyError([unknown("format", "format", format, FORMATS)])
        return format
    for name, form in FORMATS.items():
        if path.suffix in form.suffixes:
            return name
    fix = f"name the format: {', '.join(FORMATS)}"
    raise TopologyError.one(str(path), f"suffix {path.suffix!r} names no format", fix=fix)


def _text(path: Path) -> str:
    try:
        size = path.stat().st_size
        if size > BYTES_MAX:
            raise TopologyError.one(str(path), f"{size} bytes", allowed=f"at most {BYTES_MAX}")
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        beside = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        close = nearest(path.name, sorted(beside))
        raise TopologyError([Mistake(str(path), "no such file", nearest=close)]) from error
    except OSError as error:
        raise TopologyError.one(str(path), f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        found = f"byte {error.start} is not UTF-8"
        raise TopologyError.one(str(path), found, allowed="text in UTF-8") from error

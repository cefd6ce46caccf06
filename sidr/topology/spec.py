"""Reads a spec: `KIND:key=value,...`, `file:PATH`, or the plain path of a fabric file.

The door of the room: `load` is what every command calls with the user's text.
"""

from __future__ import annotations

from pathlib import Path

from sidr.errors import Mistake, SidrError, TopologyError, nearest, unknown
from sidr.model.fabric import Fabric
from sidr.model.units import rate_bps
from sidr.topology import files, registry
from sidr.topology.kinds import Kind, Parameter


def load(spec: str) -> Fabric:
    """The fabric that a spec describes; its label is the spec.

    Args:
        spec: `leaf-spine:leaves=4,spines=2`, `10p10u` (all defaults), `file:PATH`, or a path that
            ends in .yaml, .yml or .json.

    Raises:
        TopologyError: with every mistake of the spec or the file.
    """
    spec = spec.strip()
    path = path_of(spec)
    if path is not None:
        return files.read(path, spec)
    name, _, arguments = spec.partition(":")
    kind = registry.kind(name)
    if kind is None:
        raise TopologyError([_unknown_kind(spec, name)])
    mistakes: list[Mistake] = []
    values = _values(kind, spec, arguments, mistakes)
    if mistakes:
        raise TopologyError(mistakes)
    return kind.build(spec, values)


def path_of(spec: str) -> Path | None:
    """The file that a spec names; None when it names a kind."""
    spec = spec.strip()
    if spec.startswith("file:"):
        return Path(spec.removeprefix("file:"))
    return Path(spec) if Path(spec).suffix in files.SUFFIXES else None


def _unknown_kind(spec: str, name: str) -> Mistake:
    mistake = unknown(spec or "spec", "kind of fabric", name, [*registry.names(), "file"])
    fix = "a file is written file:PATH" if Path(spec).exists() and spec else ""
    return Mistake(mistake.where, mistake.found, mistake.allowed, mistake.nearest, fix)


def _values(kind: Kind, spec: str, arguments: str, mistakes: list[Mistake]) -> dict[str, int]:
    """A value for every parameter of the kind; what is wrong is appended to `mistakes`."""
    values = {key: _value(p, p.default, key, mistakes) for key, p in kind.parameters.items()}
    given: set[str] = set()
    for part in arguments.split(",") if arguments.strip() else ():
        key, equals, text = (piece.strip() for piece in part.partition("="))
        where = f"{spec}: {key}" if key else spec
        if not equals:
            mistakes.append(_no_value(where, key, kind))
        elif key not in kind.parameters:
            mistakes.append(unknown(where, f"parameter of {kind.name}", key, kind.parameters))
        elif key in given:
            mistakes.append(Mistake(where, "given twice", "once"))
        else:
            given.add(key)
            values[key] = _value(kind.parameters[key], text or " ", where, mistakes)
    return values


def _no_value(where: str, key: str, kind: Kind) -> Mistake:
    found = f"{key!r} has no value" if key else "an empty parameter"
    close = nearest(key, kind.parameters)
    return Mistake(where, found, "key=value,...", "" if key in kind.parameters else close)


def _value(parameter: Parameter, text: str, where: str, mistakes: list[Mistake]) -> int:
    """The integer that `text` stands for; 0 after a mistake."""
    if text == "":
        return 0
    if parameter.form == "rate":
        try:
            return rate_bps(text, where)
        except SidrError as error:
            mistakes.extend(error.mistakes)
            return 0
    if parameter.form == "choice":
        if text in parameter.choices:
            return parameter.choices.index(text)
        mistakes.append(unknown(where, "value", text, parameter.choices))
        return 0
    if parameter.form == "trunk" and text == "none":
        return 0
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
    if number is None or not parameter.low <= number <= parameter.high:
        what = "is no whole number" if number is None else "is out of range"
        mistakes.append(Mistake(where, f"{text.strip()!r} {what}", parameter.allowed))
        return 0
    return number

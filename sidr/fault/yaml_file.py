"""Reads a YAML file of people into items that know their line, and refuses what could explode.

Only mappings, lists and plain scalars: no aliases, no tags that build objects, no deep nesting.
What the file means is `scenario`'s business.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from sidr.errors import FaultError, Mistake

BYTES_MAX = 64 * 2**20
"""An exact schedule takes about 300 bytes a trial; more than this is no scenario."""
DEPTH_MAX = 8


class Item(Struct, frozen=True):
    """A value of the file: a mapping, a list or a scalar's text, and where it starts."""

    value: Mapping[str, Item] | Sequence[Item] | str
    where: str

    def mistake(self, found: str, allowed: str = "") -> Mistake:
        return Mistake(self.where, found, allowed)


def read_yaml(path: Path) -> Item:
    """The whole file as one item.

    Raises:
        FaultError: unreadable, no YAML, or YAML that is refused.
    """
    import yaml

    text = _text(path)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _check(yaml.parse(text, Loader=loader), path)
        node = yaml.compose(text, Loader=loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        problem = getattr(error, "problem", None) or "is no YAML"
        raise FaultError([Mistake(where, f"not YAML: {problem}")]) from error
    if node is None:
        raise FaultError([Mistake(str(path), "the file is empty")])
    return _item(node, path, "")


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > BYTES_MAX:
            raise FaultError([Mistake(str(path), "is too large", f"at most {BYTES_MAX} bytes")])
        return path.read_text(encoding="utf-8")
    except OSError as error:
        found = f"cannot be read: {error.strerror}"
        raise FaultError([Mistake(str(path), found)]) from error
    except UnicodeDecodeError as error:
        raise FaultError([Mistake(str(path), "is no UTF-8 text")]) from error


def _check(events: Iterator[object], path: Path) -> None:
    """Refuse aliases and deep nesting before anything is built."""
    import yaml

    depth = 0
    for event in events:
        mark = event.start_mark if isinstance(event, yaml.Event) else None
        line = f"{path}:{mark.line + 1}" if mark else str(path)
        if isinstance(event, yaml.AliasEvent):
            raise FaultError([Mistake(line, "a YAML alias", "every value written out")])
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEPTH_MAX:
            raise FaultError([Mistake(line, "nested too deeply", f"{DEPTH_MAX} levels")])


def _item(node: object, path: Path, key: str) -> Item:
    import yaml

    assert isinstance(node, yaml.Node)
    where = f"{path}:{node.start_mark.line + 1}" + (f":{key}" if key else "")
    if isinstance(node, yaml.SequenceNode):
        return Item([_item(child, path, key) for child in node.value], where)
    if not isinstance(node, yaml.MappingNode):
        return Item(str(node.value), where)
    found: dict[str, Item] = {}
    for name, child in node.value:
        if not isinstance(name, yaml.ScalarNode) or name.value in found:
            line = f"{path}:{name.start_mark.line + 1}"
            raise FaultError([Mistake(line, f"key {str(name.value)[:40]!r} is unfit or repeated")])
        found[name.value] = _item(child, path, name.value)
    return Item(found, where)

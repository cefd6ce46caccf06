"""Reads YAML (and with it JSON) into plain data without surprises, and finds lines again.

Stricter than a general YAML reader: one document, no aliases (so no alias bombs), no tags, no
duplicate keys, bounded depth and size; `no`, `1:30` and dates are text. All mistakes that do not
stop the reading are reported together. The only module of the room that imports yaml.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from sidr.errors import Mistake, TopologyError

Path = tuple[str | int, ...]
"""Where a value stands: keys and list positions from the top."""

DEPTH_MAX = 20
"""Deepest nesting of a fabric file; the formats need five."""

_INT = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass(slots=True)
class _Frame:
    """A list or mapping being filled; `key` is the pending key or the next position."""

    filled: dict[str, object] | list[object]
    key: str | int | None


@dataclass(slots=True)
class _Reading:
    """The state of one pass over a file."""

    file: str
    wanted: Collection[Path] = ()
    lines: dict[Path, int] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    stack: list[_Frame] = field(default_factory=list)
    result: object = None
    documents: int = 0

    def blame(self, line: int, found: str, **more: str) -> None:
        self.mistakes.append(Mistake(f"{self.file}:{line}", found, **more))

    def put(self, value: object, line: int) -> None:
        """Place a finished or just opened value where it belongs."""
        if not self.stack:
            self.result = value
            return
        frame = self.stack[-1]
        if isinstance(frame.filled, list):
            frame.filled.append(value)
            frame.key = len(frame.filled) - 1
            self.mark(line)
        elif frame.key is None:
            self.open_key(frame, frame.filled, value, line)
        else:
            frame.filled[str(frame.key)] = value
            if not isinstance(value, (dict, list)):
                frame.key = None

    def close(self) -> None:
        """The innermost list or mapping is complete."""
        self.stack.pop()
        if self.stack and isinstance(self.stack[-1].filled, dict):
            self.stack[-1].key = None

    def open_key(self, frame: _Frame, filled: dict[str, object], value: object, line: int) -> None:
        if isinstance(value, (dict, list)):
            self.blame(line, "a key is a list or mapping", allowed="a word")
            raise TopologyError(self.mistakes)
        key = str(value)
        if key in filled:
            self.blame(line, f"key {key!r} stands twice", allowed="once")
        frame.key = key
        self.mark(line)

    def mark(self, line: int) -> None:
        if self.wanted:
            path = tuple(f.key for f in self.stack if f.key is not None)
            if path in self.wanted:
                self.lines.setdefault(path, line)


def read(text: str, file: str) -> object:
    """The data in a YAML or JSON text.

    Args:
        file: names the file in mistakes.

    Raises:
        TopologyError: broken syntax (line and column), or the mistakes named above.
    """
    if text.lstrip()[:1] == "{":
        try:
            return json.loads(text, object_pairs_hook=_distinct)
        except (ValueError, RecursionError):
            pass  # the slower reader below says where
    reading = _pass(text, _Reading(file))
    if reading.mistakes:
        raise TopologyError(reading.mistakes)
    return reading.result


def lines(text: str, paths: Collection[Path]) -> dict[Path, int]:
    """The line, from 1, of each path that exists in a readable text; for others, of the closest
    place above. The top is line 1."""
    wanted = {path[:i] for path in paths for i in range(1, len(path) + 1)}
    found = _pass(text, _Reading("", wanted)).lines if wanted else {}
    return {path: _closest(path, found) for path in paths}


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """A JSON object without duplicate keys."""
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("duplicate keys")
    return made


def _closest(path: Path, found: dict[Path, int]) -> int:
    return next((found[path[:i]] for i in range(len(path), 0, -1) if path[:i] in found), 1)


def _pass(text: str, reading: _Reading) -> _Reading:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    if text.lstrip()[:1] in ("{", "["):
        text = text.replace("\t", " ")  # JSON may indent with tabs, YAML may not
    try:
        events: Iterator[yaml.Event] = yaml.parse(text, Loader=loader)
        for event in events:
            _take(event, reading)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{reading.file}:{mark.line + 1}:{mark.column + 1}" if mark else reading.file
        found = f"broken YAML: {error.problem or error.context}"
        raise TopologyError([*reading.mistakes, Mistake(where, found)]) from error
    except yaml.YAMLError as error:
        raise TopologyError.one(reading.file, f"broken YAML: {error}") from error
    return reading


def _take(event: object, reading: _Reading) -> None:
    """Advance by one event of the YAML parser."""
    import yaml

    if not isinstance(event, yaml.Event):
        return
    line = event.start_mark.line + 1 if event.start_mark else 1
    if isinstance(event, yaml.ScalarEvent):
        _refuse_tag(event.tag, line, reading)
        plain = event.implicit[0]  # neither in quotes nor a block
        reading.put(scalar(event.value) if plain else event.value, line)
    elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
        _refuse_tag(event.tag, line, reading)
        if len(reading.stack) == DEPTH_MAX:
            reading.blame(line, "nested too deeply", allowed=f"{DEPTH_MAX} levels")
            raise TopologyError(reading.mistakes)
        opened: dict[str, object] | list[object] = (
            {} if isinstance(event, yaml.MappingStartEvent) else []
        )
        reading.put(opened, line)
        reading.stack.append(_Frame(opened, None))
    elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
        reading.close()
    elif isinstance(event, yaml.AliasEvent):
        reading.blame(line, f"alias *{event.anchor}", fix="write it out, or use defaults:")
        reading.put(None, line)
    elif isinstance(event, yaml.DocumentStartEvent):
        reading.documents += 1
        if reading.documents > 1:
            reading.blame(line, "a second document", allowed="one document")
            raise TopologyError(reading.mistakes)


def _refuse_tag(tag: str | None, line: int, reading: _Reading) -> None:
    if tag not in (None, "!"):
        reading.blame(line, f"tag {tag}", fix="leave tags out")


def scalar(text: str) -> object:
    """A plain scalar by the YAML 1.2 core rules, in decimal only."""
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text

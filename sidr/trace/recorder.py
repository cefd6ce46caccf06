"""Writes down what happens: every input of every core with its effects, every physical change and
every FIB write, in order.

A record is its length (4 bytes, big-endian) and a MessagePack array
[now_ns, kind, switch, payload...]. The digest runs over all of
them, so two runs are equal, event by event, exactly when their digests and counts are. Kept in
memory only when asked; saved traces are read by `reader`.
"""

from __future__ import annotations

import hashlib

import msgspec

from sidr.model.effects import Effect, FibWrite
from sidr.model.events import Event
from sidr.model.faults import Change

MAIN = "main"
"""The protocol's core of a switch, where it has others beside it."""

FLUSH_BYTES = 1 << 20
"""Records are hashed in chunks of about this size."""


class Recorder:
    """Digest, and on request the records, of one run.

    Args:
        keep: hold all records in memory for `data`.
    """

    def __init__(self, *, keep: bool = False) -> None:
        self._encode = msgspec.msgpack.Encoder().encode
        self._buffer = bytearray()
        self._hash = hashlib.sha256()
        self._kept: list[bytes] | None = [] if keep else None
        self.records = 0

    def event(
        self,
        now_ns: int,
        switch: int,
        event: Event,
        effects: tuple[Effect, ...],
        core: str = "main",
    ) -> None:
        """One input of a core, and what the core ordered; `core` names it among its switch's."""
        self._add((now_ns, "event", switch, event, effects, core))

    def change(self, now_ns: int, change: Change) -> None:
        """One physical change."""
        self._add((now_ns, "change", -1, change))

    def write(self, now_ns: int, switch: int, write: FibWrite) -> None:
        """One FIB write, at the instant from which it forwards."""
        self._add((now_ns, "write", switch, write))

    def masks(
        self, now_ns: int, switch: int, expel: tuple[int, ...], admit: tuple[int, ...]
    ) -> None:
        """Ports leaving or entering all groups of a switch."""
        self._add((now_ns, "masks", switch, expel, admit))

    def note(self, now_ns: int, switch: int, text: str) -> None:
        """A core's remark."""
        self._add((now_ns, "note", switch, text))

    def digest(self) -> str:
        """sha256 (hex) over all records so far."""
        self._flush()
        return self._hash.hexdigest()

    def data(self) -> bytes:
        """All records, one after the other; only for a recorder that keeps them."""
        assert self._kept is not None, "this recorder does not keep its records"
        self._flush()
        return b"".join(self._kept)

    def _add(self, record: tuple[object, ...]) -> None:
        self.records += 1
        encoded = self._encode(record)
        self._buffer += len(encoded).to_bytes(4, "big") + encoded
        if len(self._buffer) > FLUSH_BYTES:
            self._flush()

    def _flush(self) -> None:
        chunk = bytes(self._buffer)
        self._hash.update(chunk)
        if self._kept is not None:
            self._kept.append(chunk)
        self._buffer = bytearray()

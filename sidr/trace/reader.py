"""Reads saved traces back into events and effects.

A trace file is a header line (JSON) and the records of `recorder`, gzip-compressed with a fixed
time stamp so that equal traces are equal files.
"""

from __future__ import annotations

import gzip
import io
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from sidr.errors import ResultError
from sidr.model.events import (
    Event,
    MessageReceived,
    PortDegraded,
    PortDown,
    PortUp,
    SessionDown,
    SessionUp,
    TableArrived,
    TimerFired,
    Told,
)

WithoutMessage = (
    PortDown | PortUp | PortDegraded | TimerFired | TableArrived | SessionUp | SessionDown | Told
)


class Record(msgspec.Struct, frozen=True):
    """One record: when, what kind ("event", "change", "write", "masks", "note"), at which switch
    (-1 = none), and the rest as plain MessagePack values."""

    now_ns: int
    kind: str
    switch: int
    payload: tuple[Any, ...]


def save(path: Path, header: dict[str, Any], data: bytes) -> None:
    """Write a trace file atomically. The header says what was run; it must be JSON-able.

    Raises:
        ResultError: the place cannot be written.
    """
    beside = path.with_name(path.name + ".part")
    blob = msgspec.json.encode(header, order="sorted") + b"\n" + data
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as out:
        out.write(blob)
    try:
        beside.write_bytes(buffer.getvalue())
        os.replace(beside, path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ResultError.one(str(path), f"cannot be written: {reason}") from error


def load(path: Path) -> tuple[dict[str, Any], list[Record]]:
    """Header and records of a trace file.

    Raises:
        ResultError: the file is missing or damaged.
    """
    try:
        head, _, data = gzip.decompress(path.read_bytes()).partition(b"\n")
        return msgspec.json.decode(head, type=dict[str, Any]), list(records(data))
    except (OSError, EOFError, zlib.error, msgspec.DecodeError, TypeError, ValueError) as error:
        raise ResultError.one(str(path), f"not a readable trace: {error}") from error


def records(data: bytes) -> Iterator[Record]:
    """The records of a recorder's data, in order."""
    at = 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        now, kind, switch, *payload = msgspec.msgpack.decode(data[at + 4 : at + 4 + size])
        yield Record(now, kind, switch, tuple(payload))
        at += 4 + size


def event_of(record: Record, messages: Any) -> Event:
    """The event of an "event" record, typed again.

    Args:
        messages: the protocol's message union (`kit.Kit.messages`).
    """
    raw = record.payload[0]
    if raw["type"] == "MessageReceived":
        return MessageReceived(raw["port"], msgspec.convert(raw["message"], type=messages))
    event: Event = msgspec.convert(raw, type=WithoutMessage)
    return event

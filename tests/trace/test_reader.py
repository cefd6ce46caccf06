"""Saved traces: equal files for equal traces, events of the right type, damage named."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from sidr.errors import ResultError
from sidr.model.effects import Note
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
from sidr.trace.reader import event_of, load, records, save
from sidr.trace.recorder import Recorder

EVENTS: list[Event] = [
    PortDown(1),
    PortUp(2),
    PortDegraded(1, 0.25),
    MessageReceived(3, Note("hello")),
    TimerFired("rib"),
    TableArrived(b"\0\1"),
    SessionUp(1),
    SessionDown(1),
    Told("bfd", "down", 4),
]


def recorded() -> bytes:
    recorder = Recorder(keep=True)
    for i, event in enumerate(EVENTS):
        recorder.event(i, 0, event, ())
    return recorder.data()


def test_every_event_comes_back_as_what_it_was() -> None:
    assert [event_of(record, Note) for record in records(recorded())] == EVENTS


def test_a_saved_trace_is_read_back_and_equal_traces_are_equal_files(tmp_path: Path) -> None:
    header = {"fault": "cut", "protocol": "bgp"}
    one, two = tmp_path / "one", tmp_path / "two"
    save(one, header, recorded())
    save(two, dict(reversed(header.items())), recorded())
    assert one.read_bytes() == two.read_bytes()
    found, lines = load(one)
    assert found == header
    assert lines == list(records(recorded()))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["one", "two"]


@pytest.mark.parametrize("damage", ["missing", "not gzip", "cut short", "no header", "bad record"])
def test_a_damaged_trace_is_a_mistake_that_names_the_file(tmp_path: Path, damage: str) -> None:
    import gzip

    path = tmp_path / "trace"
    save(path, {"fault": "cut"}, recorded())
    whole = path.read_bytes()
    contents = {
        "not gzip": b"hello",
        "cut short": whole[: len(whole) // 2],
        "no header": gzip.compress(recorded()),
        "bad record": gzip.compress(b"{}\n\0\0\0\5hello"),
    }
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(contents[damage])
    with pytest.raises(ResultError, match="not a readable trace") as caught:
        load(path)
    assert str(path) in str(caught.value)


def test_a_message_of_another_protocol_is_refused() -> None:
    class Other(msgspec.Struct, tag="other"):
        pass

    recorder = Recorder(keep=True)
    recorder.event(0, 0, MessageReceived(0, Note("x")), ())
    (record,) = records(recorder.data())
    with pytest.raises(msgspec.ValidationError):
        event_of(record, Other)

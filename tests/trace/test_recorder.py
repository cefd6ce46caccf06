"""The recorder: everything in order, a digest that moves with every byte."""

from __future__ import annotations

import pytest

from sidr.model.effects import FibWrite, Note, Send
from sidr.model.events import MessageReceived, PortDown
from sidr.model.faults import Change
from sidr.trace.reader import records
from sidr.trace.recorder import FLUSH_BYTES, Recorder


def filled(recorder: Recorder, port: int = 3) -> Recorder:
    recorder.change(5, Change(0, "link-down", 1))
    recorder.event(6, 2, PortDown(port), (Send(0, Note("x")),))
    recorder.event(6, 2, MessageReceived(0, Note("y")), (), "bfd")
    recorder.write(7, 2, FibWrite((1, 2), b"\1\0"))
    recorder.masks(8, 2, (3,), ())
    recorder.note(9, 2, "done")
    return recorder


def test_records_come_back_in_order_with_what_they_hold() -> None:
    found = list(records(filled(Recorder(keep=True)).data()))
    assert [(r.now_ns, r.kind, r.switch) for r in found] == [
        (5, "change", -1),
        (6, "event", 2),
        (6, "event", 2),
        (7, "write", 2),
        (8, "masks", 2),
        (9, "note", 2),
    ]
    assert found[1].payload[0] == {"type": "PortDown", "port": 3}
    assert [r.payload[2] for r in found[1:3]] == ["main", "bfd"]
    assert found[3].payload[0]["ports"] == b"\1\0"


def test_the_digest_is_that_of_what_was_recorded_kept_or_not() -> None:
    kept, light = filled(Recorder(keep=True)), filled(Recorder())
    assert kept.digest() == light.digest() == filled(Recorder()).digest()
    assert kept.records == light.records == 6


def test_any_other_record_gives_another_digest() -> None:
    assert filled(Recorder(), port=4).digest() != filled(Recorder()).digest()
    one, two = Recorder(), Recorder()
    for recorder, order in ((one, "ab"), (two, "ba")):
        for text in order:
            recorder.note(1, 1, text)
    assert one.digest() != two.digest()


def test_a_digest_in_between_changes_nothing() -> None:
    asked, silent = Recorder(), filled(Recorder())
    assert asked.digest() != silent.digest()
    assert filled(asked).digest() == silent.digest()


def test_long_traces_are_flushed_and_stay_whole() -> None:
    recorder = Recorder(keep=True)
    text = "x" * 1000
    count = FLUSH_BYTES // 1000 + 50
    for i in range(count):
        recorder.note(i, 0, text)
    assert [r.now_ns for r in records(recorder.data())] == list(range(count))


def test_a_recorder_that_keeps_nothing_has_nothing_to_give() -> None:
    with pytest.raises(AssertionError):
        Recorder().data()

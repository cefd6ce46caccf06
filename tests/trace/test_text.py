"""Records as lines: names instead of numbers, and what quiet leaves out."""

from __future__ import annotations

import msgspec
import pytest

from sidr.model.effects import (
    HELLO,
    MANAGEMENT,
    Effect,
    FibWrite,
    Note,
    Push,
    Send,
    SetTimer,
    Tell,
)
from sidr.model.events import (
    Event,
    MessageReceived,
    PortDegraded,
    PortDown,
    PortUp,
    TableArrived,
    TimerFired,
    Told,
)
from sidr.model.fabric import Fabric
from sidr.model.faults import Change
from sidr.topology import load
from sidr.trace.reader import records
from sidr.trace.recorder import Recorder
from sidr.trace.text import Line, lines

MS = 1_000_000
LEAF0, LEAF1, SPINE0, SPINE1, PLANNER = range(5)


class News(msgspec.Struct, tag="x.news"):
    """A message with all that messages have."""

    order_id: int
    sender: int
    runs: tuple[tuple[int, int, int], ...]
    links: tuple[int, ...] = ()
    full: bool = False
    path: tuple[int, ...] = ()
    mask: bytes = b""
    group: int | str = 0


class Sign(msgspec.Struct, tag="x.sign"):
    """A life sign."""

    state: str


@pytest.fixture(scope="module")
def fabric() -> Fabric:
    return load("leaf-spine:leaves=2,spines=2,parallel=2")


@pytest.fixture
def recorder() -> Recorder:
    return Recorder(keep=True)


def told(
    recorder: Recorder, fabric: Fabric, *, tagged: bool = True, quiet: bool = False
) -> list[Line]:
    return list(lines(list(records(recorder.data())), fabric, tagged=tagged, quiet=quiet))


def happened(
    fabric: Fabric, switch: int, event: Event, *effects: Effect, core: str = "main"
) -> Line:
    recorder = Recorder(keep=True)
    recorder.event(0, switch, event, effects, core)
    (line,) = told(recorder, fabric)
    return line


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Change(0, "link-down", 1), "link-down leaf0--spine0#1"),
        (Change(0, "switch-up", SPINE1), "switch-up spine1"),
        (Change(0, "silent-down", 0, "near"), "silent-down leaf0--spine0 from leaf0"),
        (Change(0, "silent-up", 2, "far"), "silent-up leaf0--spine1 from spine1"),
        (Change(0, "lossy-down", 0, "", 0.25), "lossy-down leaf0--spine0 loss 0.25"),
        (Change(0, "lossy-down", 0, "far", 0.5), "lossy-down leaf0--spine0 from spine0 loss 0.5"),
        (Change(0, "planner-down", 0), "planner-down"),
        (Change(0, "planner-up", 0, delay_ns=5000 * MS), "planner-up 5s late"),
    ],
)
def test_a_change_names_its_element(
    recorder: Recorder, fabric: Fabric, change: Change, said: str
) -> None:
    recorder.change(0, change)
    assert told(recorder, fabric) == [Line(0.0, "-", said)]


def test_time_runs_from_the_first_fault_and_the_planners_are_none(
    recorder: Recorder, fabric: Fabric
) -> None:
    recorder.change(1 * MS, Change(0, "planner-down", 0))
    recorder.change(3 * MS, Change(0, "link-down", 0))
    recorder.note(4 * MS, LEAF0, "x")
    assert [line.ms for line in told(recorder, fabric)] == [-2.0, 0.0, 1.0]


def test_without_any_other_fault_it_runs_from_the_planners(
    recorder: Recorder, fabric: Fabric
) -> None:
    recorder.change(2 * MS, Change(0, "planner-down", 0))
    recorder.note(4 * MS, LEAF0, "x")
    assert [line.ms for line in told(recorder, fabric)] == [0.0, 2.0]


def test_ports_are_named_by_the_neighbour_and_the_planners_by_the_switch(fabric: Fabric) -> None:
    assert happened(fabric, LEAF0, PortDown(2)).what == "PortDown spine1"
    assert happened(fabric, SPINE1, PortUp(3)).what == "PortUp leaf1#1"
    assert happened(fabric, PLANNER, PortDown(3)).what == "PortDown spine1"
    assert happened(fabric, LEAF0, PortDegraded(0, 0.5)).what == "PortDegraded spine0 0.5"
    assert happened(fabric, PLANNER, TimerFired("replan")).switch == "planner"


def test_a_detectors_doings_say_so(fabric: Fabric) -> None:
    assert happened(fabric, LEAF0, TimerFired("rx:0"), core="bfd").what == "bfd: TimerFired rx:0"
    assert happened(fabric, LEAF0, Told("bfd", "down", 2)).what == "Told bfd down spine1"
    assert happened(fabric, LEAF0, Told("fib", "written", 2)).what == "Told fib written 2"
    assert happened(fabric, LEAF0, Told("driver", "started")).what == "Told driver started"
    assert happened(fabric, LEAF0, TableArrived(b"\0\1")).what == "TableArrived"


def test_what_was_sent_is_told_by_type_and_receiver(fabric: Fabric) -> None:
    news, sign = News(1, 0, ()), Sign("up")
    sends = (Send(0, news), Send(1, news), Send(2, sign, HELLO), Send(MANAGEMENT, news))
    line = happened(fabric, LEAF0, PortDown(3), *sends, SetTimer("x", 1))
    assert line.sent == ("x.news to spine0, spine0#1, planner", "x.sign to spine1")
    assert line.brief == "PortDown spine1#1 -> 4 sent"
    assert line.full == f"PortDown spine1#1 -> {'; '.join(line.sent)}"
    twice = happened(fabric, LEAF0, PortDown(3), Send(0, news), Send(0, news), Send(1, news))
    assert twice.sent == ("x.news x2 to spine0", "x.news to spine0#1")
    pushed = happened(fabric, PLANNER, TimerFired("replan"), Push(LEAF1, b""), Push(SPINE0, b""))
    assert pushed.sent == ("table to leaf1, spine0",)


def test_a_message_tells_names_and_leaves_out_what_is_not_set(fabric: Fabric) -> None:
    news = News(7, SPINE0, ((0, 2, 16), (1, 1, 8)), (0, 3), True, (65000, 1), b"\x0f")
    assert happened(fabric, LEAF0, MessageReceived(1, news)).what == (
        "MessageReceived spine0#1 x.news(sender=spine0, runs=[leaf0..leaf1 16/16, leaf1 8/16], "
        "links=[spine0, spine1#1], full, path=[65000, 1], mask=0f, group=leaf0)"
    )
    assert "full" not in happened(fabric, LEAF0, MessageReceived(1, News(7, 0, ()))).what


def test_a_field_that_means_something_else_is_told_as_it_is(fabric: Fabric) -> None:
    odd = News(7, 0, (), group="blue")
    assert "group=blue" in happened(fabric, LEAF0, MessageReceived(0, odd)).what
    far = News(7, 0, (), group=99)
    assert "group=99" in happened(fabric, LEAF0, MessageReceived(0, far)).what


def test_a_write_tells_next_hops_or_the_shares_that_are_less_than_full(
    recorder: Recorder, fabric: Fabric
) -> None:
    recorder.write(0, LEAF0, FibWrite((1,), bytes([16, 8, 0, 16])))
    recorder.write(0, LEAF0, FibWrite((0, 1), bytes([16] * 4)))
    recorder.masks(0, LEAF0, (1,), (2, 3))
    recorder.masks(0, LEAF0, (), ())
    assert [line.what for line in told(recorder, fabric)] == [
        "FIB leaf1: spine0#1 8/16, spine1 0/16",
        "FIB leaf0, leaf1: every neighbour 16/16",
        "FIB without port spine0#1 FIB with port spine1 FIB with port spine1#1",
        "FIB by a new table",
    ]
    plain = Recorder(keep=True)
    plain.write(0, SPINE0, FibWrite((1,), bytes([0, 0, 1, 1])))
    plain.write(0, SPINE0, FibWrite((0,), bytes(4)))
    assert [line.what for line in told(plain, fabric, tagged=False)] == [
        "FIB leaf1 via leaf1, leaf1#1",
        "FIB leaf0 via nothing",
    ]


def test_quiet_leaves_out_life_signs_and_idle_timers_and_nothing_else(
    recorder: Recorder, fabric: Fabric
) -> None:
    sign, wind = Send(0, Sign("up"), HELLO), SetTimer("tx", 1)
    recorder.event(0, LEAF0, Told("driver", "started"), (wind,), "main")
    recorder.event(1, LEAF0, TimerFired("tx"), (sign, wind), "bfd")
    recorder.event(2, SPINE0, MessageReceived(0, Sign("up")), (wind,), "bfd")
    recorder.event(3, LEAF0, PortDown(0), (), "bfd")
    recorder.event(4, LEAF0, PortDown(0), (), "main")
    recorder.event(5, SPINE0, MessageReceived(0, Sign("down")), (Tell("main", "down"),), "bfd")
    recorder.event(6, SPINE0, MessageReceived(0, News(1, 0, ())), (), "main")
    recorder.event(7, SPINE0, TimerFired("x"), (Note("y"),), "main")
    recorder.event(8, SPINE0, TimerFired("x"), (sign, Send(1, News(1, 0, ()))), "main")
    shown = told(recorder, fabric, quiet=True)
    assert [round(line.ms * MS) for line in shown] == [4, 5, 6, 7, 8]
    assert shown[-1].sent == ("x.news to leaf0#1",)
    assert shown[-1].sends == 1
    assert len(told(recorder, fabric)) == 9


def test_a_row_has_columns() -> None:
    line = Line(1.5, "leaf0", "PortUp spine1")
    assert line.row(line.full) == "      1.500000 ms  leaf0        PortUp spine1"

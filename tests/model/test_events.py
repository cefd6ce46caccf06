"""Events are frozen and survive the codec, so that traces replay."""

from typing import get_args

import msgspec
import pytest

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

PLAIN = [
    PortDown(3),
    PortUp(3),
    PortDegraded(3, 0.25),
    TimerFired("hello:3"),
    TableArrived(b"\x00\xff"),
    SessionUp(1),
    SessionDown(1),
    Told("fib", "written", 7),
]
Plain = (
    PortDown | PortUp | PortDegraded | TimerFired | TableArrived | SessionUp | SessionDown | Told
)


def test_the_union_holds_every_event() -> None:
    assert {type(event) for event in PLAIN} | {MessageReceived} == set(get_args(Event))


@pytest.mark.parametrize("event", PLAIN, ids=lambda e: type(e).__name__)
def test_an_event_is_read_back_from_bytes_as_what_it_was(event: msgspec.Struct) -> None:
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(event), type=Plain) == event


@pytest.mark.parametrize("event", [*PLAIN, MessageReceived(0, PortUp(1))])
def test_an_event_is_frozen_and_hashable(event: msgspec.Struct) -> None:
    with pytest.raises(AttributeError):
        setattr(event, event.__struct_fields__[0], 9)
    assert len({event, event}) == 1

"""Effects are frozen and survive the codec."""

from typing import get_args

import msgspec
import pytest

from sidr.model.effects import (
    CancelTimer,
    Effect,
    FibWrite,
    Note,
    ProgramFib,
    Push,
    Send,
    SetTimer,
    Tell,
)

WRITE = FibWrite((0, 5), b"\x01\x00\x10", group_writes=1, route_writes=0)
PLAIN = [
    SetTimer("hello:1", 10**8),
    CancelTimer("hello:1"),
    ProgramFib((WRITE,), expel=(2,), admit=(3,), mask_writes=1, work="spf", token=4, table=b"sT"),
    Push(3, b"sT"),
    Tell("bgp", "down", 2),
    Note("a line", detected=True),
]
Plain = SetTimer | CancelTimer | ProgramFib | Push | Tell | Note


def test_the_union_holds_every_effect() -> None:
    assert {type(effect) for effect in PLAIN} | {Send} == set(get_args(Effect))


@pytest.mark.parametrize("effect", PLAIN, ids=lambda e: type(e).__name__)
def test_an_effect_is_read_back_from_bytes_as_what_it_was(effect: msgspec.Struct) -> None:
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(effect), type=Plain) == effect


@pytest.mark.parametrize("effect", [*PLAIN, WRITE, Send(0, Note("x"))])
def test_an_effect_is_frozen_and_hashable(effect: msgspec.Struct) -> None:
    with pytest.raises(AttributeError):
        setattr(effect, effect.__struct_fields__[0], 9)
    assert len({effect, effect}) == 1


def test_a_write_costs_one_route_write_unless_it_says_otherwise() -> None:
    assert (FibWrite((0,), b"").route_writes, FibWrite((0,), b"").group_writes) == (1, 0)

"""Links between processes: datagrams that fit are delivered, faults are signed and repeated."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sidr.errors import BusError
from sidr.live.far import Carried, Confirmed, Far, Fault
from sidr.live.keys import SigningKey, verifier
from sidr.live.letters import Signed, Status, encode
from sidr.live.switches import Switches
from sidr.live.topics import VERSION
from sidr.model.faults import Change
from sidr.model.profiles import profile
from sidr.plan import plan
from sidr.protocols.sidr.messages import Fetch, Notice
from sidr.topology import fabric_hash, load
from tests.live.at_rest import until

FABRIC = load("leaf-spine:leaves=2,spines=2")
PLAN, HASH = plan(FABRIC), fabric_hash(FABRIC)
LEAVES, SPINES = (0, 1), (2, 3)
KEY = SigningKey()
DOWN, UP = Change(0, "link-down", 0), Change(0, "link-up", 0)


@dataclass
class End:
    """One process: its switches, its end of the links, and what has happened there."""

    far: Far
    switches: Switches
    applied: list[Change] = field(default_factory=list)
    heard: list[tuple[int, str, Any]] = field(default_factory=list)


async def end(mine: tuple[int, ...], key: SigningKey | None, session: int = 1) -> End:
    switches = Switches(FABRIC, PLAN, profile("tuned"), mine)
    applied: list[Change] = []
    far = Far(switches, HASH, verifier(KEY.public), applied.append, key=key, session=session)
    made = End(far, switches, applied)
    switches.deliver = lambda *what: made.heard.append(what)  # type: ignore[method-assign]
    await far.open("127.0.0.1")
    return made


def status(of: End, mine: tuple[int, ...], boot: int = 1) -> Status:
    return Status(VERSION, "up", boot, of.far.address, mine)


@asynccontextmanager
async def pair() -> AsyncIterator[tuple[End, End]]:
    """The process with the key has the leaves, the other one the spines."""
    main, other = await end(LEAVES, KEY), await end(SPINES, None)
    main.far.met("other", status(other, SPINES))
    other.far.met("main", status(main, LEAVES))
    try:
        async with asyncio.timeout(30):
            yield main, other
    finally:
        main.far.close()
        other.far.close()


async def test_a_message_crosses_and_a_dark_link_keeps_it() -> None:
    async with pair() as (main, other):
        main.switches.wire.send(0, "main", Fetch(1, 2))
        await until(lambda: bool(other.heard), "it arrives")
        assert other.heard == [(int(FABRIC.twin[0]), "main", Fetch(1, 2))]
        main.switches.damage.apply(DOWN)
        main.switches.wire.send(0, "main", Fetch(1, 3))
        main.switches.wire.send(1, "main", Fetch(1, 4))
        await until(lambda: len(other.heard) == 2, "the other link carries")
        assert other.heard[1][2] == Fetch(1, 4)


async def test_faults_reach_everybody_once_in_order_whatever_is_lost() -> None:
    async with pair() as (main, other):
        peer = main.far.peers["other"]
        peer.address = ("127.0.0.1", 9)  # a way that leads nowhere
        for change in (DOWN, UP, DOWN):
            main.far.order(change)
        await asyncio.sleep(0.1)
        assert other.applied == []
        main.far.met("other", status(other, SPINES))
        await until(lambda: len(other.applied) == 3, "all faults have come")
        assert other.applied == [DOWN, UP, DOWN]
        await until(lambda: main.far.peers["other"].confirmed == 3, "they are confirmed")


async def test_a_host_that_starts_again_hears_all_faults_again() -> None:
    async with pair() as (main, other):
        main.far.order(DOWN)
        await until(lambda: other.applied == [DOWN], "the fault has come")
        again = await end(SPINES, None)
        main.far.met("other", status(again, SPINES, boot=2))
        await until(lambda: again.applied == [DOWN], "the fault has come again")
        again.far.close()


async def test_a_new_emulation_undoes_what_an_old_one_left_broken() -> None:
    async with pair() as (main, other):
        main.far.order(DOWN)
        await until(lambda: other.applied == [DOWN], "the fault has come")
        later = await end(LEAVES, KEY, session=2)
        later.far.met("other", status(other, SPINES))
        later.far.order(Change(0, "link-down", 1))
        await until(lambda: len(other.applied) == 3, "mended and broken anew")
        assert other.applied[1:] == [UP, Change(0, "link-down", 1)]
        await until(lambda: other.far.refused["a fault of another session"] >= 0, "")
        later.far.close()


async def test_what_does_not_fit_is_counted_and_changes_nothing() -> None:
    async with pair() as (main, other):
        fabric, twin = bytes.fromhex(HASH), int(FABRIC.twin[0])
        forged = encode(Fault(fabric, 5, 1, DOWN))
        lies = {
            "another fabric": Carried(b"x" * 32, twin, "main", Fetch(1, 1)),
            "no such slot": Carried(fabric, 10_000, "main", Fetch(1, 1)),
            "a slot of another host": Carried(fabric, 0, "main", Fetch(1, 1)),
            "no such core": Carried(fabric, twin, "root", Fetch(1, 1)),
            "a notice that does not fit the fabric": Carried(
                fabric, twin, "main", Notice(1, 1, 0, 1, 1, ((0, 9, 16),))
            ),
            "malformed, or not signed by the planner": Signed(forged, SigningKey().sign(forged)),
        }
        assert main.far._transport is not None
        for lie in lies.values():
            main.far._transport.sendto(encode(lie), _of(other))
        await until(lambda: set(other.far.refused) >= set(lies), str(other.far.refused))
        stranger = await end(LEAVES, None)
        assert stranger.far._transport is not None
        stranger.far._transport.sendto(
            encode(Carried(fabric, twin, "main", Fetch(1, 1))), _of(other)
        )
        await until(lambda: other.far.refused["not from the neighbour's host"] == 1, "told")
        assert (other.heard, other.applied) == ([], [])
        main.far.datagram_received(encode(Confirmed(fabric, 1, 99)), _of(other))
        assert main.far.peers["other"].confirmed == 0
        stranger.far.close()


def _of(one: End) -> tuple[str, int]:
    ip, _, port = one.far.address.rpartition(":")
    return ip, int(port)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=100))
def test_any_bytes_are_refused_without_raising(data: bytes) -> None:
    switches = Switches(FABRIC, PLAN, profile("tuned"), SPINES)
    far = Far(switches, HASH, verifier(KEY.public), lambda change: None, key=None, session=1)
    far.datagram_received(data, ("127.0.0.1", 1))
    assert sum(far.refused.values()) == 1


async def test_an_address_that_is_not_ours_is_refused_in_one_line() -> None:
    made = await end(LEAVES, KEY)
    made.far.close()
    with pytest.raises(BusError, match="an address of this machine"):
        await made.far.open("203.0.113.1")

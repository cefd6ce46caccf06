"""The neighbour table: every row walked by a router, and no row missing that could be needed."""

from __future__ import annotations

from itertools import product

import pytest

from sidr.model.effects import HELLO, CancelTimer, Effect, Note, Send, SetTimer
from sidr.model.events import Event, PortDown, PortUp, TimerFired, Told
from sidr.protocols.ospf.messages import DbDesc, Hello, Lsa, LsAck, LsRequest, LsUpdate
from sidr.protocols.ospf.neighbour import FLOODING, TABLE, Input, State
from sidr.protocols.ospf.router import Router
from tests.protocols.ospf.playbook import (
    FRR,
    LEAF0,
    SPINE0,
    Playbook,
    asked,
    claim,
    described,
    hello,
    update,
)

S, I = State, Input
UP, DOWN = PortUp(0), PortDown(0)
ONE_WAY, TWO_WAY = hello(0, SPINE0), hello(0, SPINE0, LEAF0)
NEWS = Lsa(SPINE0, 5, (4, 5))
CLAIM = claim(0, SPINE0, 77)
LAST = described(0, SPINE0, 78, NEWS.header, master=True)
LOADED = update(0, NEWS)
WAYS: dict[State, list[Event]] = {
    S.DARK: [],
    S.DOWN: [UP],
    S.INIT: [UP, ONE_WAY],
    S.EX_START: [UP, TWO_WAY],
    S.EXCHANGE: [UP, TWO_WAY, CLAIM],
    S.LOADING: [UP, TWO_WAY, CLAIM, LAST],
    S.FULL: [UP, TWO_WAY, CLAIM, LAST, LOADED],
}
"""How a router that was just switched on comes into each state."""

EVENTS: dict[Input, Event] = {
    I.CARRIER: UP,
    I.CARRIER_LOST: DOWN,
    I.TWO_WAY: TWO_WAY,
    I.ONE_WAY: ONE_WAY,
    I.NEGOTIATED: CLAIM,
    I.EXCHANGED: LAST,
    I.LOADED: LOADED,
    I.MISMATCH: described(0, SPINE0, 99, master=True),
    I.BAD_REQUEST: asked(0, 3),
    I.SILENCE: TimerFired("dead:0"),
    I.KILLED: Told("bfd", "down", 0),
}

GREET, NEXT, WATCH, ALARM = "hello", "next hello", "dead timer", "note"
MUTE, CALM, UNWATCH = "no hello", "no retry", "no dead timer"
CLAIMS, RETRY, TELLS, ASKS, ACK = "claim", "retry", "description", "request", "ack"
ROWS: dict[tuple[State, Input], tuple[State, set[str]]] = {
    (S.DARK, I.CARRIER): (S.DOWN, {GREET, NEXT}),
    (S.DOWN, I.CARRIER_LOST): (S.DARK, {MUTE, CALM, UNWATCH}),
    (S.DOWN, I.HELLO): (S.INIT, {WATCH}),
    (S.INIT, I.CARRIER_LOST): (S.DARK, {MUTE, CALM, UNWATCH}),
    (S.INIT, I.HELLO): (S.INIT, {WATCH}),
    (S.INIT, I.TWO_WAY): (S.EX_START, {WATCH, CLAIMS, RETRY}),
    (S.INIT, I.ONE_WAY): (S.INIT, {WATCH}),
    (S.INIT, I.SILENCE): (S.DOWN, {ALARM, CALM, UNWATCH}),
    (S.INIT, I.KILLED): (S.DOWN, {CALM, UNWATCH}),
    (S.EX_START, I.CARRIER_LOST): (S.DARK, {MUTE, CALM, UNWATCH}),
    (S.EX_START, I.HELLO): (S.EX_START, {WATCH}),
    (S.EX_START, I.TWO_WAY): (S.EX_START, {WATCH}),
    (S.EX_START, I.ONE_WAY): (S.INIT, {WATCH, CALM}),
    (S.EX_START, I.NEGOTIATED): (S.EXCHANGE, {CALM, TELLS}),
    (S.EX_START, I.SILENCE): (S.DOWN, {ALARM, CALM, UNWATCH}),
    (S.EX_START, I.KILLED): (S.DOWN, {CALM, UNWATCH}),
    (S.EXCHANGE, I.CARRIER_LOST): (S.DARK, {MUTE, CALM, UNWATCH}),
    (S.EXCHANGE, I.HELLO): (S.EXCHANGE, {WATCH}),
    (S.EXCHANGE, I.TWO_WAY): (S.EXCHANGE, {WATCH}),
    (S.EXCHANGE, I.ONE_WAY): (S.INIT, {WATCH, CALM}),
    (S.EXCHANGE, I.EXCHANGED): (S.LOADING, {TELLS, ASKS, RETRY}),
    (S.EXCHANGE, I.MISMATCH): (S.EX_START, {CLAIMS, RETRY}),
    (S.EXCHANGE, I.BAD_REQUEST): (S.EX_START, {CLAIMS, RETRY}),
    (S.EXCHANGE, I.SILENCE): (S.DOWN, {ALARM, CALM, UNWATCH}),
    (S.EXCHANGE, I.KILLED): (S.DOWN, {CALM, UNWATCH}),
    (S.LOADING, I.CARRIER_LOST): (S.DARK, {MUTE, CALM, UNWATCH}),
    (S.LOADING, I.HELLO): (S.LOADING, {WATCH}),
    (S.LOADING, I.TWO_WAY): (S.LOADING, {WATCH}),
    (S.LOADING, I.ONE_WAY): (S.INIT, {WATCH, CALM}),
    (S.LOADING, I.LOADED): (S.FULL, {ACK, CALM, "1 links", "rxmt", "spf"}),
    (S.LOADING, I.MISMATCH): (S.EX_START, {CLAIMS, RETRY}),
    (S.LOADING, I.BAD_REQUEST): (S.EX_START, {CLAIMS, RETRY}),
    (S.LOADING, I.SILENCE): (S.DOWN, {ALARM, CALM, UNWATCH}),
    (S.LOADING, I.KILLED): (S.DOWN, {CALM, UNWATCH}),
    (S.FULL, I.CARRIER_LOST): (S.DARK, {MUTE, CALM, UNWATCH}),
    (S.FULL, I.HELLO): (S.FULL, {WATCH}),
    (S.FULL, I.TWO_WAY): (S.FULL, {WATCH}),
    (S.FULL, I.ONE_WAY): (S.INIT, {WATCH, CALM}),
    (S.FULL, I.MISMATCH): (S.EX_START, {CLAIMS, RETRY}),
    (S.FULL, I.BAD_REQUEST): (S.EX_START, {CLAIMS, RETRY}),
    (S.FULL, I.SILENCE): (S.DOWN, {ALARM, CALM, UNWATCH}),
    (S.FULL, I.KILLED): (S.DOWN, {CALM, UNWATCH}),
}
"""What the rows do, in words; all others leave everything as it is. Nobody else is there to be
flooded, and the SPF that was asked for at Full still waits."""


def words(effect: Effect) -> str:
    match effect:
        case SetTimer("hello:0", FRR.hello_ns):
            return NEXT
        case SetTimer("dead:0", FRR.dead_ns):
            return WATCH
        case SetTimer("again:0", FRR.retransmit_ns):
            return RETRY
        case SetTimer("rxmt:0" | "spf" as name):
            return name.partition(":")[0]
        case CancelTimer(name):
            return {"hello:0": MUTE, "again:0": CALM, "dead:0": UNWATCH}[name]
        case Send(0, Hello(), work="hello"):
            return GREET
        case Send(0, DbDesc(init=True)):
            return CLAIMS
        case Send(0, DbDesc()):
            return TELLS
        case Send(0, LsRequest((2,))):
            return ASKS
        case Send(0, LsAck()):
            return ACK
        case Send(0, LsUpdate((Lsa(origin=0, links=links),)), "originate"):
            return f"{len(links)} links"
        case Note(detected=True):
            return ALARM
    raise AssertionError(effect)


def event_of(state: State, what: Input) -> Event:
    """What makes this input; a hello alone is one that changes nothing further."""
    if what is I.HELLO:
        return TWO_WAY if state in FLOODING or state is S.EX_START else ONE_WAY
    return EVENTS[what]


def in_state(state: State) -> Playbook:
    book = Playbook(adjacent=False, exercised=True)
    for event in WAYS[state]:
        _ = book >> event
    return book


@pytest.mark.parametrize(("state", "what"), list(TABLE))
def test_a_router_does_what_the_row_says(state: State, what: Input) -> None:
    book = in_state(state)
    assert book.router.states == [state, S.DARK]
    end, wanted = ROWS.get((state, what), (state, set()))
    found = book >> event_of(state, what)
    assert {words(effect) for effect in found} == wanted
    assert book.router.states[0] is TABLE[state, what].state is end
    mine = book.router.lsdb.get(0)
    assert bool(mine and mine.links) == (end is S.FULL), "the own LSA lists full adjacencies only"


def test_every_pair_that_can_come_about_is_in_the_table() -> None:
    anywhere = {I.CARRIER, I.CARRIER_LOST, I.HELLO, I.KILLED}
    once_heard = {I.TWO_WAY, I.ONE_WAY, I.SILENCE}
    known = set(State) - {S.DARK, S.DOWN}
    pairs = {*product(State, anywhere), *product(known, once_heard)}
    pairs |= set(product(FLOODING, {I.MISMATCH, I.BAD_REQUEST}))
    pairs |= {(S.EX_START, I.NEGOTIATED), (S.EXCHANGE, I.EXCHANGED), (S.LOADING, I.LOADED)}
    assert set(TABLE) == pairs


def test_every_action_is_a_method_of_the_router() -> None:
    actions = {move.action for move in TABLE.values() if move.action}
    assert all(callable(getattr(Router, f"_{action}")) for action in actions)


def test_what_cannot_come_about_is_a_bug_that_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(KeyError):
        _ = in_state(S.DOWN) >> TimerFired("dead:0")
    monkeypatch.delitem(TABLE, (S.FULL, I.CARRIER_LOST))
    with pytest.raises(KeyError):
        _ = in_state(S.FULL) >> DOWN


def test_hellos_are_life_signs_that_cost_nothing() -> None:
    sent = [effect for effect in in_state(S.DARK) >> UP if isinstance(effect, Send)]
    assert [effect.work for effect in sent] == [HELLO]

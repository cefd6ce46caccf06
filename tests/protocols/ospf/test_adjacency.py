"""The adjacency table: complete, and every row walked by a router."""

from __future__ import annotations

from itertools import product

import pytest

from sidr.model.effects import CancelTimer, Effect, Send, SetTimer
from sidr.model.events import Event, MessageReceived, PortDown, PortUp, TimerFired
from sidr.model.profiles import profile
from sidr.protocols.ospf.adjacency import TABLE, Input, Move, State
from sidr.protocols.ospf.messages import Hello, LsUpdate
from sidr.protocols.ospf.router import Router
from tests.protocols.ospf.playbook import Playbook

TIMERS = profile("frr-traditional,ospf.adjacency_setup=8s").ospf
"""FRR's own set-up takes as long as its hello interval: the two timers must be told apart."""
UP, DOWN = PortUp(0), PortDown(0)
TICK, HELLO = TimerFired("adjacency:0"), MessageReceived(0, Hello())
EVENTS: dict[Input, Event] = {
    Input.CARRIER: UP,
    Input.CARRIER_LOST: DOWN,
    Input.TIMER: TICK,
    Input.HELLO: HELLO,
}
WAYS: dict[State, list[Event]] = {
    State.DOWN: [],
    State.WAITING: [UP],
    State.HEARD: [UP, HELLO],
    State.INIT: [UP, TICK],
    State.FULL: [UP, TICK, HELLO],
}
"""How a router that was just switched on comes into each state."""

WAIT, GREET, AGAIN = "wait for the set-up", "Hello", "Hello again later"
STOP, DATABASE, SPF = "no timer", "LSAs", "SPF"
ROWS: dict[tuple[State, Input], tuple[State, set[str]]] = {
    (State.DOWN, Input.CARRIER): (State.WAITING, {WAIT}),
    (State.WAITING, Input.HELLO): (State.HEARD, set()),
    (State.WAITING, Input.TIMER): (State.INIT, {GREET, AGAIN}),
    (State.WAITING, Input.CARRIER_LOST): (State.DOWN, {STOP}),
    (State.HEARD, Input.TIMER): (State.FULL, {GREET, STOP, DATABASE, SPF}),
    (State.HEARD, Input.CARRIER_LOST): (State.DOWN, {STOP}),
    (State.INIT, Input.TIMER): (State.INIT, {GREET, AGAIN}),
    (State.INIT, Input.HELLO): (State.FULL, {STOP, DATABASE, SPF}),
    (State.INIT, Input.CARRIER_LOST): (State.DOWN, {STOP}),
    (State.FULL, Input.HELLO): (State.FULL, {"answer", DATABASE}),
    (State.FULL, Input.CARRIER_LOST): (State.DOWN, set()),  # its first SPF still waits
}
"""What the rows do, in words; all others leave everything as it is."""


def words(effect: Effect) -> str:
    match effect:
        case SetTimer("adjacency:0", TIMERS.adjacency_setup_ns):
            return WAIT
        case SetTimer("adjacency:0", TIMERS.hello_ns):
            return AGAIN
        case SetTimer("spf"):
            return SPF
        case CancelTimer("adjacency:0"):
            return STOP
        case Send(0, Hello(answer=answer)):
            return "answer" if answer else GREET
        case Send(0, LsUpdate()):
            return DATABASE
    raise AssertionError(effect)


@pytest.mark.parametrize(("state", "what"), list(product(State, Input)))
def test_a_router_does_what_the_row_says(state: State, what: Input) -> None:
    book = Playbook(adjacent=False, timers=TIMERS)
    for event in WAYS[state]:
        _ = book >> event
    end, wanted = ROWS.get((state, what), (state, set()))
    rxmt = "rxmt:0"
    found = [e for e in book >> EVENTS[what] if not (isinstance(e, SetTimer) and e.name == rxmt)]
    assert {words(effect) for effect in found} == wanted
    assert TABLE[state, what].state is end
    full = book >> MessageReceived(0, LsUpdate(())) or book.router.lsdb.get(0)
    assert bool(full and full.links) == (end is State.FULL)


def test_every_state_answers_every_input_and_nothing_else() -> None:
    assert set(TABLE) == set(product(State, Input))
    with pytest.raises(KeyError):
        _ = Playbook() >> TimerFired("dead:0")


def test_every_action_is_a_method_of_the_router() -> None:
    actions = {move.action for move in TABLE.values() if move.action}
    assert all(callable(getattr(Router, f"_{action}")) for action in actions)


@pytest.mark.parametrize(
    ("inputs", "ends"),
    [
        ([Input.CARRIER, Input.TIMER, Input.HELLO], "adopt"),
        ([Input.CARRIER, Input.HELLO, Input.TIMER], "greet_and_adopt"),
        ([Input.CARRIER, Input.TIMER, Input.TIMER, Input.HELLO], "adopt"),
    ],
)
def test_both_orders_of_hello_end_full(inputs: list[Input], ends: str) -> None:
    move = Move(State.DOWN)
    for what in inputs:
        move = TABLE[move.state, what]
    assert move == Move(State.FULL, ends)


def test_a_hole_in_the_table_is_a_bug_that_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(TABLE, (State.FULL, Input.CARRIER_LOST))
    with pytest.raises(KeyError):
        _ = Playbook() >> DOWN

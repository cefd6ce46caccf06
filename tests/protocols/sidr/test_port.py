"""The port's table: complete, and every row that does something is walked by an agent."""

from __future__ import annotations

from itertools import product

import pytest

from sidr.model.effects import CancelTimer, Effect, ProgramFib, Send, SetTimer
from sidr.model.events import Event, PortDown, PortUp, TimerFired, Told
from sidr.protocols.sidr.agent import Agent
from sidr.protocols.sidr.messages import Fetch, Hello, Notice
from sidr.protocols.sidr.port import LISTENING, TABLE, Input, PortState
from tests.protocols.sidr.playbook import (
    ORDER,
    SPINE0,
    MessageReceived,
    Playbook,
    digest,
    hello,
    notice,
    vector,
)

S, I = PortState, Input
STRANGE = 77
EVENTS: dict[Input, Event] = {
    I.LIGHT_LOST: PortDown(0),
    I.LIGHT: PortUp(0),
    I.SILENCE: Told("bfd", "down", 0),
    I.SOUND: Told("bfd", "up", 0),
    I.TIMER: TimerFired("port:0"),
    I.HELLO: hello(0),
    I.VECTOR: vector(0, 5),
    I.NOTICE: notice(0, 6, (0, 1, 8)),
    I.DIGEST: digest(0, 9, 1, 2, 3),
    I.FETCH: MessageReceived(0, Fetch(ORDER, 1)),
    I.STRANGER: hello(0, boot=STRANGE),
}
WAYS: dict[PortState, list[Event]] = {
    S.DOWN: [PortDown(0)],
    S.SILENT: [Told("bfd", "down", 0)],
    S.HOLD_UP: [PortDown(0), PortUp(0)],
    S.GREETING: [PortDown(0), PortUp(0), TimerFired("port:0")],
    S.ADMITTED: [],
}
"""How the port of a running agent comes into each state."""

EXPEL, ADMIT, WRITE, HOLD, STOP = "expel", "admit", "write", "hold", "stop"
GREET, ANSWER, FETCH, TELL = "Hello", "vector", "Fetch", "notice"
ROWS: dict[tuple[PortState, Input], tuple[PortState, set[str]]] = {
    (S.DOWN, I.LIGHT): (S.HOLD_UP, {HOLD}),
    (S.SILENT, I.LIGHT_LOST): (S.DOWN, set()),
    (S.SILENT, I.SOUND): (S.HOLD_UP, {HOLD}),
    (S.HOLD_UP, I.LIGHT_LOST): (S.DOWN, {STOP}),
    (S.HOLD_UP, I.SILENCE): (S.SILENT, {STOP}),
    (S.HOLD_UP, I.TIMER): (S.GREETING, {GREET, HOLD}),
    (S.GREETING, I.LIGHT_LOST): (S.DOWN, {STOP}),
    (S.GREETING, I.SILENCE): (S.SILENT, {STOP}),
    (S.GREETING, I.TIMER): (S.GREETING, {GREET, HOLD}),
    (S.GREETING, I.HELLO): (S.GREETING, {ANSWER}),
    (S.GREETING, I.STRANGER): (S.GREETING, {ANSWER}),
    (S.GREETING, I.FETCH): (S.GREETING, {ANSWER}),
    (S.GREETING, I.VECTOR): (S.ADMITTED, {STOP, ADMIT}),
    (S.ADMITTED, I.LIGHT_LOST): (S.DOWN, {EXPEL, TELL}),
    (S.ADMITTED, I.SILENCE): (S.SILENT, {EXPEL, TELL}),
    (S.ADMITTED, I.HELLO): (S.ADMITTED, {ANSWER}),
    (S.ADMITTED, I.VECTOR): (S.ADMITTED, set()),
    (S.ADMITTED, I.NOTICE): (S.ADMITTED, {WRITE, TELL}),
    (S.ADMITTED, I.DIGEST): (S.ADMITTED, {FETCH}),
    (S.ADMITTED, I.FETCH): (S.ADMITTED, {ANSWER}),
    (S.ADMITTED, I.STRANGER): (S.HOLD_UP, {EXPEL, TELL, HOLD}),
}
"""What the rows do, in words; all others leave everything as it is."""


def words(effect: Effect) -> str | None:
    match effect:
        case ProgramFib(expel=(0,)):
            return EXPEL
        case ProgramFib(admit=(0,)):
            return ADMIT
        case ProgramFib():
            return WRITE
        case SetTimer("port:0"):
            return HOLD
        case CancelTimer("port:0"):
            return STOP
        case Send(port=-1):
            return None  # the planner's report is told elsewhere
        case Send(message=Notice(full=full)):
            return ANSWER if full else TELL
        case Send(message=Hello()):
            return GREET
        case Send(message=Fetch()):
            return FETCH
    raise AssertionError(effect)


@pytest.mark.parametrize(("state", "what"), list(product(S, I)))
def test_an_agent_does_what_the_row_says(state: PortState, what: Input) -> None:
    book = Playbook(SPINE0).all(WAYS[state])
    end, wanted = ROWS.get((state, what), (state, set()))
    found = {words(effect) for effect in book >> EVENTS[what]} - {None}
    assert found == wanted
    assert TABLE[state, what].state is end


def test_every_state_answers_every_input() -> None:
    assert set(TABLE) == set(product(S, I))


def test_every_action_is_a_method_of_the_agent() -> None:
    actions = {move.action for move in TABLE.values() if move.action}
    assert all(callable(getattr(Agent, f"_{action}")) for action in actions)


def test_a_port_is_never_admitted_but_by_a_whole_vector_after_a_hello() -> None:
    ways = {(state, what) for (state, what), move in TABLE.items() if move.state is S.ADMITTED}
    assert {key for key in ways if key[0] is not S.ADMITTED} == {(S.GREETING, I.VECTOR)}
    assert LISTENING == (S.GREETING, S.ADMITTED)


def test_a_hole_in_the_table_is_a_bug_that_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(TABLE, (S.ADMITTED, I.LIGHT_LOST))
    with pytest.raises(KeyError):
        _ = Playbook() >> PortDown(0)

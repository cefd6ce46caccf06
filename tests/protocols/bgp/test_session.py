"""The session table: complete, and what RFC 4271 section 8.2.2 says."""

from __future__ import annotations

from itertools import product

import pytest

from sidr.protocols.bgp.peers import INPUT_OF, Peers
from sidr.protocols.bgp.session import TABLE, Input, Move, State

S, I = State, Input
LOSES = {"lose", "expire", "cease", "fall", "protest"}
"""Actions that take the peer's routes away."""


def test_every_state_has_a_row_for_every_input() -> None:
    assert set(TABLE) == set(product(State, Input))


def test_every_action_is_a_method_of_the_peers() -> None:
    actions = {move.action for move in TABLE.values()} - {""}
    assert all(callable(getattr(Peers, f"_{action}")) for action in actions)


def test_every_message_that_is_carried_is_an_input() -> None:
    assert set(INPUT_OF.values()) == {I.OPEN, I.KEEPALIVE, I.UPDATE, I.NOTIFICATION}


@pytest.mark.parametrize("state", State)
def test_a_session_falls_with_its_carrier_from_any_state(state: State) -> None:
    assert TABLE[state, I.CARRIER_LOST].state is S.IDLE


def test_established_is_reached_by_a_keepalive_after_open_only() -> None:
    risen = {row for row, move in TABLE.items() if move == Move(S.ESTABLISHED, "establish")}
    entered = {row for row, move in TABLE.items() if move.state is S.ESTABLISHED}
    assert risen == {(S.OPEN_CONFIRM, I.KEEPALIVE)}
    assert {state for state, _ in entered - risen} == {S.ESTABLISHED}


def test_routes_are_lost_exactly_when_established_is_left() -> None:
    for (state, what), move in TABLE.items():
        left = state is S.ESTABLISHED and move.state is not S.ESTABLISHED
        assert left == (move.action in LOSES), (state, what)


def test_established_is_left_for_these_reasons() -> None:
    left = {row[1]: m.action for row, m in TABLE.items() if row[0] is S.ESTABLISHED}
    assert {what: action for what, action in left.items() if action in LOSES} == {
        I.CARRIER_LOST: "lose",
        I.SILENCE: "expire",
        I.DETECTED: "cease",
        I.RESET: "fall",
        I.OPEN: "protest",
        I.NOTIFICATION: "fall",
    }


def test_a_call_is_refused_when_idle_and_when_there_is_a_session_already() -> None:
    refusing = {state for state in State if TABLE[state, I.CALLED].action == "refuse"}
    assert refusing == {S.IDLE, S.ESTABLISHED}


def test_idle_is_left_by_its_start_timer_only() -> None:
    leaving = {what for what in Input if TABLE[S.IDLE, what].state is not S.IDLE}
    assert leaving == {I.START}


def test_a_message_out_of_turn_ends_a_session_and_the_peer_is_told() -> None:
    out_of_turn = {row for row, m in TABLE.items() if m.action in ("object", "protest")}
    assert out_of_turn == {
        *product((S.OPEN_SENT,), (I.KEEPALIVE, I.UPDATE)),
        *product((S.OPEN_CONFIRM,), (I.OPEN, I.UPDATE)),
        (S.ESTABLISHED, I.OPEN),
    }

"""The session table: complete, and walked as sessions are."""

from __future__ import annotations

from itertools import product

import pytest

from sidr.protocols.bgp.session import TABLE, Input, Move, State
from sidr.protocols.bgp.speaker import Speaker


def test_every_state_answers_every_input() -> None:
    assert set(TABLE) == set(product(State, Input))


def test_every_action_is_a_method_of_the_speaker() -> None:
    actions = {move.action for move in TABLE.values() if move.action}
    assert all(callable(getattr(Speaker, f"_{action}")) for action in actions)


@pytest.mark.parametrize("state", State)
def test_a_session_falls_with_its_carrier_from_any_state(state: State) -> None:
    assert TABLE[state, Input.CARRIER_LOST].state is State.IDLE


@pytest.mark.parametrize(
    ("inputs", "ends"),
    [
        ([Input.CARRIER, Input.TIMER, Input.OPEN], "establish"),
        ([Input.CARRIER, Input.OPEN, Input.TIMER], "open_and_establish"),
        ([Input.CARRIER, Input.TIMER, Input.TIMER, Input.OPEN], "establish"),
    ],
)
def test_both_orders_of_open_end_established(inputs: list[Input], ends: str) -> None:
    move = Move(State.IDLE)
    for what in inputs:
        move = TABLE[move.state, what]
    assert move == Move(State.ESTABLISHED, ends)


def test_without_carrier_nothing_opens() -> None:
    quiet = [Input.TIMER, Input.OPEN, Input.CARRIER_LOST]
    assert {TABLE[State.IDLE, what] for what in quiet} == {Move(State.IDLE)}

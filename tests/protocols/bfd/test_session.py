"""The table of a session: complete, and what RFC 5880 section 6.8.6 says."""

from __future__ import annotations

from itertools import product

from sidr.protocols.bfd.detector import HEARD, Detector
from sidr.protocols.bfd.session import TABLE, Input, State

S, I = State, Input


def reached(action: str) -> set[tuple[State, State]]:
    """(before, after) of the rows with an action."""
    return {(row[0], move.state) for row, move in TABLE.items() if move.action == action}


def test_every_state_has_a_row_for_every_input() -> None:
    assert set(TABLE) == set(product(State, Input))


def test_every_action_is_a_method_of_the_detector() -> None:
    actions = {move.action for move in TABLE.values()} - {""}
    assert actions == {"begin", "answer", "hear", "rise", "fall", "stop"}
    assert all(callable(getattr(Detector, f"_{action}")) for action in actions)


def test_a_change_of_state_without_an_action_is_silence_in_init_only() -> None:
    moved = {row for row, move in TABLE.items() if move.state is not row[0] and not move.action}
    assert moved == {(S.INIT, I.SILENCE)}


def test_up_stands_only_after_the_neighbour_has_heard_us() -> None:
    risen = {row for row, move in TABLE.items() if move.state is S.UP and row[0] is not S.UP}
    assert risen == {(S.DOWN, I.HEARD_INIT), (S.INIT, I.HEARD_INIT), (S.INIT, I.HEARD_UP)}
    assert reached("rise") == {(S.DOWN, S.UP), (S.INIT, S.UP)}


def test_up_falls_by_silence_by_the_neighbours_word_or_with_the_carrier() -> None:
    fallen = {row[1]: move for row, move in TABLE.items() if row[0] is S.UP and move.state != S.UP}
    assert {what: (move.state, move.action) for what, move in fallen.items()} == {
        I.SILENCE: (S.DOWN, "fall"),
        I.HEARD_DOWN: (S.DOWN, "fall"),
        I.CARRIER_LOST: (S.DARK, "stop"),
    }


def test_without_carrier_nothing_is_heard_and_nothing_sent() -> None:
    assert all(TABLE[state, I.CARRIER_LOST].state is S.DARK for state in State)
    leaving = {what for what in Input if TABLE[S.DARK, what].state is not S.DARK}
    assert leaving == {I.CARRIER}
    assert all(not TABLE[S.DARK, what].action for what in set(Input) - {I.CARRIER})


def test_a_packet_of_every_state_that_is_sent_is_an_input() -> None:
    assert set(HEARD) == {state.value for state in State if state is not S.DARK}

"""RFC 8405's three states: every row of the table, and the waits that come of them."""

from __future__ import annotations

import pytest

from sidr.model.effects import CancelTimer, Effect, SetTimer
from sidr.model.profiles import profile
from sidr.protocols.ospf.backoff import TABLE, Backoff, Input, State

MS = 1_000_000
RFC = profile("rfc").ospf
S, I = State, Input
INITIAL, SHORT, LONG = (SetTimer("spf", ms * MS) for ms in (50, 200, 5000))
LEARN, HOLD = SetTimer("learn", 500 * MS), SetTimer("holddown", 10_000 * MS)

WAYS: dict[State, list[Input]] = {
    S.QUIET: [],
    S.SHORT_WAIT: [I.NEWS],
    S.LONG_WAIT: [I.NEWS, I.LEARNT],
}
ROWS: dict[tuple[State, Input], tuple[State, list[Effect]]] = {
    (S.QUIET, I.NEWS): (S.SHORT_WAIT, [INITIAL, LEARN, HOLD]),
    (S.SHORT_WAIT, I.NEWS): (S.SHORT_WAIT, [SHORT, HOLD]),
    (S.SHORT_WAIT, I.LEARNT): (S.LONG_WAIT, []),
    (S.SHORT_WAIT, I.HELD): (S.QUIET, [CancelTimer("learn")]),
    (S.LONG_WAIT, I.NEWS): (S.LONG_WAIT, [LONG, HOLD]),
    (S.LONG_WAIT, I.HELD): (S.QUIET, []),
}
"""Transitions 1 to 6 of section 5.3, with the SPF that was asked for having run."""


def feed(machine: Backoff, what: Input) -> list[Effect]:
    if what is I.NEWS:
        return machine.ask(0)
    return machine.timers["learn" if what is I.LEARNT else "holddown"](0)


def in_state(state: State) -> Backoff:
    machine = Backoff(RFC)
    for what in WAYS[state]:
        _ = feed(machine, what)
    return machine


@pytest.mark.parametrize(("state", "what"), list(TABLE))
def test_the_machine_does_what_the_row_says(state: State, what: Input) -> None:
    machine = in_state(state)
    machine.ran(0)
    end, effects = ROWS[state, what]
    assert feed(machine, what) == effects
    assert TABLE[state, what].state is end


def test_timers_that_do_not_run_are_not_in_the_table() -> None:
    assert set(TABLE) == set(ROWS)
    with pytest.raises(KeyError):
        _ = feed(Backoff(RFC), I.HELD)
    with pytest.raises(KeyError):
        _ = feed(in_state(S.LONG_WAIT), I.LEARNT)


@pytest.mark.parametrize("state", State)
def test_news_while_an_spf_waits_only_prolongs_the_hold_down(state: State) -> None:
    machine = in_state(state)
    _ = machine.ask(0)
    assert machine.ask(0) == [HOLD]


def test_a_network_that_goes_on_changing_waits_50_then_200_then_5000_ms() -> None:
    machine, waits = Backoff(RFC), []
    for step in range(4):
        if step == 2:
            _ = machine.timers["learn"](0)
        timers = {e.name: e.delay_ns for e in machine.ask(0) if isinstance(e, SetTimer)}
        waits.append(timers["spf"] // MS)
        machine.ran(0)
    assert waits == [50, 200, 5000, 5000]


def test_after_the_hold_down_the_next_fault_is_a_first_one_again() -> None:
    machine = in_state(S.LONG_WAIT)
    machine.ran(0)
    _ = machine.timers["holddown"](0)
    assert machine.ask(0) == [INITIAL, LEARN, HOLD]

"""Sessions of one speaker: every row of the table walked, and how life signs run."""

from __future__ import annotations

from itertools import product

import msgspec
import pytest

from sidr.model.effects import HELLO, CancelTimer, Effect, Note, Send, SetTimer
from sidr.model.events import Event, MessageReceived, PortDown, PortUp, TimerFired, Told
from sidr.protocols.bgp.messages import (
    Ack,
    Keepalive,
    Notification,
    Open,
    Reset,
    Syn,
    SynAck,
    Update,
)
from sidr.protocols.bgp.peers import INPUT_OF
from sidr.protocols.bgp.session import TABLE, Input, State
from sidr.protocols.pulse import Beat, Pulse
from tests.protocols.bgp.playbook import (
    CALL,
    FRR,
    HOME,
    ME,
    MS,
    SECOND,
    A,
    Playbook,
    acked,
    arrive,
    sent,
)

S, I = State, Input


def placed(seq: int, message: Open | Keepalive | Update | Notification) -> MessageReceived:
    """A message of the speaker's first call comes in."""
    return MessageReceived(0, msgspec.structs.replace(message, connection=CALL, seq=seq))


UP, START, RETRY = PortUp(0), TimerFired("start:0"), TimerFired("retry:0")
CALLED, STANDS = MessageReceived(0, Syn(7)), MessageReceived(0, SynAck(CALL))
REFUSED = MessageReceived(0, Reset(CALL))
OPENED, AGREED = placed(1, Open(asn=A)), placed(2, Keepalive())
WAYS: dict[State, list[Event]] = {
    S.IDLE: [UP],
    S.CONNECT: [UP, START],
    S.ACTIVE: [UP, START, REFUSED],
    S.OPEN_SENT: [UP, START, STANDS],
    S.OPEN_CONFIRM: [UP, START, STANDS, OPENED],
    S.ESTABLISHED: [UP, START, STANDS, OPENED, AGREED, TimerFired("coalesce")],
}
"""How a speaker that was just switched on comes into each state."""
NEWS = Update(0, (A, HOME))
SAMPLES = {
    Open: Open(asn=A), Update: NEWS, Keepalive: Keepalive(), Notification: Notification("over"),
}  # fmt: skip
SEEN = {S.OPEN_CONFIRM: 1, S.ESTABLISHED: 2}
"""How many messages have come in then."""

WAIT, UNWAIT, CALL_OUT, RETRIES, CALM = "start", "no start", "call", "retry timer", "no retry"
REDIAL, ACK, RST, YES = "redial", "ack", "reset", "syn-ack"
OPEN_OUT, SIGN, OVER, HOLD, UNHOLD = "open", "keepalive", "notification", "hold", "no hold"
BEAT, MUTE, RTO, CLEAR, GATHER, ALARM = "beat", "mute", "rto", "clear", "coalesce", "note"
FORGOTTEN = "no redial"

QUIET = {MUTE, UNHOLD}
STOP = {UNWAIT, CALM, *QUIET}
AGAIN = {CALM, *QUIET, WAIT}
ROWS: dict[tuple[State, Input], tuple[State, set[str]]] = {
    (S.IDLE, I.CARRIER_LOST): (S.IDLE, STOP),
    (S.IDLE, I.CARRIER): (S.IDLE, {WAIT}),
    (S.IDLE, I.START): (S.CONNECT, {CALL_OUT, REDIAL, RETRIES}),
    (S.IDLE, I.CALLED): (S.IDLE, {RST}),
    (S.CONNECT, I.CARRIER_LOST): (S.IDLE, {*STOP, FORGOTTEN}),
    (S.CONNECT, I.RETRY): (S.CONNECT, {FORGOTTEN, CALL_OUT, REDIAL, RETRIES}),
    (S.CONNECT, I.CALLED): (S.CONNECT, {YES}),
    (S.CONNECT, I.CONNECTED): (S.OPEN_SENT, {FORGOTTEN, ACK, CALM, OPEN_OUT, RTO, HOLD}),
    (S.CONNECT, I.RESET): (S.ACTIVE, {FORGOTTEN, RETRIES}),
    (S.ACTIVE, I.CARRIER_LOST): (S.IDLE, STOP),
    (S.ACTIVE, I.RETRY): (S.CONNECT, {CALL_OUT, REDIAL, RETRIES}),
    (S.ACTIVE, I.CALLED): (S.ACTIVE, {YES}),
    (S.OPEN_SENT, I.CARRIER_LOST): (S.IDLE, {*STOP, "no rto"}),
    (S.OPEN_SENT, I.SILENCE): (S.IDLE, {OVER, *AGAIN}),
    (S.OPEN_SENT, I.DETECTED): (S.IDLE, {OVER, *AGAIN}),
    (S.OPEN_SENT, I.CALLED): (S.ACTIVE, {*QUIET, YES, RETRIES}),
    (S.OPEN_SENT, I.RESET): (S.ACTIVE, {"no rto", RETRIES}),
    (S.OPEN_SENT, I.OPEN): (S.OPEN_CONFIRM, {ACK, SIGN, BEAT, HOLD}),
    (S.OPEN_SENT, I.NOTIFICATION): (S.IDLE, {ACK, *AGAIN}),
    (S.OPEN_SENT, I.KEEPALIVE): (S.IDLE, {ACK, OVER, *AGAIN}),
    (S.OPEN_SENT, I.UPDATE): (S.IDLE, {ACK, OVER, *AGAIN}),
    (S.OPEN_CONFIRM, I.CARRIER_LOST): (S.IDLE, {*STOP, "no rto"}),
    (S.OPEN_CONFIRM, I.SILENCE): (S.IDLE, {OVER, *AGAIN}),
    (S.OPEN_CONFIRM, I.DETECTED): (S.IDLE, {OVER, *AGAIN}),
    (S.OPEN_CONFIRM, I.CALLED): (S.ACTIVE, {*QUIET, YES, RETRIES}),
    (S.OPEN_CONFIRM, I.RESET): (S.IDLE, {"no rto", *AGAIN}),
    (S.OPEN_CONFIRM, I.OPEN): (S.IDLE, {ACK, OVER, *AGAIN}),
    (S.OPEN_CONFIRM, I.NOTIFICATION): (S.IDLE, {ACK, *AGAIN}),
    (S.OPEN_CONFIRM, I.KEEPALIVE): (S.ESTABLISHED, {ACK, HOLD, GATHER}),
    (S.OPEN_CONFIRM, I.UPDATE): (S.IDLE, {ACK, OVER, *AGAIN}),
    (S.ESTABLISHED, I.CARRIER_LOST): (S.IDLE, {*QUIET, "no rto", CLEAR}),
    (S.ESTABLISHED, I.SILENCE): (S.IDLE, {ALARM, OVER, *AGAIN, CLEAR}),
    (S.ESTABLISHED, I.DETECTED): (S.IDLE, {OVER, *AGAIN, CLEAR}),
    (S.ESTABLISHED, I.CALLED): (S.ESTABLISHED, {RST}),
    (S.ESTABLISHED, I.RESET): (S.IDLE, {"no rto", *AGAIN, CLEAR}),
    (S.ESTABLISHED, I.OPEN): (S.IDLE, {ACK, OVER, *AGAIN, CLEAR}),
    (S.ESTABLISHED, I.NOTIFICATION): (S.IDLE, {ACK, *AGAIN, CLEAR}),
    (S.ESTABLISHED, I.KEEPALIVE): (S.ESTABLISHED, {ACK, HOLD}),
    (S.ESTABLISHED, I.UPDATE): (S.ESTABLISHED, {ACK, HOLD, "best"}),
}
"""What each row does, in words. Rows that are not here change nothing and do nothing."""
BARE = {
    *product((S.CONNECT, S.ACTIVE), (I.OPEN, I.KEEPALIVE, I.UPDATE, I.NOTIFICATION)),
    (S.ACTIVE, I.CONNECTED),
}
"""Rows that a message walks that comes before its connection stands: bare ones only."""

TIMERS = {
    "start": WAIT, "retry": RETRIES, "syn": REDIAL, "hold": HOLD, "keepalive": BEAT, "rto": RTO,
    "clear": CLEAR, "coalesce": GATHER, "best": "best",
}  # fmt: skip
CANCELS = {
    "start": UNWAIT, "retry": CALM, "syn": FORGOTTEN, "hold": UNHOLD, "keepalive": MUTE,
    "rto": "no rto", "mrai": "no mrai",
}  # fmt: skip
SENDS = {
    Syn: CALL_OUT, SynAck: YES, Ack: ACK, Reset: RST, Open: OPEN_OUT, Keepalive: SIGN,
    Notification: OVER, Update: "update",
}  # fmt: skip


def words(effects: list[Effect]) -> set[str]:
    """Effects in the words of ROWS."""
    found = set()
    for effect in effects:
        if isinstance(effect, Send):
            found.add(SENDS[type(effect.message)])
        elif isinstance(effect, SetTimer):
            found.add(TIMERS[effect.name.split(":")[0]])
        elif isinstance(effect, CancelTimer):
            found.add(CANCELS[effect.name.split(":")[0]])
        else:
            assert isinstance(effect, Note)
            found.add(ALARM)
    return found


def event_of(state: State, what: Input) -> Event:
    """An event that means this input in this state."""
    seq = SEEN.get(state, 0) + 1
    plain: dict[Input, Event] = {
        I.CARRIER: UP,
        I.CARRIER_LOST: PortDown(0),
        I.START: START,
        I.RETRY: RETRY,
        I.SILENCE: TimerFired("hold:0"),
        I.DETECTED: Told("bfd", "down", 0),
        I.CALLED: CALLED,
        I.CONNECTED: STANDS,
        I.RESET: REFUSED,
        I.OPEN: placed(seq, Open(asn=A)),
        I.KEEPALIVE: placed(seq, Keepalive()),
        I.UPDATE: placed(seq, NEWS),
        I.NOTIFICATION: placed(seq, Notification("over")),
    }
    return plain[what]


def come(state: State) -> Playbook:
    """A speaker whose first session is in a state."""
    book = Playbook(guarded=True)
    for event in WAYS[state]:
        _ = book >> event
    assert book.state is state
    return book


@pytest.mark.parametrize(("state", "what"), sorted(ROWS, key=str))
def test_a_row_is_walked(state: State, what: Input) -> None:
    book = come(state)
    after, done = ROWS[state, what]
    assert words(book >> event_of(state, what)) == done
    assert book.state is after is TABLE[state, what].state


@pytest.mark.parametrize(
    ("state", "what"), sorted(set(product(State, Input)) - set(ROWS) - BARE, key=str)
)
def test_every_other_row_does_nothing(state: State, what: Input) -> None:
    book = come(state)
    effects = book >> event_of(state, what)
    assert words(effects) <= {ACK, RST}, "TCP answers by itself"
    assert book.state is state is TABLE[state, what].state
    assert not TABLE[state, what].action


@pytest.mark.parametrize(("state", "what"), sorted(BARE - {(S.ACTIVE, I.CONNECTED)}, key=str))
def test_a_message_before_its_connection_stands_ends_the_attempt(state: State, what: Input) -> None:
    book = Playbook()
    for event in [*WAYS[state], CALLED]:
        _ = book >> event
    assert book.state is state
    message = next(kind for kind, meant in INPUT_OF.items() if meant is what)
    (event,) = arrive(0, SAMPLES[message])
    assert words(book >> event) == {CALM, WAIT}
    assert book.state is S.IDLE is TABLE[state, what].state


def test_an_answered_call_opens_a_session_that_listens() -> None:
    book = come(S.ACTIVE)
    _ = book >> CALLED
    effects = book >> MessageReceived(0, Ack(7, 0))
    assert words(effects) == {FORGOTTEN, CALM, OPEN_OUT, RTO, HOLD}
    assert book.state is S.OPEN_SENT is TABLE[S.ACTIVE, I.CONNECTED].state


@pytest.mark.parametrize("first", [S.CONNECT, S.ACTIVE])
@pytest.mark.parametrize(
    ("message", "done"),
    [
        (Open(asn=A), {ACK, CALM, OPEN_OUT, SIGN, BEAT, HOLD, RTO, FORGOTTEN}),
        (Notification("over"), {ACK, CALM, OPEN_OUT, HOLD, RTO, FORGOTTEN, *QUIET, WAIT}),
        (Keepalive(), {ACK, CALM, OPEN_OUT, HOLD, RTO, FORGOTTEN, OVER, *QUIET, WAIT}),
    ],
)
def test_a_first_message_makes_the_connection_stand_before_it_counts(
    first: State, message: Open | Notification | Keepalive, done: set[str]
) -> None:
    book = come(first)
    (_, answer) = next(pair for pair in sent(book >> CALLED))
    assert isinstance(answer, SynAck)
    came = msgspec.structs.replace(message, connection=answer.connection, seq=1)
    assert words(book >> MessageReceived(0, came)) == done
    assert book.state is (S.OPEN_CONFIRM if isinstance(message, Open) else S.IDLE)


def test_a_session_comes_up_message_by_message() -> None:
    book = Playbook(guarded=True)
    assert book >> UP == [SetTimer("start:0", 280 * MS)]
    assert book >> START == [
        Send(0, Syn(CALL), HELLO),
        SetTimer("syn:0", SECOND),
        SetTimer("retry:0", 10 * SECOND),
    ]
    assert book >> STANDS == [
        CancelTimer("syn:0"),
        Send(0, Ack(CALL, 0), HELLO),
        CancelTimer("retry:0"),
        Send(0, Open(asn=ME, connection=CALL, seq=1)),
        SetTimer(f"rto:0:{CALL}", 215 * MS),
        SetTimer("hold:0", 9 * SECOND),
    ]
    assert book >> acked(0, 1, CALL) == [CancelTimer(f"rto:0:{CALL}")]
    assert book >> OPENED == [
        Send(0, Ack(CALL, 1), HELLO),
        Send(0, Keepalive(connection=CALL, seq=2), HELLO),
        SetTimer(f"rto:0:{CALL}", 215 * MS),
        SetTimer("keepalive:0", 3 * SECOND),
        SetTimer("hold:0", 9 * SECOND),
    ]
    assert book >> AGREED == [
        Send(0, Ack(CALL, 2), HELLO),
        SetTimer("hold:0", 9 * SECOND),
        SetTimer("coalesce", 1100 * MS),
    ]


def test_where_nothing_can_be_lost_no_life_signs_run() -> None:
    book = Playbook().up()
    assert book.state is S.ESTABLISHED
    assert book >> Told("driver", "started") == []
    (call,) = arrive(0, Keepalive())
    assert book >> call == []


def test_a_trial_at_rest_goes_on_in_the_phases_of_all_life_signs() -> None:
    book = Playbook(guarded=True, established=True)
    pulse = Pulse(FRR.keepalive_ns, FRR.hold_ns)
    expected: list[Effect] = []
    for port in (0, 1):
        own, other = Beat(1, port, pulse), Beat(1, 4 + port, pulse)
        expected.append(SetTimer(f"keepalive:{port}", own.first_ns))
        expected.append(SetTimer(f"hold:{port}", other.last_ns + FRR.hold_ns))
    assert book >> Told("driver", "started") == expected


def test_a_keepalive_goes_out_every_period() -> None:
    book = Playbook(guarded=True, established=True)
    for seq in (1, 2, 3):
        effects = book >> TimerFired("keepalive:0")
        assert effects[0] == Send(0, Keepalive(seq=seq), HELLO)
        assert effects[-1] == SetTimer("keepalive:0", 3 * SECOND)


def test_a_hold_time_of_zero_means_no_life_signs() -> None:
    timers = msgspec.structs.replace(FRR, hold_ns=0)
    book = Playbook(timers, guarded=True, established=True)
    assert book >> Told("driver", "started") == []


def test_a_session_that_falls_says_why_and_starts_again() -> None:
    book = Playbook(guarded=True, established=True)
    assert book >> Told("bfd", "down", 0) == [
        Send(0, Notification("BFD down", connection=0, seq=1)),
        SetTimer("rto:0:0", 215 * MS),
        CancelTimer("retry:0"),
        CancelTimer("keepalive:0"),
        CancelTimer("hold:0"),
        SetTimer("start:0", 280 * MS),
        SetTimer("clear:0", 10 * MS),
    ]
    assert book >> Told("bfd", "up", 0) == []


def test_only_a_hold_timer_that_takes_a_session_counts_as_detection() -> None:
    book = Playbook(guarded=True, established=True)
    notes = [e for e in book >> TimerFired("hold:0") if isinstance(e, Note)]
    assert notes == [Note("hold timer of port 0 expired", detected=True)]
    waiting = come(S.OPEN_SENT)
    assert not [e for e in waiting >> TimerFired("hold:0") if isinstance(e, Note)]


def test_the_word_of_a_fall_waits_behind_a_lost_keepalive() -> None:
    book = Playbook(guarded=True, established=True)
    _ = book >> TimerFired("keepalive:0")
    _ = book >> TimerFired("rto:0:0")
    assert not sent(book >> Told("bfd", "down", 0))
    assert sent(book >> acked(0, 1)) == [(0, Notification("BFD down", connection=0, seq=2))]


def test_messages_behind_the_end_of_a_session_do_not_count() -> None:
    book = Playbook(guarded=True, established=True)
    _ = book >> MessageReceived(0, Update(0, (A, HOME), connection=0, seq=2))
    effects = book >> MessageReceived(0, Notification("over", connection=0, seq=1))
    assert book.state is S.IDLE
    assert "best" not in words(effects)

"""The TCP of one switch: calls, answers, resets, and closed connections that still deliver."""

from __future__ import annotations

import pytest

from sidr.model.effects import HELLO, CancelTimer, Effect, Send, SetTimer
from sidr.protocols.bgp.connections import NUMBERS, ORPHAN_TIMEOUTS, Connections, Fact
from sidr.protocols.bgp.messages import (
    Ack,
    Keepalive,
    Message,
    Notification,
    Reset,
    Syn,
    SynAck,
    Update,
)
from sidr.protocols.bgp.session import Input

MS, SECOND = 1_000_000, 1_000_000_000
RTO_NS = 215 * MS
NEWS = Update(0, (1,))
Heard = tuple[list[Effect], list[Fact]]


def guarded(*, standing: bool = False, first: int = 10) -> Connections:
    """A switch with one port, where something may be lost."""
    return Connections([0], rto_ns=RTO_NS, first=first, standing=[0] if standing else [])


def bare(*, standing: bool = False, first: int = 10) -> Connections:
    """A switch with one port, where nothing may be lost."""
    return Connections([], rto_ns=RTO_NS, first=first, standing=[0] if standing else [])


def tcp(message: Message) -> Send:
    """TCP's own message goes out."""
    return Send(0, message, HELLO)


def placed(seq: int, connection: int = 0) -> Update:
    return Update(0, (1,), connection=connection, seq=seq)


def rto(delay_ns: int = RTO_NS, connection: int = 0) -> SetTimer:
    return SetTimer(f"rto:0:{connection}", delay_ns)


def test_a_call_is_answered_and_both_ends_hear_that_it_stands() -> None:
    caller, callee = guarded(), guarded(first=500)
    assert caller.call(0) == [tcp(Syn(11)), SetTimer("syn:0", SECOND)]
    assert callee.receive(0, Syn(11)) == ([], [Input.CALLED])
    assert callee.answer(0) == [tcp(SynAck(11))]
    assert caller.receive(0, SynAck(11)) == (
        [CancelTimer("syn:0"), tcp(Ack(11, 0))],
        [Input.CONNECTED],
    )
    assert callee.receive(0, Ack(11, 0)) == ([CancelTimer("syn:0")], [Input.CONNECTED])


def test_a_first_message_stands_for_a_lost_acknowledgement_of_the_answer() -> None:
    callee = guarded()
    callee.receive(0, Syn(99))
    callee.answer(0)
    assert callee.receive(0, placed(1, 99)) == (
        [CancelTimer("syn:0"), tcp(Ack(99, 1))],
        [Input.CONNECTED, placed(1, 99)],
    )


def test_a_call_is_repeated_and_so_is_a_lost_answer() -> None:
    caller, callee = guarded(), guarded(first=500)
    caller.call(0)
    assert caller.dial_again(0) == [tcp(Syn(11)), SetTimer("syn:0", 2 * SECOND)]
    assert caller.dial_again(0) == [tcp(Syn(11)), SetTimer("syn:0", 4 * SECOND)]
    callee.receive(0, Syn(11))
    callee.answer(0)
    assert callee.receive(0, Syn(11)) == ([tcp(SynAck(11))], [])


def test_a_repeated_answer_is_acknowledged_again() -> None:
    caller = guarded()
    caller.call(0)
    caller.receive(0, SynAck(11))
    assert caller.receive(0, SynAck(11)) == ([tcp(Ack(11, 0))], [])


def test_crossing_calls_become_one_connection_of_the_higher_number() -> None:
    low, high = guarded(first=10), guarded(first=500)
    low.call(0)
    high.call(0)
    assert low.receive(0, Syn(501))[1] == high.receive(0, Syn(11))[1] == [Input.CALLED]
    assert low.answer(0) == [CancelTimer("syn:0"), tcp(SynAck(501))]
    assert high.answer(0) == [tcp(SynAck(501))]
    assert low.receive(0, SynAck(501))[1] == [Input.CONNECTED]
    assert high.receive(0, SynAck(501))[1] == [Input.CONNECTED]
    assert sent_place(low) == sent_place(high) == (501, 1)


def sent_place(end: Connections) -> tuple[int, int]:
    (first, *_) = end.send(0, NEWS)
    assert isinstance(first, Send)
    assert isinstance(first.message, Update)
    return first.message.connection, first.message.seq


def test_an_answer_to_a_crossing_call_that_was_lost_is_taken() -> None:
    low = guarded(first=10)
    low.call(0)
    effects, facts = low.receive(0, SynAck(501))
    assert facts == [Input.CONNECTED]
    assert tcp(Ack(501, 0)) in effects
    assert sent_place(low) == (501, 1)


def test_a_refused_call_is_over() -> None:
    caller, callee = guarded(), guarded(first=500)
    caller.call(0)
    callee.receive(0, Syn(11))
    assert callee.refuse(0) == [tcp(Reset(11))]
    assert caller.receive(0, Reset(11)) == ([CancelTimer("syn:0")], [Input.RESET])
    assert caller.receive(0, Reset(11)) == ([], [])
    assert caller.receive(0, SynAck(11)) == ([tcp(Reset(11))], [])


def test_messages_are_acknowledged_as_they_come_and_delivered_in_order() -> None:
    end = guarded(standing=True)
    assert end.receive(0, placed(2)) == ([tcp(Ack(0, 0))], [])
    assert end.receive(0, placed(1)) == ([tcp(Ack(0, 2))], [placed(1), placed(2)])
    assert end.receive(0, placed(1)) == ([tcp(Ack(0, 2))], [])


def test_the_timer_runs_from_the_oldest_message_and_anew_from_each_acknowledgement() -> None:
    end = guarded(standing=True)
    assert end.send(0, NEWS) == [Send(0, placed(1)), rto()]
    assert end.send(0, NEWS) == [Send(0, placed(2))]
    assert end.receive(0, Ack(0, 1)) == ([rto()], [])
    assert end.receive(0, Ack(0, 1)) == ([], [])
    assert end.receive(0, Ack(0, 2)) == ([CancelTimer("rto:0:0")], [])


def test_life_signs_cost_nothing_however_often_they_are_sent() -> None:
    end = guarded(standing=True)
    sign = Keepalive(connection=0, seq=1)
    assert end.send(0, Keepalive()) == [Send(0, sign, HELLO), rto()]
    assert end.time_out(0, 0) == [Send(0, sign, HELLO), rto(2 * RTO_NS)]
    assert end.time_out(0, 0) == [Send(0, sign, HELLO), rto(4 * RTO_NS)]


def test_a_message_that_is_repeated_costs_the_receiver_again() -> None:
    end = guarded(standing=True)
    end.send(0, NEWS)
    assert end.time_out(0, 0) == [Send(0, placed(1), "retransmit"), rto(2 * RTO_NS)]


def test_news_waits_behind_a_repeated_life_sign() -> None:
    end = guarded(standing=True)
    end.send(0, Keepalive())
    end.time_out(0, 0)
    assert end.send(0, NEWS) == []
    assert end.receive(0, Ack(0, 1)) == ([Send(0, placed(2)), rto()], [])


def test_a_closed_connection_delivers_what_it_holds_and_is_forgotten_then() -> None:
    end = guarded(standing=True)
    end.send(0, Keepalive())
    end.time_out(0, 0)
    end.send(0, Notification("over"))
    assert end.close(0) == []
    assert end.receive(0, placed(1)) == ([tcp(Reset(0))], [])
    over = Notification("over", connection=0, seq=2)
    assert end.receive(0, Ack(0, 1)) == ([Send(0, over), rto()], [])
    assert end.receive(0, Ack(0, 2)) == ([CancelTimer("rto:0:0")], [])
    assert end.receive(0, Ack(0, 2)) == ([], [])


def test_a_closed_connection_gives_up_after_a_while_an_open_one_does_not() -> None:
    orphan, kept = guarded(standing=True), guarded(standing=True)
    for end in (orphan, kept):
        end.send(0, NEWS)
    orphan.close(0)
    for _ in range(ORPHAN_TIMEOUTS):
        assert orphan.time_out(0, 0)
        assert kept.time_out(0, 0)
    assert orphan.time_out(0, 0) == []
    assert kept.time_out(0, 0)


def test_a_new_call_leaves_an_old_connection_to_deliver_beside_it() -> None:
    end = guarded(standing=True)
    end.send(0, NEWS)
    end.call(0)
    end.receive(0, SynAck(11))
    assert end.send(0, NEWS) == [Send(0, placed(1, 11)), rto(connection=11)]
    assert end.receive(0, Ack(0, 1)) == ([CancelTimer("rto:0:0")], [])


def test_without_light_everything_is_forgotten() -> None:
    end = guarded(standing=True)
    end.send(0, NEWS)
    end.call(0)
    end.receive(0, SynAck(11))
    end.send(0, NEWS)
    assert set(map(repr, end.drop(0))) == {
        repr(CancelTimer("rto:0:0")),
        repr(CancelTimer("rto:0:11")),
    }
    assert end.receive(0, Ack(11, 1)) == ([], [])


def test_who_knows_nothing_of_a_connection_resets_it() -> None:
    fresh, stale = guarded(first=500), guarded(standing=True)
    (first, _) = stale.send(0, NEWS)
    assert isinstance(first, Send)
    assert fresh.receive(0, placed(1)) == ([tcp(Reset(0))], [])
    assert stale.receive(0, Reset(0)) == ([CancelTimer("rto:0:0")], [Input.RESET])


def test_where_nothing_can_be_lost_messages_are_bare_and_nothing_is_timed() -> None:
    caller, callee = bare(), bare(first=500)
    assert caller.call(0) == [tcp(Syn(11))]
    callee.receive(0, Syn(11))
    assert callee.answer(0) == [tcp(SynAck(11))]
    assert caller.receive(0, SynAck(11)) == ([tcp(Ack(11, 0))], [Input.CONNECTED])
    assert callee.receive(0, Ack(11, 0)) == ([], [Input.CONNECTED])
    assert caller.send(0, NEWS) == [Send(0, NEWS)]
    assert callee.receive(0, NEWS) == ([], [NEWS])
    callee.close(0)
    assert callee.receive(0, NEWS) == ([], [])


def test_numbers_stay_below_the_limit_and_never_are_the_standing_ones() -> None:
    end = guarded(first=NUMBERS - 1)
    numbers = []
    for _ in range(3):
        effect = end.call(0)[-2]
        assert isinstance(effect, Send)
        assert isinstance(effect.message, Syn)
        numbers.append(effect.message.connection)
    assert numbers == [NUMBERS, 1, 2]


def test_nothing_is_sent_without_a_connection() -> None:
    with pytest.raises(KeyError):
        guarded().send(0, NEWS)

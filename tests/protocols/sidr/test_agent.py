"""What an agent does, event by event."""

from __future__ import annotations

import msgspec

from sidr.forwarding.codec import decode, encode
from sidr.model.effects import HELLO, CancelTimer, Note, ProgramFib, Send
from sidr.model.events import PortDown, PortUp, TableArrived, TimerFired, Told
from sidr.model.plan import FULL
from sidr.protocols.sidr.messages import Digest, Fetch, Hello, Notice, Poll, Ports
from tests.protocols.sidr.playbook import (
    LEAF0,
    ORDER,
    PLAN,
    SECOND,
    SPINE0,
    TIMERS,
    MessageReceived,
    Playbook,
    announced,
    digest,
    hello,
    notice,
    orders,
    reports,
    sends,
    timers,
    vector,
)

BACK = [PortUp(0), TimerFired("port:0")]
"""A port that fell has light again and has said hello."""


def written(effects: list[object]) -> Told:
    (order,) = [e for e in effects if isinstance(e, ProgramFib) and e.token]
    return Told("fib", "written", order.token)


def test_loss_of_light_takes_the_port_out_and_tells_the_others_at_once() -> None:
    effects = Playbook(SPINE0) >> PortDown(0)
    assert announced(effects) == {1: [(0, 0)], 2: [(0, 0)]}
    (order,) = orders(effects)
    assert (order.expel, order.writes, order.mask_writes > 0) == ((0,), (), True)
    assert [r.admitted for r in reports(effects)] == [bytes([0b110])]
    assert not any(isinstance(e, Send) and isinstance(e.message, Hello) for e in effects)


def test_a_leaf_that_lost_an_uplink_announces_half_and_never_its_own_group() -> None:
    effects = Playbook(LEAF0) >> PortDown(0)
    assert announced(effects) == {1: [(1, 8), (2, 8)]}


def test_a_notice_writes_the_fib_and_is_not_relayed_when_the_own_share_stays() -> None:
    book = Playbook(SPINE0)
    effects = book >> notice(1, 1, (0, 1, 8))
    (order,) = orders(effects)
    assert [(w.groups, w.ports) for w in order.writes] == [((0,), bytes([16, 8, 16]))]
    assert sends(effects) == []


def test_a_notice_that_lowers_the_own_share_is_answered_with_a_notice_of_our_own() -> None:
    effects = Playbook(LEAF0) >> notice(0, 1, (2, 1, 0))
    assert announced(effects) == {0: [(2, 8)], 1: [(2, 8)]}
    (message,) = {m for _, m in sends(effects)}
    assert isinstance(message, Notice)
    assert (message.sender, message.seq, message.full) == (LEAF0, 1, False)


def test_an_old_notice_and_one_of_another_order_change_nothing() -> None:
    book = Playbook(LEAF0)
    _ = book >> notice(0, 5, (2, 1, 8))
    assert book >> notice(0, 5, (2, 1, 0)) == []
    assert book >> notice(0, 4, (2, 1, 0)) == []
    (note,) = book >> hello(0, order=ORDER + 1)
    assert isinstance(note, Note)


def test_shares_that_rise_are_announced_only_when_the_fib_holds_them() -> None:
    book = Playbook(LEAF0)
    _ = book >> notice(0, 1, (2, 1, 0))
    effects = book >> notice(0, 2, (2, 1, FULL))
    assert announced(effects) == {}
    assert announced(book >> written(effects)) == {0: [(2, FULL)], 1: [(2, FULL)]}


def test_a_share_that_fell_again_before_the_fib_was_written_is_not_announced_as_risen() -> None:
    book = Playbook(LEAF0)
    _ = book >> notice(0, 1, (2, 1, 0))
    rising = book >> notice(0, 2, (2, 1, FULL))
    _ = book >> notice(1, 1, (2, 1, 0))
    assert announced(book >> written(rising)) == {}


def test_a_port_comes_back_after_hold_up_hello_and_the_whole_vector() -> None:
    book = Playbook(LEAF0)
    _ = book >> PortDown(0)
    assert timers(book >> PortUp(0)) == {"port:0": TIMERS.hold_up_ns}
    effects = book >> TimerFired("port:0")
    assert sends(effects) == [(0, Hello(ORDER, 1))]
    assert timers(effects) == {"port:0": TIMERS.hello_retry_ns}
    assert book >> notice(0, 1, (1, 1, 8)) == []
    effects = book >> vector(0)
    (order,) = orders(effects)
    assert (order.admit, order.expel) == ((0,), ())
    assert CancelTimer("port:0") in effects
    assert announced(effects) == {}, "more is announced only when the FIB holds it"
    later = announced(book >> written(effects))
    assert later == {0: [(1, FULL), (2, FULL)], 1: [(1, FULL), (2, FULL)]}
    assert [r.admitted for r in reports(effects)] == [bytes([0b11])]


def test_a_neighbours_hello_is_answered_with_the_vector_of_the_moment() -> None:
    book = Playbook(SPINE0)
    _ = book >> PortDown(0)
    ((port, message),) = sends(book >> hello(1))
    assert isinstance(message, Notice)
    assert (port, message.full, message.seq) == (1, True, 1)
    assert list(message.shares()) == [(0, 0), (1, FULL), (2, FULL)]


def test_answers_do_not_use_up_numbers() -> None:
    book = Playbook(SPINE0)
    seqs = [m.seq for _ in range(3) for _, m in sends(book >> hello(1)) if isinstance(m, Notice)]
    assert seqs == [0, 0, 0]


def test_silence_expels_and_sound_begins_the_hold_up() -> None:
    book = Playbook(SPINE0)
    effects = book >> Told("bfd", "down", 0)
    assert announced(effects) == {1: [(0, 0)], 2: [(0, 0)]}
    assert book >> PortUp(0) == []
    assert timers(book >> Told("bfd", "up", 0)) == {"port:0": TIMERS.hold_up_ns}


def test_every_fall_doubles_the_hold_up() -> None:
    book = Playbook(LEAF0)
    waits = []
    for _ in range(3):
        _ = book.after(SECOND) >> PortDown(0)
        waits.append(timers(book >> PortUp(0))["port:0"] // SECOND)
    assert waits == [1, 2, 4]


def test_digests_go_out_where_something_may_be_lost_and_again_later() -> None:
    book = Playbook(SPINE0)
    assert timers(book >> Told("driver", "started")) == {"digest": TIMERS.digest_ns}
    _ = book >> PortDown(0)
    effects = book >> TimerFired("digest")
    assert [port for port, _ in sends(effects)] == [1, 2]
    assert {e.work for e in effects if isinstance(e, Send)} == {HELLO}
    assert all(isinstance(m, Digest) and m.seq == 1 for _, m in sends(effects))
    assert timers(effects) == {"digest": TIMERS.digest_ns}


def test_without_digests_none_are_timed() -> None:
    book = Playbook(SPINE0, timers=msgspec.structs.replace(TIMERS, digest_ns=0))
    assert book >> Told("driver", "started") == []


def test_a_digest_that_differs_fetches_the_vector_and_one_that_agrees_does_not() -> None:
    book = Playbook(LEAF0)
    assert book >> digest(0, 0, FULL, FULL, FULL) == []
    assert sends(book >> digest(0, 1, FULL, FULL, 0)) == [(0, Fetch(ORDER, 1))]
    effects = book >> notice(0, 1, (0, 2, FULL), (2, 1, 0), full=True)
    assert announced(effects) == {0: [(2, 8)], 1: [(2, 8)]}
    assert book >> digest(0, 1, FULL, FULL, 0) == []


def test_a_neighbour_that_booted_unseen_is_expelled_and_held() -> None:
    effects = Playbook(SPINE0) >> vector(0, boot=77)
    assert [order.expel for order in orders(effects)] == [(0,)]
    assert "port:0" in timers(effects)


def test_an_agent_without_a_table_stays_silent() -> None:
    book = Playbook(LEAF0, running=False)
    for event in (PortUp(0), PortDown(0), hello(0), notice(0, 1, (0, 1, 8))):
        assert book >> event == []
    (report,) = reports(book >> MessageReceived(-1, Poll()))
    assert report == Ports(1, 1, b"\0")


def test_another_epoch_of_the_order_is_installed_and_stale_or_foreign_ones_are_not() -> None:
    book = Playbook(LEAF0)
    table = decode(PLAN.tables[LEAF0], LEAF0, 2)
    newer = encode(msgspec_replace(table, epoch=2))
    (order,) = orders(book >> TableArrived(newer))
    assert (order.table, order.writes) == (newer, ())
    for refused in (
        newer,
        encode(msgspec_replace(table, epoch=3, order_id=1)),
        newer[:-1],
        PLAN.tables[SPINE0],
    ):
        (note,) = book >> TableArrived(refused)
        assert isinstance(note, Note)


def msgspec_replace(table: object, **changes: object) -> object:
    from dataclasses import replace

    return replace(table, **changes)  # type: ignore[type-var]


def test_a_hello_that_gets_no_answer_is_said_again() -> None:
    book = Playbook(LEAF0).all([PortDown(0), *BACK])
    assert sends(book >> TimerFired("port:0")) == [(0, Hello(ORDER, 1))]

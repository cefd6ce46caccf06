"""Playbooks of one speaker: what becomes of routes, and FRR's queues on their way."""

from __future__ import annotations

import pytest

from sidr.model.effects import CancelTimer, Effect, FibWrite, ProgramFib, Send, SetTimer
from sidr.model.events import PortDegraded, PortDown, PortUp, TimerFired, Told
from sidr.protocols.bgp.messages import Keepalive, Notification, Open, SynAck, Update
from sidr.protocols.bgp.session import State
from tests.protocols.bgp.playbook import (
    AT_ONCE,
    CALL,
    FRR,
    HOME,
    ME,
    MS,
    A,
    B,
    Playbook,
    arrive,
    heard,
    sent,
)


def written(*hops: int, prefixes: int = 1) -> ProgramFib:
    """Group 0 gets these members."""
    write = FibWrite((0,), bytes(hops), route_writes=prefixes)
    return ProgramFib((write,), work="install")


def learned(book: Playbook) -> Playbook:
    """The speaker has a route to group 0 from A, in its FIB."""
    for event in (heard(0, A, HOME), TimerFired("best"), TimerFired("rib")):
        _ = book >> event
    return book


def test_a_session_comes_up_and_gets_the_own_prefix_when_coalescing_ends() -> None:
    book = Playbook(FRR)
    assert book >> PortUp(0) == [SetTimer("start:0", FRR.session_start_ns)]
    effects: list[Effect] = book >> TimerFired("start:0")
    for event in arrive(0, SynAck(CALL), Open(asn=A), Keepalive()):
        effects = book >> event
    assert book.state is State.ESTABLISHED
    assert effects == [SetTimer("coalesce", 1100 * MS)]
    assert book >> TimerFired("coalesce") == [Send(0, Update(1, (ME,)))]


def test_frr_holds_a_new_route_in_its_queues() -> None:
    book = Playbook(FRR).up()
    assert book >> heard(0, A, HOME) == [SetTimer("best", 50 * MS)]
    assert book >> TimerFired("best") == [
        Send(1, Update(0, (ME, A, HOME))),
        SetTimer("rib", 10 * MS),
    ]
    assert book >> TimerFired("rib") == [written(1, 0)]


def test_the_best_path_queue_batches_what_comes_while_it_holds() -> None:
    book = Playbook(FRR).up()
    assert book >> heard(0, A, B, HOME) == [SetTimer("best", 50 * MS)]
    assert book >> heard(1, B, HOME) == []
    assert book >> TimerFired("best") == [
        Send(0, Update(0, (ME, B, HOME))),
        SetTimer("rib", 10 * MS),
    ]


def test_the_rib_queue_batches_what_comes_while_it_holds() -> None:
    book = Playbook(FRR, own=()).up()
    for event in (heard(0, A, HOME), TimerFired("best"), heard(0, A, HOME, group=1)):
        _ = book >> event
    assert sent(book >> TimerFired("best")) == [(1, Update(1, (ME, A, HOME)))]
    (order,) = book >> TimerFired("rib")
    assert isinstance(order, ProgramFib)
    assert [write.groups for write in order.writes] == [(0,), (1,)]


@pytest.mark.parametrize(
    ("fall", "first"),
    [
        (PortDown(0), []),
        (
            arrive(0, Notification("over"))[0],
            [CancelTimer("retry:0"), SetTimer("start:0", FRR.session_start_ns)],
        ),
    ],
)
def test_a_lost_peer_waits_in_the_clear_queue_before_its_routes_go(
    fall: PortDown, first: list[Effect]
) -> None:
    book = learned(Playbook(FRR).up())
    assert book >> fall == [*first, SetTimer("clear:0", 10 * MS)]
    assert book >> TimerFired("clear:0") == [SetTimer("best", 50 * MS)]
    assert book >> TimerFired("best") == [Send(1, Update(0, ())), SetTimer("rib", 10 * MS)]
    assert book >> TimerFired("rib") == [written(0, 0)]


def test_bfd_takes_routes_as_a_dead_port_does() -> None:
    book = learned(Playbook(FRR).up())
    assert SetTimer("clear:0", 10 * MS) in book >> Told("bfd", "down", 0)
    assert book.state is State.IDLE
    assert book >> TimerFired("clear:0") == [SetTimer("best", 50 * MS)]


def test_a_session_that_is_back_before_the_queue_was_cleared_starts_without_old_routes() -> None:
    book = learned(Playbook(FRR).up())
    for event in (
        PortDown(0),
        PortUp(0),
        TimerFired("start:0"),
        *arrive(0, SynAck(CALL + 2), Open(asn=A)),
    ):
        _ = book >> event
    (agreed,) = arrive(0, Keepalive())
    assert book >> agreed == [
        CancelTimer("clear:0"),
        SetTimer("best", 50 * MS),
        SetTimer("coalesce", 1100 * MS),
    ]


def test_without_queues_everything_follows_at_once() -> None:
    book = Playbook(AT_ONCE).up()
    assert book >> heard(0, A, HOME) == [Send(1, Update(0, (ME, A, HOME))), written(1, 0)]
    assert book >> PortDown(0) == [Send(1, Update(0, ())), written(0, 0)]


def test_ecmp_members_are_written_and_nobody_is_told() -> None:
    book = Playbook(AT_ONCE).up()
    _ = book >> heard(0, A, HOME)
    assert book >> heard(1, B, HOME) == [written(1, 1)]


def test_one_update_carries_all_prefixes_of_a_group_and_each_is_a_route_to_write() -> None:
    book = Playbook(AT_ONCE, prefixes=5).up()
    effects = book >> heard(0, A, HOME)
    assert effects == [Send(1, Update(0, (ME, A, HOME))), written(1, 0, prefixes=5)]


def test_updates_without_a_session_are_ignored() -> None:
    book = Playbook(AT_ONCE)
    assert book >> heard(0, A, HOME) == []
    _ = book.up() >> PortDown(0)
    assert book >> heard(0, A, HOME) == []


def test_what_is_known_already_is_no_news() -> None:
    book = learned(Playbook(FRR).up())
    assert book >> heard(0, A, HOME) == []
    assert book >> heard(1) == []


def test_a_port_that_loses_packets_is_no_matter_of_bgp() -> None:
    assert Playbook().up() >> PortDegraded(0, 0.01) == []


def test_an_unknown_timer_or_word_is_a_bug() -> None:
    with pytest.raises(KeyError):
        _ = Playbook(FRR) >> TimerFired("nap:0")
    with pytest.raises(KeyError):
        _ = Playbook(FRR) >> Told("bfd", "asleep", 0)

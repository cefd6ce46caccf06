"""Playbooks of one router: >> an event, == what it orders, in order."""

from __future__ import annotations

import msgspec
import pytest

from sidr.model.effects import CancelTimer, FibWrite, ProgramFib, Send, SetTimer
from sidr.model.events import MessageReceived, PortDown, PortUp, TimerFired, Told
from sidr.model.profiles import profile
from sidr.protocols.ospf.messages import Hello, Lsa, LsAck, LsUpdate
from tests.protocols.ospf.playbook import FRR, LEAF1, MS, SECOND, SPINE0, Playbook, update


def test_a_lost_link_makes_two_instances_in_one_packet_and_an_spf_at_once() -> None:
    book = Playbook()
    mine = (Lsa(0, 2, (1,)), Lsa(0, 3, (1,)))
    assert book >> PortDown(0) == [
        Send(1, LsUpdate(mine), "originate"),
        SetTimer("rxmt:1", 3 * SECOND),  # the next tick of phase 3 s, at 13 s
        SetTimer("spf", 0),
    ]
    assert book >> TimerFired("spf") == [SetTimer("rib", 10 * MS)]
    assert book.after(10 * MS) >> TimerFired("rib") == [
        ProgramFib((FibWrite((1,), bytes([0, 1])),), work="spf")
    ]


def test_news_is_acknowledged_flooded_to_the_others_and_asks_for_an_spf() -> None:
    book = Playbook()
    news = Lsa(SPINE0, 2, (4,))
    assert book >> update(0, news) == [
        Send(0, LsAck(((SPINE0, 2),)), "ack"),
        Send(1, LsUpdate((news,)), "send"),
        SetTimer("rxmt:1", 3 * SECOND),
        SetTimer("spf", 0),
    ]


def test_a_second_instance_within_a_second_is_dropped_without_a_word() -> None:
    book = Playbook()
    _ = book >> update(0, Lsa(SPINE0, 2, (4,)))
    assert book.after(999 * MS) >> update(0, Lsa(SPINE0, 3, ())) == []
    accepted = book.after(1 * MS) >> update(0, Lsa(SPINE0, 3, ()))
    assert Send(0, LsAck(((SPINE0, 3),)), "ack") in accepted


def test_of_two_instances_in_one_packet_only_the_first_is_taken_in() -> None:
    book = Playbook()
    effects = book >> update(0, Lsa(SPINE0, 2, (4,)), Lsa(SPINE0, 3, (4,)))
    assert effects[0] == Send(0, LsAck(((SPINE0, 2),)), "ack")


def test_what_both_ends_sent_at_once_counts_as_acknowledged() -> None:
    book = Playbook()
    news = Lsa(LEAF1, 2, (2,))
    _ = book >> update(0, news)
    assert book >> update(1, news) == []  # it was waited for on port 1
    assert book >> update(1, news) == [Send(1, LsAck(((LEAF1, 2),)), "ack")]


def test_an_older_instance_is_answered_with_the_newer_one() -> None:
    book = Playbook()
    _ = book >> update(0, Lsa(SPINE0, 5, (4,)))
    assert book >> update(1, Lsa(SPINE0, 2, ())) == [
        Send(1, LsUpdate((Lsa(SPINE0, 5, (4,)),)), "send")
    ]


def test_of_equal_numbers_the_content_decides_and_both_sides_choose_alike() -> None:
    small, great = Lsa(SPINE0, 2, (4,)), Lsa(SPINE0, 2, (5,))
    book = Playbook()
    _ = book >> update(0, great)
    assert book >> update(1, small) == [Send(1, LsUpdate((great,)), "send")]
    book = Playbook()
    _ = book >> update(0, small)
    effects = book.after(1 * SECOND) >> update(0, great)
    assert effects[0] == Send(0, LsAck(((SPINE0, 2),)), "ack")
    assert book.router.lsdb.get(SPINE0) == great


def test_an_own_lsa_that_is_newer_is_outbid() -> None:
    book = Playbook()
    effects = book >> update(0, Lsa(0, 9, ()))
    assert Send(0, LsUpdate((Lsa(0, 10, (0, 1)),)), "originate") in effects


def test_a_tick_sends_again_only_what_is_five_seconds_old() -> None:
    book = Playbook()
    _ = book >> PortDown(0)
    assert book.after(3 * SECOND) >> TimerFired("rxmt:1") == [SetTimer("rxmt:1", 5 * SECOND)]
    assert book.after(5 * SECOND) >> TimerFired("rxmt:1") == [
        Send(1, LsUpdate((Lsa(0, 3, (1,)),)), "send"),
        SetTimer("rxmt:1", 5 * SECOND),
    ]


def test_an_acknowledgement_of_the_first_of_two_instances_does_not_count() -> None:
    book = Playbook()
    _ = book >> PortDown(0)  # instances 2 and 3; the neighbour took in the first only
    assert book >> MessageReceived(1, LsAck(((0, 2),))) == []
    _ = book.after(3 * SECOND) >> TimerFired("rxmt:1")
    again = book.after(5 * SECOND) >> TimerFired("rxmt:1")
    assert Send(1, LsUpdate((Lsa(0, 3, (1,)),)), "send") in again


def test_a_neighbour_that_is_gone_is_owed_nothing() -> None:
    book = Playbook()
    _ = book >> PortDown(0)
    _ = book >> PortDown(1)
    assert book.after(8 * SECOND) >> TimerFired("rxmt:1") == []


def test_an_acknowledged_lsa_is_not_sent_again_and_the_timer_rests() -> None:
    book = Playbook()
    _ = book >> PortDown(0)
    assert book >> MessageReceived(1, LsAck(((0, 3),))) == []
    assert book.after(3 * SECOND) >> TimerFired("rxmt:1") == []


def test_an_adjacency_comes_up_with_the_whole_database() -> None:
    book = Playbook(adjacent=False)
    assert book >> PortUp(0) == [SetTimer("adjacency:0", FRR.adjacency_setup_ns)]
    assert book >> TimerFired("adjacency:0") == [
        Send(0, Hello()),
        SetTimer("adjacency:0", FRR.hello_ns),
    ]
    effects = book >> MessageReceived(0, Hello())
    assert effects[0] == CancelTimer("adjacency:0")
    assert Send(0, LsUpdate((Lsa(0, 1, (0,)),)), "originate") in effects
    assert SetTimer("spf", 0) in effects


def test_a_full_neighbour_that_greets_again_gets_an_answer_and_the_database() -> None:
    book = Playbook()
    effects = book >> MessageReceived(0, Hello())
    assert effects[0] == Send(0, Hello(answer=True))
    assert isinstance(effects[1], Send)
    assert isinstance(effects[1].message, LsUpdate)
    assert len(effects[1].message.lsas) == 4
    assert book >> MessageReceived(0, Hello(answer=True)) == []


def test_updates_before_the_adjacency_are_ignored() -> None:
    assert Playbook(adjacent=False) >> update(0, Lsa(SPINE0, 2, (4,))) == []


def test_without_a_rib_queue_the_fib_follows_the_spf() -> None:
    book = Playbook(timers=profile("tuned-no-queues").ospf)
    assert book >> PortDown(0) == [
        Send(1, LsUpdate((Lsa(0, 2, (1,)), Lsa(0, 3, (1,)))), "originate"),
        SetTimer("rxmt:1", 1 * SECOND),
        SetTimer("spf", 10 * MS),
    ]
    assert book.after(10 * MS) >> TimerFired("spf") == [
        ProgramFib((FibWrite((1,), bytes([0, 1])),), work="spf")
    ]


def test_a_second_fault_soon_after_waits_out_the_hold_time_of_the_spf() -> None:
    book = Playbook()
    _ = book >> PortDown(0)
    _ = book >> TimerFired("spf")
    lost = book.after(20 * MS) >> PortDown(1)
    assert lost == [SetTimer("spf", 30 * MS)]  # nobody is left to tell; 50 ms hold


def test_news_that_leaves_the_paths_alone_writes_nothing() -> None:
    book = Playbook()
    _ = book >> update(0, Lsa(SPINE0, 2, (5, 4)))  # another order, the same links
    assert book >> TimerFired("spf") == []


def test_a_new_instance_with_the_same_links_asks_for_no_spf() -> None:
    book = Playbook()
    effects = book >> update(0, Lsa(SPINE0, 2, (4, 5)))
    assert [type(effect) for effect in effects] == [Send, Send, SetTimer]
    assert SetTimer("spf", 0) not in effects


def test_an_spf_while_the_rib_queue_waits_joins_it_and_the_last_result_counts() -> None:
    book = Playbook(timers=msgspec.structs.replace(FRR, spf_hold_ns=0))
    _ = book >> PortDown(0)
    assert book >> TimerFired("spf") == [SetTimer("rib", 10 * MS)]
    _ = book.after(4 * MS) >> PortDown(1)
    assert book >> TimerFired("spf") == []
    assert book.after(6 * MS) >> TimerFired("rib") == [
        ProgramFib((FibWrite((1,), bytes([0, 0])),), work="spf")
    ]


def test_what_concerns_other_cores_is_passed_over() -> None:
    assert Playbook() >> Told("fib", "written", 1) == []


def test_an_unknown_timer_is_a_bug() -> None:
    with pytest.raises(KeyError):
        _ = Playbook() >> TimerFired("nap:0")

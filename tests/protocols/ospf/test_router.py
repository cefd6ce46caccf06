"""Playbooks of one router: >> an event, == what it orders, in order."""

from __future__ import annotations

import msgspec
import pytest

from sidr.model.effects import HELLO, CancelTimer, FibWrite, Note, ProgramFib, Send, SetTimer
from sidr.model.events import (
    Event,
    MessageReceived,
    PortDegraded,
    PortDown,
    PortUp,
    TimerFired,
    Told,
)
from sidr.model.profiles import profile
from sidr.protocols.ospf.messages import DbDesc, Hello, Lsa, LsAck, LsRequest, LsUpdate
from sidr.protocols.ospf.neighbour import State
from tests.protocols.ospf.playbook import (
    FABRIC,
    FRR,
    LEAF0,
    LEAF1,
    MS,
    SECOND,
    SPINE0,
    SPINE1,
    Playbook,
    asked,
    claim,
    described,
    hello,
    update,
)


def test_a_lost_link_makes_two_instances_in_one_packet_and_an_spf_at_once() -> None:
    book = Playbook()
    mine = (Lsa(0, 2, (1,)), Lsa(0, 3, (1,)))
    assert book >> PortDown(0) == [
        CancelTimer("hello:0"),
        CancelTimer("again:0"),
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
    newer, older = Lsa(SPINE0, 5, (4,)), Lsa(SPINE0, 2, ())
    _ = book >> update(0, newer)  # which goes on to port 1
    assert book.after(999 * MS) >> update(1, older) == []
    assert book.after(1 * MS) >> update(1, older) == [Send(1, LsUpdate((newer,)), "send")]
    assert book.after(999 * MS) >> update(0, older) == []  # whichever neighbour it went to
    assert book.after(1 * MS) >> update(0, older) == [Send(0, LsUpdate((newer,)), "send")]


def test_the_answer_to_an_older_instance_is_not_sent_again_of_itself() -> None:
    book = Playbook()
    held = Lsa(SPINE0, 1, tuple(FABRIC.ports(SPINE0)))
    assert book >> update(1, Lsa(SPINE0, 0, ())) == [Send(1, LsUpdate((held,)), "send")]
    assert book.after(10 * SECOND) >> TimerFired("rxmt:1") == []


def test_what_was_sent_on_request_or_again_counts_as_sent() -> None:
    book = Playbook()
    older = Lsa(SPINE0, 0, ())
    _ = book >> asked(0, SPINE0)
    assert book >> update(1, older) == []
    _ = book >> PortDown(0)
    assert book.after(8 * SECOND) >> TimerFired("rxmt:1") != []
    assert book.after(999 * MS) >> update(1, Lsa(0, 2, ())) == []
    assert book.after(1 * MS) >> update(1, Lsa(0, 2, ())) != []


def test_of_equal_numbers_the_content_decides_and_both_sides_choose_alike() -> None:
    tied = (Lsa(SPINE0, 2, links) for links in ((4,), (5,)))
    small, great = sorted(tied, key=lambda lsa: lsa.checksum)
    book = Playbook()
    _ = book >> update(0, great)
    assert book.after(1 * SECOND) >> update(1, small) == [Send(1, LsUpdate((great,)), "send")]
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


def test_an_adjacency_comes_up_step_by_step() -> None:
    """The slave's side, as leaf 0 sees spine 0; nothing is known yet."""
    book = Playbook(adjacent=False)
    wait, hello_again = SetTimer("again:0", 5 * SECOND), SetTimer("hello:0", 10 * SECOND)
    now = book.now_ns
    theirs = tuple(Lsa(v, 1, tuple(FABRIC.ports(v))) for v in (LEAF1, SPINE0))
    wanted = (LEAF1, SPINE0)
    assert book >> PortUp(0) == [Send(0, Hello(LEAF0), HELLO), hello_again]
    assert book >> hello(0, SPINE0) == []
    assert book >> TimerFired("hello:0") == [Send(0, Hello(LEAF0, (SPINE0,)), HELLO), hello_again]
    assert book >> claim(0, SPINE0, 77) == [
        Send(0, DbDesc(LEAF0, now, True, True, True)),
        wait,
        CancelTimer("again:0"),
        Send(0, DbDesc(LEAF0, 77, False, False, False)),
    ]
    headers = [lsa.header for lsa in theirs]
    assert book >> described(0, SPINE0, 78, *headers, master=True) == [
        Send(0, DbDesc(LEAF0, 78, False, False, False)),
        Send(0, LsRequest(wanted)),
        wait,
    ]
    assert book >> update(0, *theirs) == [
        Send(0, LsAck(((LEAF1, 1), (SPINE0, 1))), "ack"),
        SetTimer("spf", 0),
        CancelTimer("again:0"),
        CancelTimer("hello:0"),
        Send(0, LsUpdate((Lsa(LEAF0, 1, (0,)),)), "originate"),
        SetTimer("rxmt:0", 5 * SECOND),
    ]
    assert book.router.states == [State.FULL, State.DARK]


def test_the_master_sets_the_pace_and_repeats_until_it_is_answered() -> None:
    """Spine 1 sees leaf 0, which has no database."""
    book = Playbook(switch=SPINE1)
    wait = SetTimer("again:0", 5 * SECOND)
    _ = book >> PortDown(0)
    _ = book >> PortUp(0)
    mine = Send(0, DbDesc(SPINE1, book.now_ns, True, True, True))
    assert book >> hello(0, LEAF0, SPINE1) == [mine, wait]
    assert book >> TimerFired("again:0") == [mine, wait]
    assert book >> claim(0, LEAF0, 5) == []
    headers = tuple(lsa.header for lsa in book.router.lsdb.all())
    seq = book.now_ns
    next_ = Send(0, DbDesc(SPINE1, seq + 1, False, False, True, headers))
    assert book >> described(0, LEAF0, seq, master=False) == [next_, wait]
    assert book >> described(0, LEAF0, seq, master=False) == []  # again: it is the slave's copy
    assert book >> TimerFired("again:0") == [next_, wait]
    done = book >> described(0, LEAF0, seq + 1, master=False)
    assert done[:2] == [CancelTimer("again:0"), CancelTimer("hello:0")]
    assert book.router.states == [State.FULL, State.FULL]
    assert book >> asked(0, LEAF0, LEAF1) == [
        Send(0, LsUpdate((Lsa(LEAF0, 1, (0, 1)), Lsa(LEAF1, 1, (2, 3)))))
    ]


def test_a_slave_repeats_its_answer_when_the_master_repeats_its_question() -> None:
    book = Playbook(adjacent=False)
    _ = book >> PortUp(0)
    _ = book >> hello(0, SPINE0, LEAF0)
    answer = (book >> claim(0, SPINE0, 77))[-1]
    assert book >> claim(0, SPINE0, 77) == [answer]


def test_a_request_is_repeated_for_what_is_still_wanted() -> None:
    book = loading(Lsa(LEAF1, 1, (2, 3)), Lsa(SPINE0, 1, (4, 5)))
    _ = book >> update(0, Lsa(LEAF1, 1, (2, 3)))
    assert book >> TimerFired("again:0") == [
        Send(0, LsRequest((SPINE0,))),
        SetTimer("again:0", 5 * SECOND),
    ]


def test_what_another_neighbour_floods_meanwhile_ends_the_loading() -> None:
    lsa = Lsa(SPINE0, 1, (4, 5))
    book = loading(lsa)
    for event in (PortUp(1), hello(1, SPINE1, LEAF0), claim(1, SPINE1, 77)):
        _ = book >> event
    _ = book >> update(1, lsa)
    assert book.router.states == [State.FULL, State.EXCHANGE]


def test_an_answer_that_is_older_than_described_starts_the_exchange_anew() -> None:
    lsa = Lsa(SPINE0, 3, (4, 5))
    book = loading(lsa)
    book.router.lsdb.install(Lsa(SPINE0, 2, ()), 0)
    _ = book >> update(0, Lsa(SPINE0, 1, ()))
    assert book.router.states[0] is State.EX_START


def loading(*lsas: Lsa) -> Playbook:
    """Leaf 0 has just been switched on and wants these of spine 0."""
    book = Playbook(adjacent=False)
    headers = [lsa.header for lsa in lsas]
    last = described(0, SPINE0, 78, *headers, master=True)
    for event in (PortUp(0), hello(0, SPINE0, LEAF0), claim(0, SPINE0, 77), last):
        _ = book >> event
    assert book.router.states[0] is State.LOADING
    return book


def test_a_neighbour_that_does_not_list_me_any_more_is_no_adjacency() -> None:
    book = Playbook(exercised=True)
    lost = book >> hello(0, SPINE0)
    assert lost[:2] == [SetTimer("dead:0", 40 * SECOND), CancelTimer("again:0")]
    assert Send(1, LsUpdate((Lsa(LEAF0, 2, (1,)),)), "originate") in lost
    assert book.router.states == [State.INIT, State.FULL]


@pytest.mark.parametrize("event", [TimerFired("dead:0"), Told("bfd", "down", 0)])
def test_silence_ends_an_adjacency_with_one_instance(event: Event) -> None:
    book = Playbook(exercised=True)
    lost = book >> event
    assert Send(1, LsUpdate((Lsa(LEAF0, 2, (1,)),)), "originate") in lost
    assert SetTimer("spf", 0) in lost
    assert any(isinstance(e, Note) and e.detected for e in lost) == (event == TimerFired("dead:0"))
    assert book >> TimerFired("hello:0") == [
        Send(0, Hello(LEAF0), HELLO),
        SetTimer("hello:0", 10 * SECOND),
    ]


def test_bfd_that_is_up_again_says_nothing_new() -> None:
    assert Playbook() >> Told("bfd", "up", 0) == []


def test_a_trial_at_rest_starts_the_life_signs_of_exercised_ports() -> None:
    assert Playbook() >> Told("driver", "started") == []
    names = [e.name for e in Playbook(exercised=True) >> Told("driver", "started")]
    assert names == ["hello:0", "dead:0", "hello:1", "dead:1"]
    assert Playbook(adjacent=False, exercised=True) >> Told("driver", "started") == []


def test_updates_before_the_adjacency_are_ignored() -> None:
    for event in (
        update(0, Lsa(SPINE0, 2, (4,))),
        asked(0, SPINE0),
        claim(0, SPINE0, 7),
        MessageReceived(0, LsAck(((0, 1),))),
    ):
        assert Playbook(adjacent=False) >> event == []


def test_without_a_rib_queue_the_fib_follows_the_spf() -> None:
    book = Playbook(timers=profile("tuned-no-queues").ospf)
    assert book >> PortDown(0) == [
        CancelTimer("hello:0"),
        CancelTimer("again:0"),
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
    assert lost[2:] == [SetTimer("spf", 30 * MS)]  # nobody is left to tell; 50 ms hold


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
    assert Playbook() >> PortDegraded(0, 0.5) == []


def test_an_unknown_timer_is_a_bug() -> None:
    with pytest.raises(KeyError):
        _ = Playbook() >> TimerFired("nap:0")

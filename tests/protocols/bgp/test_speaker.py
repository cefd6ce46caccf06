"""Playbooks of one speaker: >> an event, << what it orders."""

from __future__ import annotations

import msgspec
import pytest

from sidr.model.effects import CancelTimer, Effect, FibWrite, ProgramFib, Send, SetTimer
from sidr.model.events import MessageReceived, PortDown, PortUp, TimerFired
from sidr.model.profiles import BgpTimers, profile
from sidr.protocols.bgp.messages import Open, Update
from sidr.protocols.bgp.rib import Rib
from sidr.protocols.bgp.speaker import Speaker

ME, A, B, HOME = 100, 1, 2, 9
MS = 1_000_000
FRR = profile("frr-datacenter").bgp
AT_ONCE = profile("tuned-no-queues").bgp


class Playbook:
    """A speaker with two peers; time does not matter to it."""

    def __init__(self, timers: BgpTimers, *, own: frozenset[int] = frozenset({1})) -> None:
        self.speaker = Speaker(Rib(0, 2, own, 2, asn=ME, base=None), timers, established=False)

    def up(self) -> Playbook:
        """Both sessions established."""
        for port, peer in ((0, A), (1, B)):
            self.speaker.handle(PortUp(port), 0)
            self.speaker.handle(TimerFired(f"session:{port}"), 0)
            self.speaker.handle(MessageReceived(port, Open(peer)), 0)
        return self

    def __rshift__(self, event: object) -> list[Effect]:
        return list(self.speaker.handle(event, 0))  # type: ignore[arg-type]


def heard(port: int, *path: int) -> MessageReceived:
    return MessageReceived(port, Update(0, path))


def test_a_session_comes_up_and_gets_the_own_prefix() -> None:
    book = Playbook(FRR)
    assert book >> PortUp(0) == [SetTimer("session:0", FRR.session_setup_ns)]
    assert book >> TimerFired("session:0") == [
        Send(0, Open(ME)),
        SetTimer("session:0", FRR.connect_retry_ns),
    ]
    assert book >> MessageReceived(0, Open(A)) == [
        CancelTimer("session:0"),
        Send(0, Update(1, (ME,))),
    ]


def test_an_open_that_comes_first_is_remembered() -> None:
    book = Playbook(FRR)
    _ = book >> PortUp(0)
    assert book >> MessageReceived(0, Open(A)) == []
    assert book >> TimerFired("session:0") == [
        Send(0, Open(ME)),
        CancelTimer("session:0"),
        Send(0, Update(1, (ME,))),
    ]


def test_a_peer_that_has_forgotten_the_session_gets_an_answer_and_all_routes_again() -> None:
    book = Playbook(AT_ONCE).up()
    effects = book >> MessageReceived(0, Open(A))
    assert effects[0] == Send(0, Open(ME, answer=True))
    assert Send(0, Update(1, (ME,))) in effects
    assert book >> MessageReceived(0, Open(A, answer=True)) == []


def test_frr_holds_a_new_route_in_its_queues() -> None:
    book = Playbook(FRR).up()
    assert book >> heard(0, A, HOME) == [SetTimer("best", 50 * MS)]
    assert book >> TimerFired("best") == [
        Send(1, Update(0, (ME, A, HOME))),
        SetTimer("rib", 10 * MS),
    ]
    assert book >> TimerFired("rib") == [
        ProgramFib((FibWrite((0,), bytes([1, 0])),), work="install")
    ]


def test_the_best_path_queue_batches_what_comes_while_it_holds() -> None:
    book = Playbook(FRR).up()
    assert book >> heard(0, A, B, HOME) == [SetTimer("best", 50 * MS)]
    assert book >> heard(1, B, HOME) == []
    assert book >> TimerFired("best") == [
        Send(0, Update(0, (ME, B, HOME))),
        SetTimer("rib", 10 * MS),
    ]


def test_a_lost_peer_waits_in_the_clear_queue_before_its_routes_go() -> None:
    book = Playbook(FRR).up()
    for event in (heard(0, A, HOME), TimerFired("best"), TimerFired("rib")):
        _ = book >> event
    assert book >> PortDown(0) == [CancelTimer("mrai:0"), SetTimer("clear:0", 10 * MS)]
    assert book >> TimerFired("clear:0") == [SetTimer("best", 50 * MS)]
    assert book >> TimerFired("best") == [Send(1, Update(0, ())), SetTimer("rib", 10 * MS)]
    assert book >> TimerFired("rib") == [
        ProgramFib((FibWrite((0,), bytes([0, 0])),), work="install")
    ]


def test_without_queues_everything_follows_at_once() -> None:
    book = Playbook(AT_ONCE).up()
    written = ProgramFib((FibWrite((0,), bytes([1, 0])),), work="install")
    assert book >> heard(0, A, HOME) == [Send(1, Update(0, (ME, A, HOME))), written]
    gone = ProgramFib((FibWrite((0,), bytes([0, 0])),), work="install")
    assert book >> PortDown(0) == [CancelTimer("mrai:0"), Send(1, Update(0, ())), gone]


def test_ecmp_members_are_written_and_nobody_is_told() -> None:
    book = Playbook(AT_ONCE).up()
    _ = book >> heard(0, A, HOME)
    assert book >> heard(1, B, HOME) == [
        ProgramFib((FibWrite((0,), bytes([1, 1])),), work="install")
    ]


def test_mrai_lets_the_first_message_go_and_sends_the_newest_state_when_it_ends() -> None:
    book = Playbook(msgspec.structs.replace(AT_ONCE, mrai_ns=30_000 * MS), own=frozenset()).up()
    first = book >> heard(0, A, HOME)
    assert first[:2] == [Send(1, Update(0, (ME, A, HOME))), SetTimer("mrai:1", 30_000 * MS)]
    assert not [e for e in book >> heard(0) if isinstance(e, Send)]  # withdraws wait as well
    assert not [e for e in book >> heard(0, A, B + 1, HOME) if isinstance(e, Send)]
    assert book >> TimerFired("mrai:1") == [
        Send(1, Update(0, (ME, A, B + 1, HOME))),
        SetTimer("mrai:1", 30_000 * MS),
    ]
    assert book >> TimerFired("mrai:1") == []


def test_updates_without_a_session_are_ignored() -> None:
    book = Playbook(AT_ONCE)
    assert book >> heard(0, A, HOME) == []
    _ = book.up() >> PortDown(0)
    assert book >> heard(0, A, HOME) == []


def test_an_unknown_timer_is_a_bug() -> None:
    with pytest.raises(KeyError):
        _ = Playbook(FRR) >> TimerFired("nap:0")

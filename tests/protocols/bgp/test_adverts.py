"""When peers are told: coalescing, MRAI with jitter, and at once."""

from __future__ import annotations

import pytest

from sidr.model.effects import CancelTimer, Effect, Send, SetTimer
from sidr.model.profiles import BgpTimers, profile
from sidr.protocols.bgp.adverts import JITTER_LOW, Adverts
from sidr.protocols.bgp.messages import Update
from sidr.protocols.bgp.rib import Rib
from tests.protocols.bgp.playbook import AT_ONCE, FRR, HOME, ME, MS, SECOND, A, sent

RFC = profile("rfc").bgp


def adverts(
    timers: BgpTimers, *, ports: int = 3, peers: tuple[int, ...] = (), seed: int = 1
) -> tuple[Rib, Adverts]:
    """A speaker's; it knows group 0 from port 0, and group 1 is its own."""
    rib = Rib(0, ports, frozenset({1}), 2, asn=ME, base=None)
    rib.hear(0, 0, (A, HOME))
    rib.decide(0)

    def send(port: int, update: Update) -> list[Effect]:
        return [Send(port, update)]

    return rib, Adverts(rib, timers, send, peers=peers, seed=seed)


def test_a_new_peer_is_told_everything_at_once_without_coalescing() -> None:
    _, told = adverts(AT_ONCE)
    assert sent(told.join(1)) == [(1, Update(0, (ME, A, HOME))), (1, Update(1, (ME,)))]
    assert sent(told.join(0)) == [(0, Update(1, (ME,)))]
    assert told.tell([0, 1]) == []


@pytest.mark.parametrize(("ports", "delay_ms"), [(4, 1200), (64, 4200), (512, 10_000)])
def test_a_new_peer_waits_for_a_second_and_50_ms_for_every_peer(ports: int, delay_ms: int) -> None:
    _, told = adverts(FRR, ports=ports)
    assert told.join(1) == [SetTimer("coalesce", delay_ms * MS)]


def test_peers_that_come_up_meanwhile_share_the_wait_of_the_first() -> None:
    rib, told = adverts(FRR)
    assert told.join(2) == [SetTimer("coalesce", 1150 * MS)]
    assert told.join(0) == []
    rib.hear(1, 0, (HOME,))
    rib.decide(0)
    assert told.tell([0]) == [], "who waits is told nothing"
    assert sent(told.coalesced()) == [
        (0, Update(0, (ME, HOME))),
        (2, Update(0, (ME, HOME))),
        (0, Update(1, (ME,))),
        (2, Update(1, (ME,))),
    ]
    assert told.join(1) == [SetTimer("coalesce", 1150 * MS)]


def test_other_peers_do_not_wait() -> None:
    rib, told = adverts(FRR, peers=(1,))
    told.tell([0, 1])
    told.join(2)
    rib.hear(0, 0, (A, A, HOME))
    rib.decide(0)
    assert sent(told.tell([0])) == [(1, Update(0, (ME, A, A, HOME)))]


def test_a_peer_that_is_lost_while_it_waits_is_told_nothing() -> None:
    _, told = adverts(FRR)
    told.join(2)
    assert told.leave(2) == []
    assert told.coalesced() == []


def test_a_peer_that_comes_back_is_told_everything_again() -> None:
    _, told = adverts(AT_ONCE)
    first = told.join(1)
    assert told.leave(1) == []
    assert told.tell([0, 1]) == []
    assert told.join(1) == first


def test_mrai_lets_the_first_message_go_and_the_newest_state_when_it_ends() -> None:
    rib, told = adverts(RFC, peers=(1, 2))
    first = told.tell([0])
    assert sent(first) == [(1, Update(0, (ME, A, HOME))), (2, Update(0, (ME, A, HOME)))]
    assert [e.name for e in first if isinstance(e, SetTimer)] == ["mrai:1", "mrai:2"]
    for path in ((A, A, HOME), ()):
        rib.hear(0, 0, path)
        rib.decide(0)
        assert told.tell([0]) == [], "withdraws wait as well"
    release = told.release(1)
    assert sent(release) == [(1, Update(0, ()))]
    assert isinstance(release[-1], SetTimer)
    assert told.release(1) == [], "nothing has changed, and the next message goes at once"


def test_what_changes_and_changes_back_while_mrai_runs_is_not_told() -> None:
    rib, told = adverts(RFC, peers=(1,))
    told.tell([0])
    for path in ((), (A, HOME)):
        rib.hear(0, 0, path)
        rib.decide(0)
        told.tell([0])
    assert told.release(1) == []


def test_mrai_ends_with_the_session() -> None:
    _, told = adverts(RFC, peers=(1,))
    told.tell([0])
    assert told.leave(1) == [CancelTimer("mrai:1")]


def delays(seed: int, count: int = 200) -> list[int]:
    """MRAIs that a speaker draws."""
    rib, told = adverts(RFC, peers=(1,), seed=seed)
    found = []
    for number in range(count):
        rib.hear(0, 0, (A, HOME) if number % 2 else (A, A, HOME))
        rib.decide(0)
        (timer,) = (e for e in told.tell([0]) if isinstance(e, SetTimer))
        found.append(timer.delay_ns)
        assert told.release(1) == []
    return found


def test_mrai_is_jittered_evenly_from_three_quarters_up() -> None:
    drawn = delays(1)
    low = round(JITTER_LOW * 30 * SECOND)
    assert all(low <= delay <= 30 * SECOND for delay in drawn)
    assert min(drawn) < low + SECOND // 2
    assert max(drawn) > 30 * SECOND - SECOND // 2


def test_jitter_is_the_seeds() -> None:
    assert delays(1, 5) == delays(1, 5) != delays(2, 5)

"""Retransmission: a timer that runs freely, and what a neighbour still owes."""

from __future__ import annotations

import pytest

from sidr.protocols.ospf.retransmission import Retransmission

SECOND = 1_000_000_000


@pytest.mark.parametrize(
    ("now_ns", "phase_ns", "delay_ns"),
    [(0, 0, 5), (1, 0, 4), (7, 0, 3), (0, 2, 2), (2, 2, 5), (10, 4, 4)],
)
def test_ticks_stand_at_phase_plus_whole_intervals(
    now_ns: int, phase_ns: int, delay_ns: int
) -> None:
    lists = Retransmission(5, [phase_ns])
    lists.add(0, 3, 1)
    assert lists.arm(0, now_ns) == delay_ns
    assert (now_ns + delay_ns - phase_ns) % 5 == 0


def test_an_armed_timer_is_not_armed_again_until_it_fires() -> None:
    lists = Retransmission(SECOND, [0])
    assert lists.arm(0, 0) is None  # nothing to wait for
    lists.add(0, 3, 1)
    assert lists.arm(0, 0) == SECOND
    lists.add(0, 4, 1)
    assert lists.arm(0, 5) is None
    assert lists.fired(0) == [(3, 1), (4, 1)]
    assert lists.arm(0, SECOND) == SECOND


def test_only_the_newest_instance_is_waited_for() -> None:
    lists = Retransmission(SECOND, [0, 0])
    lists.add(0, 3, 1)
    lists.add(0, 3, 2)
    assert not lists.acknowledge(0, 3, 1)
    assert lists.acknowledge(0, 3, 2)
    assert not lists.acknowledge(0, 3, 2)
    assert not lists.acknowledge(1, 3, 2)


def test_news_from_the_neighbour_itself_and_its_loss_end_the_wait() -> None:
    lists = Retransmission(SECOND, [0, 0])
    for port in (0, 1):
        lists.add(port, 3, 1)
    lists.supersede(0, 3)
    lists.supersede(0, 9)
    lists.clear(1)
    assert (lists.fired(0), lists.fired(1)) == ([], [])


def test_an_adjacency_that_is_born_sets_the_phase_of_its_timer() -> None:
    lists = Retransmission(5, [0, 0])
    lists.begin(0, 13)
    for port in (0, 1):
        lists.add(port, 3, 1)
    assert (lists.arm(0, 14), lists.arm(1, 14)) == (4, 1)

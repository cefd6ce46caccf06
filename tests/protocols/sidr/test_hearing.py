"""What a neighbour announced, and how gaps are found."""

from __future__ import annotations

from sidr.forwarding.codec import decode
from sidr.model.plan import FULL
from sidr.plan import plan
from sidr.protocols.sidr.hearing import FIRST_BOOT, Hearing
from sidr.protocols.sidr.messages import Digest, Notice, digest_of
from sidr.topology import load

PLAN = plan(load("leaf-spine:leaves=3,spines=2"))
ORDER = PLAN.order_id


def hearing() -> Hearing:
    return Hearing(decode(PLAN.tables[0], 0, 2))


def notice(seq: int, *runs: tuple[int, int, int], full: bool = False) -> Notice:
    return Notice(ORDER, 1, 3, FIRST_BOOT, seq, runs, full)


def digest(seq: int, *shares: int) -> Digest:
    return Digest(ORDER, FIRST_BOOT, seq, digest_of(shares))


def test_at_the_start_everything_is_at_full_share() -> None:
    assert hearing().agrees(digest(0, FULL, FULL, FULL))
    assert not hearing().agrees(digest(0, FULL, FULL, 8))


def test_a_notice_is_taken_once_and_in_order() -> None:
    heard = hearing()
    assert heard.take(notice(2, (1, 2, 8)))
    assert not heard.take(notice(2, (1, 2, 8)))
    assert not heard.take(notice(1, (0, 3, 0)))
    assert heard.agrees(digest(2, FULL, 8, 8))


def test_a_whole_vector_of_the_same_number_is_taken_again() -> None:
    heard = hearing()
    heard.take(notice(2, (1, 1, 8)))
    assert heard.take(notice(2, (0, 1, 4), (1, 1, 8), (2, 1, FULL), full=True))
    assert heard.agrees(digest(2, 4, 8, FULL))


def test_a_digest_of_a_later_change_shows_a_gap_and_an_older_one_shows_nothing() -> None:
    heard = hearing()
    heard.take(notice(3, (0, 1, 8)))
    assert not heard.agrees(digest(4, 8, FULL, FULL))
    assert heard.agrees(digest(2, 1, 2, 3))


def test_another_boot_is_strange_until_it_is_met() -> None:
    heard = hearing()
    heard.take(notice(9, (0, 1, 8)))
    assert not heard.is_strange(FIRST_BOOT)
    assert heard.is_strange(77)
    heard.meet(77)
    assert not heard.is_strange(77)
    assert heard.take(notice(1, (0, 1, 4)))

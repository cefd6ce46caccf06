"""Two ends compare their databases: who is the master, page by page, and what is wanted."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec import structs

from sidr.protocols.ospf.exchange import HEADERS_MAX, Exchange
from sidr.protocols.ospf.lsdb import Lsdb
from sidr.protocols.ospf.messages import DbDesc, Header, Lsa

LOW, HIGH = 3, 5


def database(*lsas: Lsa) -> Lsdb:
    return Lsdb({lsa.origin: lsa for lsa in lsas}, np.zeros(4, np.bool_))


def talk(low_db: Lsdb, high_db: Lsdb) -> tuple[Exchange, Exchange, list[DbDesc]]:
    """A whole exchange; both are done at the end."""
    low, high = Exchange(LOW), Exchange(HIGH)
    claims = [low.begin(100), high.begin(200)]
    assert not high.settle(claims[0])
    assert low.settle(claims[1])
    low.describe([lsa.header for lsa in low_db.all()])
    packets = [*claims]
    answer, done = low.take(claims[1], low_db)
    assert answer is not None
    assert high.settle(answer)
    high.describe([lsa.header for lsa in high_db.all()])
    while True:
        packets.append(answer)
        question, high_done = high.take(answer, high_db)
        if question is None:
            assert done and high_done
            return low, high, packets
        packets.append(question)
        assert low.is_next(question)
        answer, done = low.take(question, low_db)
        assert answer is not None
        assert high.is_next(answer)


def test_the_higher_router_is_the_master_and_five_packets_do() -> None:
    same = database(Lsa(0, 1, (2,)))
    low, high, packets = talk(same, same)
    assert (low.master, high.master) == (False, True)
    assert [(p.router, p.seq) for p in packets] == [
        (LOW, 100),
        (HIGH, 200),
        (LOW, 200),
        (HIGH, 201),
        (LOW, 201),
    ]
    assert low.wanted == high.wanted == {}


def test_each_end_wants_what_the_other_has_newer() -> None:
    mine, other = Lsa(0, 4, (1,)), Lsa(1, 7, ())
    tie, greater = sorted((Lsa(2, 3, (1,)), Lsa(2, 3, (2,))), key=lambda lsa: lsa.checksum)
    old = Lsa(0, 3, ())
    low, high, _ = talk(database(mine, tie), database(old, other, greater))
    assert low.wanted == {1: other.header, 2: greater.header}
    assert high.wanted == {0: mine.header}


@pytest.mark.parametrize("count", [HEADERS_MAX, HEADERS_MAX + 1, 3 * HEADERS_MAX])
def test_a_great_database_takes_many_packets(count: int) -> None:
    great = database(*(Lsa(v, 1, ()) for v in range(count)))
    low, _, packets = talk(great, database())
    assert max(len(p.headers) for p in packets) == HEADERS_MAX
    assert sum(len(p.headers) for p in packets) == count
    _, high, _ = talk(database(), great)
    low, high, packets = talk(database(), great)
    assert len(low.wanted) == count
    assert high.wanted == {}
    assert [p.more for p in packets if p.headers][-1] is False


def test_only_a_fresh_claim_of_a_higher_router_or_our_own_number_settles_it() -> None:
    low, high = Exchange(LOW), Exchange(HIGH)
    mine, theirs = low.begin(100), high.begin(200)
    with_content = structs.replace(theirs, headers=(Header(0, 1, 2),))
    assert not low.settle(with_content)
    assert not low.settle(structs.replace(theirs, init=False))
    yes = DbDesc(LOW, 200, False, False, False)
    assert not high.settle(structs.replace(yes, seq=199))
    assert not high.settle(structs.replace(yes, router=HIGH + 1))
    assert not high.settle(mine)
    assert high.settle(yes)
    assert high.master


def test_repeated_packets_are_known_and_strange_ones_are_not_next() -> None:
    low, high = Exchange(LOW), Exchange(HIGH)
    _, theirs = low.begin(100), high.begin(200)
    assert low.settle(theirs)
    empty = database()
    first, _ = low.take(theirs, empty)
    assert first is not None
    assert low.is_repeated(theirs)
    assert high.settle(first)
    question, _ = high.take(first, empty)
    assert question is not None
    assert low.is_next(question)
    assert not low.is_next(structs.replace(question, seq=question.seq + 1))
    assert not low.is_next(structs.replace(question, master=False))
    assert not low.is_next(structs.replace(question, init=True))
    assert not high.is_next(first)
    assert high.is_repeated(first)


def test_numbers_never_come_twice_and_a_new_start_forgets_the_old() -> None:
    mine = Exchange(LOW)
    seqs = [mine.begin(now).seq for now in (50, 50, 40, 90)]
    assert seqs == [50, 51, 52, 90]
    mine.wanted[1] = Header(1, 1, 1)
    packet = DbDesc(HIGH, 1, True, True, True)
    assert mine.settle(packet)
    _ = mine.take(packet, database())
    mine.clear()
    assert mine.wanted == {}
    assert not mine.is_repeated(packet)

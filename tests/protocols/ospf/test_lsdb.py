"""The database: the newest instance, when it came, and which links anybody lists."""

from __future__ import annotations

import numpy as np

from sidr.protocols.ospf.lsdb import LONG_AGO_NS, Lsdb, compare, empty
from sidr.protocols.ospf.messages import Lsa


def test_an_empty_database_knows_nothing() -> None:
    held = empty(4)
    assert (held.get(0), held.all(), held.listed.any()) == (None, (), False)
    assert held.arrived_ns(0) == LONG_AGO_NS


def test_installing_replaces_the_instance_and_says_whether_links_changed() -> None:
    held = empty(6)
    assert held.install(Lsa(1, 1, (2, 3)), 10)
    assert np.flatnonzero(held.listed).tolist() == [2, 3]
    assert not held.install(Lsa(1, 2, (2, 3)), 20)
    assert (held.get(1), held.arrived_ns(1)) == (Lsa(1, 2, (2, 3)), 20)
    assert held.install(Lsa(1, 3, (3,)), 30)
    assert np.flatnonzero(held.listed).tolist() == [3]


def test_a_new_instance_has_not_been_sent() -> None:
    held = Lsdb({1: Lsa(1, 1, ())}, np.zeros(2, np.bool_))
    assert held.sent_ns(1) == LONG_AGO_NS
    held.note_sent(1, 10)
    assert held.sent_ns(1) == 10
    held.install(Lsa(1, 2, ()), 20)
    assert held.sent_ns(1) == LONG_AGO_NS


def test_routers_that_share_a_base_do_not_see_each_others_changes() -> None:
    base = {0: Lsa(0, 1, (0,)), 1: Lsa(1, 1, (1,))}
    listed = np.array([True, True])
    one, other = Lsdb(base, listed), Lsdb(base, listed)
    one.install(Lsa(0, 2, ()), 5)
    assert one.listed.tolist() == [False, True]
    assert other.listed.tolist() == listed.tolist() == [True, True]
    assert (other.get(0), base[0]) == (Lsa(0, 1, (0,)), Lsa(0, 1, (0,)))


def test_all_are_listed_by_origin_in_their_newest_instance() -> None:
    held = Lsdb({2: Lsa(2, 1, ()), 0: Lsa(0, 1, ())}, np.zeros(3, np.bool_))
    held.install(Lsa(1, 4, (1,)), 1)
    held.install(Lsa(2, 9, ()), 1)
    assert held.all() == (Lsa(0, 1, ()), Lsa(1, 4, (1,)), Lsa(2, 9, ()))


def test_of_two_instances_the_higher_number_is_newer_and_content_breaks_ties() -> None:
    tied = sorted((Lsa(3, 2, links) for links in ((), (7, 8), (8,))), key=lambda lsa: lsa.checksum)
    oldest_first = [Lsa(3, 1, (9,)), *tied, Lsa(3, 3, ())]
    for i, one in enumerate(oldest_first):
        for j, other in enumerate(oldest_first):
            signs = [
                np.sign(compare(*pair))
                for pair in ((one, other), (one.header, other), (one, other.header))
            ]
            assert signs == [np.sign(i - j)] * 3

"""One speaker's tables: selection, multipath, and what peers are told."""

from __future__ import annotations

from sidr.protocols.bgp import asn
from sidr.protocols.bgp.analytic import LOCAL, Converged
from sidr.protocols.bgp.rib import Best, Rib
from tests.protocols.settled import fabric_of

ME, A, B, C, HOME = 100, 1, 2, 3, 9


def rib(*, own: frozenset[int] = frozenset(), ports: int = 3) -> Rib:
    return Rib(0, ports, own, 2, asn=ME, base=None)


def test_the_shortest_path_wins_and_equal_ones_share() -> None:
    table = rib()
    assert table.hear(0, 0, (A, C, HOME))
    assert table.decide(0) == (True, bytes([1, 0, 0]))
    assert table.hear(1, 0, (B, HOME))
    assert table.decide(0) == (True, bytes([0, 1, 0]))
    assert table.hear(2, 0, (C, HOME))
    assert table.decide(0) == (False, bytes([0, 1, 1]))
    assert table.best(0) == Best((B, HOME), 1)


def test_a_tie_keeps_the_older_path_even_from_a_higher_port() -> None:
    table = rib()
    table.hear(2, 0, (C, HOME))
    table.decide(0)
    table.hear(0, 0, (A, HOME))
    assert table.decide(0) == (False, bytes([1, 0, 1]))
    assert table.best(0) == Best((C, HOME), 2)


def three(*, order: tuple[int, ...] = (2, 0, 1)) -> Rib:
    """Three equal paths that have arrived in an order of ports."""
    table = rib()
    for port in order:
        table.hear(port, 0, ((A, B, C)[port], HOME))
    table.decide(0)
    return table


def test_when_the_selected_path_goes_the_oldest_of_the_others_takes_over() -> None:
    table = three()
    assert table.best(0) == Best((C, HOME), 2)
    table.hear(2, 0, ())
    assert table.decide(0) == (True, bytes([1, 1, 0]))
    assert table.best(0) == Best((A, HOME), 0)
    table = three(order=(2, 1, 0))
    table.hear(2, 0, ())
    table.decide(0)
    assert table.best(0) == Best((B, HOME), 1)


def test_a_path_that_is_announced_again_with_other_attributes_is_new() -> None:
    table = three()
    table.hear(2, 0, (C, B))
    table.decide(0)
    assert table.best(0) == Best((A, HOME), 0)
    table.hear(0, 0, ())
    table.decide(0)
    assert table.best(0) == Best((B, HOME), 1)


def test_a_path_that_is_announced_again_unchanged_keeps_its_age() -> None:
    table = three()
    assert not table.hear(2, 0, (C, HOME))
    table.decide(0)
    assert table.best(0) == Best((C, HOME), 2)


def test_a_lost_and_returned_peer_is_the_youngest() -> None:
    table = three()
    table.forget(2)
    table.decide(0)
    table.new_peer(2)
    table.hear(2, 0, (C, HOME))
    assert table.decide(0) == (False, bytes([1, 1, 1]))
    table.hear(0, 0, ())
    table.decide(0)
    assert table.best(0) == Best((B, HOME), 1)


def test_a_path_with_the_own_number_is_no_path() -> None:
    table = rib()
    assert not table.hear(0, 0, (A, ME, HOME))
    assert table.heard(0, 0) is None
    table.hear(0, 0, (A, HOME))
    assert table.hear(0, 0, (A, ME, HOME))
    assert table.heard(0, 0) is None


def test_what_is_already_known_changes_nothing() -> None:
    table = rib()
    assert table.hear(0, 0, (A, HOME))
    assert not table.hear(0, 0, (A, HOME))
    assert not table.hear(1, 0, ())


def test_the_best_peer_hears_nothing_and_each_change_is_sent_once() -> None:
    table = rib()
    table.hear(0, 0, (A, HOME))
    table.decide(0)
    assert table.send(0, 0) is None
    assert table.send(1, 0) == (ME, A, HOME)
    assert table.send(1, 0) is None
    table.hear(0, 0, ())
    assert table.decide(0) == (True, bytes(3))
    assert table.send(1, 0) == ()
    assert table.send(1, 0) is None


def test_when_the_best_path_moves_to_a_peer_that_peer_gets_a_withdraw() -> None:
    table = rib()
    table.hear(0, 0, (A, HOME))
    table.decide(0)
    table.send(1, 0)
    table.hear(1, 0, (HOME,))
    table.decide(0)
    assert table.send(1, 0) == ()
    assert table.send(0, 0) == (ME, HOME)


def test_an_own_group_is_always_announced_and_never_decided() -> None:
    table = rib(own=frozenset({1}))
    assert table.best(1) == Best((), LOCAL)
    table.hear(0, 1, (A, HOME))
    assert table.decide(1) == (False, None)
    assert table.send(0, 1) == (ME,)


def test_a_lost_peer_takes_its_paths_along() -> None:
    table = rib()
    table.hear(0, 0, (A, HOME))
    table.hear(0, 1, (A, HOME))
    table.hear(1, 1, (B, HOME))
    for group in (0, 1):
        table.decide(group)
    assert table.forget(0) == [0, 1]
    assert table.decide(0) == (True, bytes(3))
    assert table.decide(1) == (True, bytes([0, 1, 0]))


def test_a_converged_table_starts_from_the_shared_state_and_forgets_it_by_peer() -> None:
    fabric = fabric_of("leaf-spine:leaves=2,spines=2")
    base = Converged(fabric, asn.numbers(fabric, "unique"))
    leaf, spines = 0, (base.asn[2], base.asn[3])
    table = Rib(leaf, 2, frozenset({0}), 2, asn=base.asn[leaf], base=base)
    assert table.heard(0, 1) == (spines[0], base.asn[1])
    assert table.heard(1, 1) == (spines[1], base.asn[1])
    assert table.hops(1) == bytes([1, 1])
    assert table.sent(1, 1) == (base.asn[leaf], spines[0], base.asn[1])
    assert table.forget(0) == [1]
    assert table.decide(1) == (True, bytes([0, 1]))
    assert table.send(1, 1) == ()
    table.new_peer(0)
    assert table.send(0, 1) == (base.asn[leaf], spines[1], base.asn[1])


def test_in_the_converged_state_the_lowest_port_came_first_and_all_came_before_news() -> None:
    fabric = fabric_of("leaf-spine:leaves=2,spines=3")
    base = Converged(fabric, asn.numbers(fabric, "unique"))
    table = Rib(0, 3, frozenset({0}), 2, asn=base.asn[0], base=base)
    paths = [table.heard(port, 1) for port in range(3)]
    assert table.best(1) == Best(paths[0] or (), 0)
    table.forget(0)
    table.decide(1)
    assert table.best(1) == Best(paths[1] or (), 1)
    table.hear(0, 1, paths[0] or ())
    table.hear(1, 1, ())
    table.decide(1)
    assert table.best(1) == Best(paths[2] or (), 2)

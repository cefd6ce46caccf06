"""Flooding on its own: MinLSInterval, MinLSArrival, and neighbours still in the exchange."""

from __future__ import annotations

import msgspec
import numpy as np

from sidr.model.effects import Effect, Send, SetTimer
from sidr.model.profiles import OspfTimers, profile
from sidr.protocols.ospf.exchange import Exchange
from sidr.protocols.ospf.flood import Flood
from sidr.protocols.ospf.lsdb import Lsdb
from sidr.protocols.ospf.messages import Lsa, LsAck, LsUpdate
from sidr.protocols.ospf.neighbour import State
from sidr.protocols.ospf.routes import Interfaces, Routes
from tests.protocols.ospf.playbook import FABRIC, FRR, MS, SECOND

RFC = profile("rfc").ospf
FOREIGN = Lsa(2, 1, (4, 5))


class Scene:
    """Leaf 0, slots 0 and 1, with neighbours in given states."""

    def __init__(self, *states: State, timers: OspfTimers = FRR) -> None:
        f = FABRIC
        self.lsdb = Lsdb({0: Lsa(0, 1, (0, 1)), 2: FOREIGN}, np.ones(f.slots, np.bool_))
        where = Interfaces(f.ptr, f.nbr, f.twin, f.groups)
        fib = np.zeros((len(f.groups), 2), np.uint8)
        routes = Routes(0, where, self.lsdb, timers, fib)
        self.exchanges = {port: Exchange(0) for port in range(2)}
        self.flood = Flood(
            0, 0, self.lsdb, timers,
            routes=routes, states=states, exchanges=self.exchanges, phases_ns=[0, 0],
        )  # fmt: skip


def sent(effects: list[Effect]) -> dict[int, tuple[Lsa, ...]]:
    """LSAs by port."""
    found: dict[int, tuple[Lsa, ...]] = {}
    for effect in effects:
        if isinstance(effect, Send) and isinstance(effect.message, LsUpdate):
            found[effect.port] = found.get(effect.port, ()) + effect.message.lsas
    return found


def test_an_own_instance_waits_out_min_ls_interval_and_says_how_things_are_then() -> None:
    scene = Scene(State.FULL, State.FULL, timers=RFC)
    assert sent(scene.flood.originate(10 * SECOND))[0] == (Lsa(0, 2, (0, 1)),)
    assert scene.flood.originate(12 * SECOND) == [SetTimer("lsa", 3 * SECOND)]
    assert scene.flood.originate(13 * SECOND) == []  # one waits already
    assert sent(scene.flood.due(15 * SECOND))[1] == (Lsa(0, 3, (0, 1)),)
    assert scene.flood.originate(19 * SECOND) == [SetTimer("lsa", 1 * SECOND)]


def test_frr_does_not_wait_and_lists_full_adjacencies_only() -> None:
    scene = Scene(State.FULL, State.LOADING)
    for now in (10, 11):
        found = sent(scene.flood.originate(now, 2))
        first = scene.flood.lsdb.get(0)
        assert first is not None
        assert found[0] == found[1] == (Lsa(0, first.seq - 1, (0,)), first)
    assert scene.lsdb.get(0) == Lsa(0, 5, (0,))


def test_neighbours_before_the_exchange_are_not_flooded() -> None:
    for state in (State.DARK, State.DOWN, State.INIT, State.EX_START):
        scene = Scene(State.FULL, state)
        assert sent(scene.flood.take(0, [Lsa(2, 2, (4,))], SECOND)) == {}


def test_a_neighbour_that_has_the_instance_itself_is_not_sent_it() -> None:
    news = Lsa(2, 5, (4,))
    for described, flooded in ((Lsa(2, 4, ()), True), (news, False), (Lsa(2, 6, ()), False)):
        scene = Scene(State.FULL, State.LOADING)
        scene.exchanges[1].wanted[2] = described.header
        assert sent(scene.flood.take(0, [news], SECOND)) == ({1: (news,)} if flooded else {})
        still = described.seq > news.seq
        assert (2 in scene.exchanges[1].wanted) == still, "what has come is not asked for"


def test_what_was_asked_for_is_struck_off_when_it_comes_but_not_when_it_is_dropped() -> None:
    news, newer = Lsa(2, 5, (4,)), Lsa(2, 6, (5,))
    scene = Scene(State.LOADING, State.DOWN)
    scene.exchanges[0].wanted[2] = news.header
    _ = scene.flood.take(0, [news], SECOND)
    assert scene.exchanges[0].wanted == {}
    scene.exchanges[0].wanted[2] = newer.header
    assert scene.flood.take(0, [newer], SECOND + 999 * MS) == []
    assert scene.exchanges[0].wanted == {2: newer.header}


def test_less_than_was_described_is_a_stale_answer() -> None:
    scene = Scene(State.LOADING, State.DOWN)
    assert not scene.flood.is_stale_answer(0, [FOREIGN])  # not asked for
    scene.exchanges[0].wanted[2] = Lsa(2, 2, ()).header
    assert scene.flood.is_stale_answer(0, [FOREIGN])
    assert not scene.flood.is_stale_answer(0, [Lsa(2, 2, ())])
    assert not scene.flood.is_stale_answer(1, [FOREIGN])


def test_an_own_lsa_of_a_former_life_is_outdone_at_the_end_of_min_ls_interval_too() -> None:
    scene = Scene(State.FULL, State.FULL, timers=RFC)
    _ = scene.flood.originate(10 * SECOND)
    assert scene.flood.take(0, [Lsa(0, 40, ())], 11 * SECOND) == [SetTimer("lsa", 4 * SECOND)]
    assert scene.flood.take(1, [Lsa(0, 41, ())], 12 * SECOND) == []
    assert sent(scene.flood.due(15 * SECOND))[0] == (Lsa(0, 42, (0, 1)),)


def test_only_what_is_taken_in_is_acknowledged() -> None:
    scene = Scene(State.FULL, State.DOWN, timers=msgspec.structs.replace(FRR, spf_delay_ns=7))
    effects = scene.flood.take(0, [Lsa(2, 2, (4,)), Lsa(2, 3, (5,))], SECOND)
    assert effects == [Send(0, LsAck(((2, 2),)), "ack"), SetTimer("spf", 7)]

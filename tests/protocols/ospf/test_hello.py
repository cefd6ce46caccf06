"""Hellos: whom they list, when they stop, and how they go on in a trial at rest."""

from __future__ import annotations

from sidr.model.effects import HELLO, CancelTimer, Send, SetTimer
from sidr.model.profiles import profile
from sidr.protocols.ospf.hello import Hellos
from sidr.protocols.ospf.messages import Hello
from sidr.protocols.pulse import Beat, Pulse

FRR = profile("frr-traditional").ospf
EXERCISED = {1: (8, 3)}


def hellos() -> Hellos:
    return Hellos(7, FRR, EXERCISED, 42)


def test_a_hello_lists_who_has_been_heard_on_its_port_until_silence() -> None:
    mine = hellos()
    again = SetTimer("hello:1", FRR.hello_ns)
    assert mine.send(1) == [Send(1, Hello(7), HELLO), again]
    mine.know(1, 5)
    assert mine.send(1) == [Send(1, Hello(7, (5,)), HELLO), again]
    assert mine.send(0)[0] == Send(0, Hello(7), HELLO)
    assert mine.forget(1) == [CancelTimer("dead:1")]
    assert mine.send(1)[0] == Send(1, Hello(7), HELLO)


def test_only_exercised_ports_watch_and_go_on_when_the_adjacency_is_full() -> None:
    mine = hellos()
    assert (mine.watch(0), mine.watch(1)) == ([], [SetTimer("dead:1", FRR.dead_ns)])
    assert (mine.rest(0), mine.rest(1)) == ([CancelTimer("hello:0")], [])
    assert mine.forget(0) == []


def test_a_trial_at_rest_goes_on_by_the_beats_of_both_ends() -> None:
    mine = hellos()
    pulse = Pulse(FRR.hello_ns, FRR.dead_ns)
    own, other = Beat(42, 8, pulse), Beat(42, 3, pulse)
    assert mine.go_on({0: 4, 1: 5}) == [
        SetTimer("hello:1", own.first_ns),
        SetTimer("dead:1", other.last_ns + FRR.dead_ns),
    ]
    assert mine.send(1)[0] == Send(1, Hello(7, (5,)), HELLO)
    assert FRR.dead_ns - FRR.hello_ns < other.last_ns + FRR.dead_ns <= FRR.dead_ns

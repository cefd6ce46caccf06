"""One speaker on its own for playbooks: two ports, two groups, its own prefix in group 1."""

from __future__ import annotations

from collections.abc import Iterable

from sidr.model.effects import Effect, Send
from sidr.model.events import Event, MessageReceived, PortUp, TimerFired
from sidr.model.profiles import BgpTimers, profile
from sidr.protocols.bgp.messages import Ack, Keepalive, Message, Open, SynAck, Update
from sidr.protocols.bgp.rib import Rib
from sidr.protocols.bgp.session import State
from sidr.protocols.bgp.speaker import Speaker

ME, A, B, HOME = 100, 1, 2, 9
MS, SECOND = 1_000_000, 1_000_000_000
FRR = profile("frr-datacenter").bgp
AT_ONCE = profile("tuned-no-queues").bgp
FIRST = 1000
"""The speaker's calls have the numbers after this."""
CALL = FIRST + 1


class Playbook:
    """`>>` feeds one event; time does not matter to a speaker.

    Args:
        guarded: life signs and TCP's own run on both ports.
        established: both sessions stand from the beginning, though no route is known.
    """

    def __init__(
        self,
        timers: BgpTimers = FRR,
        *,
        own: Iterable[int] = (1,),
        guarded: bool = False,
        established: bool = False,
        prefixes: int = 1,
    ) -> None:
        slots = {0: (0, 4), 1: (1, 5)}
        self.speaker = Speaker(
            Rib(0, 2, frozenset(own), 2, asn=ME, base=None), timers, established=established,
            guarded=slots if guarded else {}, pulse_seed=1, seed=FIRST, prefixes=prefixes,
        )  # fmt: skip

    @property
    def state(self) -> State:
        """Of the session with A, behind port 0."""
        return self.speaker.peers.states[0]

    def up(self) -> Playbook:
        """Both sessions established and told everything, by bare messages."""
        for port, peer in ((0, A), (1, B)):
            steps = (SynAck(CALL + port), Open(asn=peer), Keepalive())
            for event in (PortUp(port), TimerFired(f"start:{port}"), *arrive(port, *steps)):
                _ = self >> event
        if self.speaker.timers.coalesce_max_ns:
            _ = self >> TimerFired("coalesce")
        return self

    def __rshift__(self, event: Event) -> list[Effect]:
        return list(self.speaker.handle(event, 0))


def arrive(port: int, *messages: Message) -> list[MessageReceived]:
    """Messages come in."""
    return [MessageReceived(port, message) for message in messages]


def heard(port: int, *path: int, group: int = 0) -> MessageReceived:
    """A bare UPDATE comes in."""
    return MessageReceived(port, Update(group, path))


def sent(effects: Iterable[Effect]) -> list[tuple[int, object]]:
    """What goes out: (port, message)."""
    return [(e.port, e.message) for e in effects if isinstance(e, Send)]


def acked(port: int, seq: int, connection: int = 0) -> MessageReceived:
    """An acknowledgement comes in."""
    return MessageReceived(port, Ack(connection, seq))

"""Flooding (RFC 2328, section 13): own LSAs out, others' in and on, each until acknowledged.

An own instance waits out MinLSInterval, a foreign one that comes sooner than MinLSArrival after
the last is dropped without a word, as in FRR 8.4.4, and an older one is answered with what is held
unless that went out within MinLSArrival. Neighbours that are still exchanging databases
are flooded as well, unless they have said that they have as new an instance. Not here: ages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sidr.model.effects import Effect, Send, SetTimer
from sidr.model.profiles import OspfTimers
from sidr.protocols.ospf.exchange import Exchange
from sidr.protocols.ospf.lsdb import LONG_AGO_NS, Lsdb, compare
from sidr.protocols.ospf.messages import Lsa, LsAck, LsUpdate
from sidr.protocols.ospf.neighbour import FLOODING, State
from sidr.protocols.ospf.retransmission import Retransmission
from sidr.protocols.ospf.routes import Routes


class Flood:
    """One router's flooding.

    Args:
        switch, first: its number and its first slot.
        lsdb: what it knows; changed here. routes: asked for an SPF when links change.
        states, exchanges: its neighbours by port; states are only read.
        phases_ns: per port, the phase of the retransmission timer.
    """

    def __init__(
        self, switch: int, first: int, lsdb: Lsdb, timers: OspfTimers, *, routes: Routes,
        states: Sequence[State], exchanges: Mapping[int, Exchange], phases_ns: Sequence[int],
    ) -> None:  # fmt: skip
        self._switch, self._first, self.lsdb, self._timers = switch, first, lsdb, timers
        self._routes, self._states, self._exchanges = routes, states, exchanges
        self.unacked = Retransmission(timers.retransmit_ns, phases_ns)
        self._originated_ns = LONG_AGO_NS
        self._outbid = 0
        self._waiting = False

    def _flooded(self, but: int = -1) -> list[int]:
        return [p for p, s in enumerate(self._states) if s in FLOODING and p != but]

    # --- own LSAs -------------------------------------------------------------------------------

    def originate(self, now_ns: int, instances: int = 1) -> list[Effect]:
        """The own LSA again, now or at the end of MinLSInterval."""
        if self._waiting:
            return []
        left_ns = self._originated_ns + self._timers.min_ls_interval_ns - now_ns
        if left_ns > 0:
            self._waiting = True
            return [SetTimer("lsa", left_ns)]
        return self._issue(now_ns, instances)

    def due(self, now_ns: int) -> list[Effect]:
        """MinLSInterval is over."""
        self._waiting = False
        return self._issue(now_ns, 1)

    def _issue(self, now_ns: int, instances: int) -> list[Effect]:
        """New instances of the own LSA, in one packet to every neighbour."""
        old = self.lsdb.get(self._switch)
        seq = max(self._outbid, old.seq if old else 0)
        full = (p for p, state in enumerate(self._states) if state is State.FULL)
        links = tuple(self._first + p for p in full)
        lsas = tuple(Lsa(self._switch, seq + 1 + i, links) for i in range(instances))
        changed = self.lsdb.install(lsas[-1], now_ns)
        self._originated_ns = now_ns
        effects = self._flood(lsas, "originate", now_ns)
        return effects + self._routes.ask(now_ns) if changed else effects

    # --- what goes out --------------------------------------------------------------------------

    def _flood(self, lsas: Sequence[Lsa], work: str, now_ns: int, but: int = -1) -> list[Effect]:
        if not lsas:
            return []
        effects: list[Effect] = []
        for port in self._flooded(but):
            lacking = [lsa for lsa in lsas if self._lacks(port, lsa)]
            effects += self.send(port, lacking, work, now_ns)
        return effects

    def _lacks(self, port: int, lsa: Lsa) -> bool:
        """Whether the neighbour needs it; what is no longer to be asked for is struck off the
        list of requests (RFC 2328, 13.3, step 1b)."""
        exchange = self._exchanges.get(port)
        listed = exchange.wanted.get(lsa.origin) if exchange else None
        if exchange is None or listed is None:
            return True
        order = compare(lsa, listed)
        if order >= 0:
            del exchange.wanted[lsa.origin]
        return order > 0

    def send(self, port: int, lsas: Iterable[Lsa], work: str, now_ns: int) -> list[Effect]:
        """Send LSAs and wait for their acknowledgement."""
        sent = tuple(lsas)
        if not sent:
            return []
        for lsa in sent:
            self.unacked.add(port, lsa.origin, lsa.seq)
            self.lsdb.note_sent(lsa.origin, now_ns)
        delay = self.unacked.arm(port, now_ns)
        effects: list[Effect] = [Send(port, LsUpdate(sent), work)]
        return effects if delay is None else [*effects, SetTimer(f"rxmt:{port}", delay)]

    def answer(self, port: int, lsas: Iterable[Lsa], now_ns: int) -> list[Effect]:
        """Send LSAs of the database once, without waiting for their acknowledgement: the neighbour
        asks or sends again if they are lost (RFC 2328, 10.7 and 13, step 8)."""
        sent = tuple(lsas)
        for lsa in sent:
            self.lsdb.note_sent(lsa.origin, now_ns)
        return [Send(port, LsUpdate(sent))]

    def retransmit(self, port: int, now_ns: int) -> list[Effect]:
        """The neighbour's timer ticks: what is old enough goes out again."""
        due = []
        for origin, _ in self.unacked.fired(port):
            lsa = self.lsdb.get(origin)
            assert lsa is not None, origin
            if now_ns - self.lsdb.arrived_ns(origin) >= self._timers.retransmit_ns:
                due.append(lsa)
        if due:
            return self.send(port, due, "send", now_ns)
        delay = self.unacked.arm(port, now_ns)
        return [] if delay is None else [SetTimer(f"rxmt:{port}", delay)]

    # --- what comes in --------------------------------------------------------------------------

    def is_stale_answer(self, port: int, lsas: Iterable[Lsa]) -> bool:
        """Whether the neighbour has less than its description said (RFC 2328, 13, step 6)."""
        wanted = self._exchanges[port].wanted if port in self._exchanges else {}
        asked = ((lsa, self.lsdb.get(lsa.origin)) for lsa in lsas if lsa.origin in wanted)
        return any(held is not None and compare(lsa, held) <= 0 for lsa, held in asked)

    def take(self, port: int, lsas: Iterable[Lsa], now_ns: int) -> list[Effect]:
        """A neighbour's packet of LSAs."""
        accepted: list[Lsa] = []
        acks: list[tuple[int, int]] = []
        effects: list[Effect] = []
        changed = False
        for lsa in lsas:
            held = self.lsdb.get(lsa.origin)
            order = 1 if held is None else compare(lsa, held)
            if order == 0:
                if not self.unacked.acknowledge(port, lsa.origin, lsa.seq):
                    acks.append((lsa.origin, lsa.seq))
            elif held is not None and order < 0:
                if now_ns - self.lsdb.sent_ns(lsa.origin) >= self._timers.min_ls_arrival_ns:
                    effects += self.answer(port, (held,), now_ns)
            elif lsa.origin == self._switch:
                effects += self._outdo(lsa, port, now_ns)
            elif now_ns - self.lsdb.arrived_ns(lsa.origin) >= self._timers.min_ls_arrival_ns:
                changed = self.lsdb.install(lsa, now_ns) or changed
                self._got(lsa, port)
                accepted.append(lsa)
                acks.append((lsa.origin, lsa.seq))
        if acks:
            effects.append(Send(port, LsAck(tuple(acks)), "ack"))
        if accepted:  # most packets bring nothing new
            effects += self._flood(accepted, "send", now_ns, but=port)
        return effects + self._routes.ask(now_ns) if changed else effects

    def _got(self, lsa: Lsa, port: int) -> None:
        """A neighbour has this instance, and so do we: nothing is asked or owed."""
        self.unacked.supersede(port, lsa.origin)
        if port in self._exchanges:
            self._exchanges[port].wanted.pop(lsa.origin, None)

    def _outdo(self, lsa: Lsa, port: int, now_ns: int) -> list[Effect]:
        """An own LSA that we do not know, of a former life: ours has to be newer (13.4)."""
        self._outbid = max(self._outbid, lsa.seq)
        self._got(lsa, port)
        return self.originate(now_ns)

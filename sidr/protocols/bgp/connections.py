"""The TCP of one switch: a connection per port, and old ones that still have something to deliver.

Calls are answered or refused by the session (`peers`); a call that crosses another becomes one
connection with it, as a simultaneous open does (RFC 9293 section 3.5), of the higher number: BGP
would close one of two connections then (RFC 4271 section 6.8) and end with one as well. Where
nothing can be lost, messages travel bare: no numbers, acknowledgements or timers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from sidr.model.effects import HELLO, CancelTimer, Effect, Send, SetTimer
from sidr.protocols.bgp.messages import Ack, Carried, Keepalive, Message, Reset, Syn, SynAck
from sidr.protocols.bgp.session import Input
from sidr.protocols.bgp.transport import SYN_RTO_NS, Stream, backed_off_ns

Fact = Input | Carried
"""What the session is told: something has happened to the connection, or a message."""

BASE = 0
"""Number of the connections that stand when a trial at rest begins."""
NUMBERS = 1 << 32
"""Connections have numbers up to this, the first drawn per switch, then counted (TCP's ports and
initial sequence numbers, which a switch that comes back does not use again)."""
ORPHAN_TIMEOUTS = 8
"""Timeouts in a row after which a closed connection is forgotten (Linux, tcp_orphan_retries)."""


class Connections:
    """One switch's.

    Args:
        guarded: ports where something may be lost.
        rto_ns: the first retransmission timeout.
        first: the number of the first call.
        standing: ports whose connections stand already.
    """

    def __init__(
        self, guarded: Collection[int], *, rto_ns: int, first: int, standing: Collection[int]
    ) -> None:
        self._guarded, self._rto_ns = guarded, rto_ns
        self._number = first
        self._current: dict[int, int] = dict.fromkeys(standing, BASE)
        self._opening: dict[int, int] = {}  # port -> calls that were not answered in time
        self._caller: dict[int, int] = {}  # port -> the last call that came in
        self._streams = {(port, BASE): Stream(BASE) for port in standing if port in guarded}
        self._takers: dict[type, Callable[..., tuple[list[Effect], list[Fact]]]] = {
            Syn: self._called,
            SynAck: self._answered,
            Ack: self._acknowledged,
            Reset: self._refused,
        }

    # --- calls ----------------------------------------------------------------------------------

    def call(self, port: int) -> list[Effect]:
        """Begin a connection; what was before it is closed."""
        effects = self.close(port)
        self._number = self._number % NUMBERS + 1
        self._open(port, self._number)
        return effects + self._dial(port)

    def answer(self, port: int) -> list[Effect]:
        """Take the call that has come; one of our own that it crosses becomes one with it."""
        number = self._caller[port]
        if port in self._opening:
            number = max(number, self._current[port])
        effects = [] if self._current.get(port) == number else self.close(port)
        self._open(port, number)
        return [*effects, Send(port, SynAck(number), HELLO)]

    def refuse(self, port: int) -> list[Effect]:
        """Do not take the call that has come."""
        return [Send(port, Reset(self._caller[port]), HELLO)]

    def dial_again(self, port: int) -> list[Effect]:
        """A call has not been answered in time."""
        self._opening[port] += 1
        return self._dial(port)

    def _open(self, port: int, number: int) -> None:
        self._current[port] = number
        self._opening[port] = 0
        if port in self._guarded:
            self._streams[port, number] = Stream(number)

    def _dial(self, port: int) -> list[Effect]:
        syn = Send(port, Syn(self._current[port]), HELLO)
        if port not in self._guarded:
            return [syn]
        return [syn, SetTimer(f"syn:{port}", backed_off_ns(SYN_RTO_NS, self._opening[port]))]

    def _stands(self, port: int) -> list[Effect]:
        del self._opening[port]
        return [CancelTimer(f"syn:{port}")] if port in self._guarded else []

    # --- ends -----------------------------------------------------------------------------------

    def close(self, port: int) -> list[Effect]:
        """No more is sent or heard; what has been sent is still delivered, if it can be."""
        number = self._current.pop(port, None)
        if number is None:
            return []
        effects: list[Effect] = []
        if self._opening.pop(port, None) is not None and port in self._guarded:
            effects.append(CancelTimer(f"syn:{port}"))
        stream = self._streams.get((port, number))
        if stream is not None and stream.is_idle:
            del self._streams[port, number]
        return effects

    def drop(self, port: int) -> list[Effect]:
        """There is no light: all connections are forgotten."""
        effects = self.close(port)
        for key in [key for key in self._streams if key[0] == port]:
            effects += self._forget(*key)
        return effects

    def _forget(self, port: int, number: int) -> list[Effect]:
        del self._streams[port, number]
        return [CancelTimer(f"rto:{port}:{number}")]

    # --- sending --------------------------------------------------------------------------------

    def send(self, port: int, message: Carried) -> list[Effect]:
        """Send a message on the port's connection."""
        stream = self._streams.get((port, self._current[port]))
        if stream is None:
            return [_sent(port, message)]
        quiet = stream.is_idle
        effects: list[Effect] = [_sent(port, segment) for segment in stream.push(message)]
        return [*effects, self._timer(port, stream)] if quiet else effects

    def time_out(self, port: int, number: int) -> list[Effect]:
        """The retransmission timer of a connection has run out."""
        stream = self._streams[port, number]
        if self._current.get(port) != number and stream.timeouts == ORPHAN_TIMEOUTS:
            del self._streams[port, number]
            return []
        segment = stream.time_out()
        work = HELLO if isinstance(segment, Keepalive) else "retransmit"
        return [Send(port, segment, work), self._timer(port, stream)]

    def _timer(self, port: int, stream: Stream) -> Effect:
        delay_ns = backed_off_ns(self._rto_ns, stream.timeouts)
        return SetTimer(f"rto:{port}:{stream.connection}", delay_ns)

    # --- receiving ------------------------------------------------------------------------------

    def receive(self, port: int, message: Message) -> tuple[list[Effect], list[Fact]]:
        """Something arrives; returns what goes out, and what the session is told after that."""
        taker = self._takers.get(type(message))
        return taker(port, message) if taker else self._arrived(port, message)  # type: ignore[arg-type]

    def _called(self, port: int, call: Syn) -> tuple[list[Effect], list[Fact]]:
        if self._current.get(port) == call.connection:
            return [Send(port, SynAck(call.connection), HELLO)], []
        self._caller[port] = call.connection
        return [], [Input.CALLED]

    def _answered(self, port: int, answer: SynAck) -> tuple[list[Effect], list[Fact]]:
        number, current = answer.connection, self._current.get(port, -1)
        if port in self._opening and number >= current:
            effects = [] if number == current else self.close(port)
            if number != current:
                self._open(port, number)
            return [*effects, *self._stands(port), Send(port, Ack(number, 0), HELLO)], [
                Input.CONNECTED
            ]
        if number == current:
            stream = self._streams.get((port, number))
            return [Send(port, Ack(number, stream.received if stream else 0), HELLO)], []
        return [Send(port, Reset(number), HELLO)], []

    def _acknowledged(self, port: int, ack: Ack) -> tuple[list[Effect], list[Fact]]:
        effects, facts = self._used(port, ack.connection)
        stream = self._streams.get((port, ack.connection))
        is_news, segments = stream.acknowledge(ack.seq) if stream else (False, [])
        if stream is None or not is_news:
            return effects, facts
        effects += [_sent(port, segment) for segment in segments]
        if not stream.is_idle:
            effects.append(self._timer(port, stream))
        elif self._current.get(port) == ack.connection:
            effects.append(CancelTimer(f"rto:{port}:{ack.connection}"))
        else:
            effects += self._forget(port, ack.connection)
        return effects, facts

    def _used(self, port: int, number: int) -> tuple[list[Effect], list[Fact]]:
        """Whoever uses a connection that we have agreed to has heard of it."""
        if port in self._opening and self._current[port] == number:
            return self._stands(port), [Input.CONNECTED]
        return [], []

    def _refused(self, port: int, reset: Reset) -> tuple[list[Effect], list[Fact]]:
        number = reset.connection
        is_current = self._current.get(port) == number
        effects = self.close(port) if is_current else []
        if (port, number) in self._streams:
            effects += self._forget(port, number)
        return effects, [Input.RESET] if is_current else []

    def _arrived(self, port: int, segment: Carried) -> tuple[list[Effect], list[Fact]]:
        if not segment.seq:
            return [], [segment] if port in self._current else []
        stream = self._streams.get((port, segment.connection))
        if stream is None or self._current.get(port) != segment.connection:
            return [Send(port, Reset(segment.connection), HELLO)], []
        effects, facts = self._used(port, segment.connection)
        facts += stream.take(segment)
        ack = Send(port, Ack(segment.connection, stream.received), HELLO)
        return [*effects, ack], facts


def _sent(port: int, message: Carried) -> Effect:
    return Send(port, message, HELLO) if isinstance(message, Keepalive) else Send(port, message)

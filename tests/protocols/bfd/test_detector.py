"""Playbooks of a detector: >> an event, << what it orders, for every row of the table."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from sidr.model.effects import HELLO, CancelTimer, Effect, Send, SetTimer, Tell
from sidr.model.events import (
    Event,
    MessageReceived,
    PortDown,
    PortUp,
    TableArrived,
    TimerFired,
    Told,
)
from sidr.protocols.bfd.detector import SLOW_NS, Detector
from sidr.protocols.bfd.messages import Packet
from sidr.protocols.bfd.session import TABLE, Input, State
from sidr.protocols.pulse import JITTER_LOW, Beat, Pulse
from sidr.sim.kernel import Kernel

MS = 1_000_000
PULSE = Pulse(300 * MS, 900 * MS, jittered=True)
SLOTS = {0: (4, 9), 1: (5, 12)}
STARTED = Told("driver", "started")


def detector(*, running: bool = False, heeds_down: bool = True, pulse: Pulse = PULSE) -> Detector:
    return Detector(SLOTS, pulse, seed=7, heeds_down=heeds_down, running=running)


def heard(state: str, port: int = 0) -> MessageReceived:
    return MessageReceived(port, Packet(state))


UP, LOST, SILENCE = PortUp(0), PortDown(0), TimerFired("rx:0")
EVENTS: dict[Input, Event] = {
    Input.CARRIER_LOST: LOST,
    Input.CARRIER: UP,
    Input.SILENCE: SILENCE,
    Input.HEARD_DOWN: heard("Down"),
    Input.HEARD_INIT: heard("Init"),
    Input.HEARD_UP: heard("Up"),
}
WAY: dict[State, list[Event]] = {
    State.DARK: [],
    State.DOWN: [UP],
    State.INIT: [UP, heard("Down")],
    State.UP: [UP, heard("Down"), heard("Init")],
}
"""How a session that knows nothing gets into each state."""

SENT: dict[str, list[str]] = {
    "": [],
    "begin": ["send", "set tx:0"],
    "hear": ["set rx:0"],
    "answer": ["set rx:0", "send", "set tx:0"],
    "rise": ["set rx:0", "send", "set tx:0", "tell up"],
    "fall": ["cancel rx:0", "send", "set tx:0", "tell down"],
    "stop": ["cancel rx:0", "cancel tx:0"],
}


def fed(core: Detector, events: Iterable[Event]) -> list[Effect]:
    """What the last of the events brought about."""
    effects: list[Effect] = []
    for event in events:
        effects = list(core.handle(event, 0))
    return effects


def words(effects: Iterable[Effect], state: State) -> list[str]:
    """Effects in words; what is sent must say the state."""
    found = []
    for effect in effects:
        match effect:
            case Send(port=0, message=Packet(state=said), work=work):
                assert (said, work) == (state.value, HELLO)
                found.append("send")
            case SetTimer(name=name):
                found.append(f"set {name}")
            case CancelTimer(name=name):
                found.append(f"cancel {name}")
            case Tell(core="main", fact=fact, value=0):
                found.append(f"tell {fact}")
            case _:
                raise AssertionError(effect)
    return found


@pytest.mark.parametrize(("state", "what"), TABLE, ids=lambda x: x.value)
def test_every_row_is_walked(state: State, what: Input) -> None:
    core, move = detector(), TABLE[state, what]
    fed(core, WAY[state])
    effects = fed(core, [EVENTS[what]])
    assert words(effects, move.state) == SENT[move.action]
    after = fed(core, [TimerFired("tx:0")])
    assert after[0] == Send(0, Packet(move.state.value), HELLO)


def test_a_session_that_is_up_sends_within_the_jitter_and_one_that_is_not_sends_slowly() -> None:
    core = detector(running=True)
    delays = []
    for _ in range(400):
        _, timer = fed(core, [TimerFired("tx:0")])
        assert isinstance(timer, SetTimer)
        delays.append(timer.delay_ns)
    assert JITTER_LOW * PULSE.period_ns <= min(delays) < 0.76 * PULSE.period_ns
    assert 0.99 * PULSE.period_ns < max(delays) <= PULSE.period_ns
    assert len(set(delays)) > 390
    for state in (State.DOWN, State.INIT):
        slow = detector()
        fed(slow, WAY[state])
        assert fed(slow, [TimerFired("tx:0")])[1] == SetTimer("tx:0", SLOW_NS)


def test_a_slower_period_than_the_slow_one_stays() -> None:
    core = detector(pulse=Pulse(3 * SLOW_NS, 9 * SLOW_NS))
    assert fed(core, [UP])[1] == SetTimer("tx:0", 3 * SLOW_NS)


def test_silence_is_noticed_three_periods_after_the_last_packet_heard() -> None:
    core = detector(running=True)
    assert fed(core, [heard("Up")]) == [SetTimer("rx:0", PULSE.detect_ns)]
    assert PULSE.detect_ns == 3 * PULSE.period_ns


def test_a_trial_at_rest_begins_as_if_life_signs_had_always_been_sent() -> None:
    started = fed(detector(running=True), [STARTED])
    want: list[Effect] = []
    for port, (own, other) in SLOTS.items():
        heard_ns = Beat(7, other, PULSE).last_ns
        assert heard_ns <= 0
        want += [SetTimer(f"tx:{port}", Beat(7, own, PULSE).first_ns)]
        want += [SetTimer(f"rx:{port}", heard_ns + PULSE.detect_ns)]
    assert started == want


def test_a_neighbour_that_says_down_is_believed_or_as_in_frr_not() -> None:
    down = heard("Down")
    assert "tell down" in words(fed(detector(running=True), [down]), State.DOWN)
    deaf = detector(running=True, heeds_down=False)
    assert fed(deaf, [down]) == []
    assert "tell down" in words(fed(deaf, [SILENCE]), State.DOWN)


def test_who_ignores_down_still_answers_it_before_the_session_is_up() -> None:
    deaf = detector(heeds_down=False)
    fed(deaf, [UP])
    assert words(fed(deaf, [heard("Down")]), State.INIT) == SENT["answer"]
    assert words(fed(deaf, [heard("Down")]), State.INIT) == SENT["hear"]


def test_ports_without_a_session_and_other_events_are_nothing_to_it() -> None:
    core = detector(running=True)
    for event in (PortDown(7), PortUp(7), heard("Up", 7), TableArrived(b"")):
        assert fed(core, [event]) == []


def test_sessions_of_one_switch_do_not_touch_each_other() -> None:
    core = detector(running=True)
    fed(core, [SILENCE])
    assert fed(core, [TimerFired("tx:1")])[0] == Send(1, Packet("Up"), HELLO)
    assert fed(core, [TimerFired("tx:0")])[0] == Send(0, Packet("Down"), HELLO)


# --- two ends -----------------------------------------------------------------------------------


class Link:
    """Two detectors, a session between their ports 0, and a microsecond from end to end.

    Attributes:
        log: (ms, end, what it told the protocol). deaf: ends that hear nothing.
    """

    def __init__(self, *, heeds_down: bool) -> None:
        self.kernel = Kernel()
        kwargs = {"seed": 7, "heeds_down": heeds_down, "running": True}
        self.ends = [
            Detector({0: (4, 9)}, PULSE, **kwargs),
            Detector({0: (9, 4)}, PULSE, **kwargs),
        ]
        self.log: list[tuple[float, int, str]] = []
        self.deaf: set[int] = set()
        self._armed: dict[tuple[int, str], int] = {}
        for end in (0, 1):
            self.feed((end, STARTED))

    def feed(self, item: tuple[int, Event]) -> None:
        """An event at an end, and what it orders."""
        end, event = item
        now = self.kernel.now_ns
        for effect in self.ends[end].handle(event, now):
            if isinstance(effect, Send):
                self.kernel.at(now + 1000, self._deliver, (1 - end, effect.message))
            elif isinstance(effect, SetTimer):
                due = now + effect.delay_ns
                self._armed[end, effect.name] = due
                self.kernel.at(due, self._fire, (end, effect.name, due))
            elif isinstance(effect, CancelTimer):
                self._armed.pop((end, effect.name), None)
            elif isinstance(effect, Tell):
                self.log.append((now / MS, end, effect.fact))

    def _deliver(self, item: tuple[int, Packet]) -> None:
        if item[0] not in self.deaf:
            self.feed((item[0], MessageReceived(0, item[1])))

    def _fire(self, item: tuple[int, str, int]) -> None:
        end, name, due = item
        if self._armed.get((end, name)) == due:
            del self._armed[end, name]
            self.feed((end, TimerFired(name)))

    def silence(self, *ends: int) -> None:
        """These ends hear nothing from now on."""
        self.deaf = set(ends)


def test_nothing_happens_while_nothing_happens() -> None:
    link = Link(heeds_down=True)
    link.kernel.run(60_000 * MS)
    assert link.log == []


@pytest.mark.parametrize("heeds_down", [True, False])
def test_the_receiver_finds_out_and_the_sender_by_its_word_or_by_itself(heeds_down: bool) -> None:
    link = Link(heeds_down=heeds_down)
    link.kernel.run(5000 * MS)
    link.silence(1)
    link.kernel.run(8000 * MS)
    (first, end, fact), (second, other, told) = link.log
    assert (end, fact, other, told) == (1, "down", 0, "down")
    assert 5600 <= first <= 5900
    later = round(second - first, 3)
    assert later == 0.001 if heeds_down else 600 <= later <= 900.001


@pytest.mark.parametrize("heeds_down", [True, False])
def test_when_both_hear_again_three_packets_bring_both_up(heeds_down: bool) -> None:
    link = Link(heeds_down=heeds_down)
    link.kernel.run(5000 * MS)
    link.silence(0, 1)
    link.kernel.run(20_000 * MS)
    assert {(end, fact) for _, end, fact in link.log} == {(0, "down"), (1, "down")}
    link.log.clear()
    link.silence()
    link.kernel.run(30_000 * MS)
    (first, one, up), (second, two, also) = link.log
    assert (up, also, {one, two}) == ("up", "up", {0, 1})
    assert 20_000 <= first <= 21_001
    assert second - first <= 0.002


def test_a_way_back_that_is_still_silent_brings_nobody_up() -> None:
    link = Link(heeds_down=True)
    link.kernel.run(5000 * MS)
    link.silence(0, 1)
    link.kernel.run(10_000 * MS)
    link.log.clear()
    link.silence(1)
    link.kernel.run(60_000 * MS)
    assert link.log == []


def test_carrier_that_comes_back_brings_both_up_at_once() -> None:
    link = Link(heeds_down=False)
    link.kernel.run(5000 * MS)
    for end in (0, 1):
        link.feed((end, LOST))
    link.kernel.run(9000 * MS)
    assert link.log == []
    for end in (0, 1):
        link.feed((end, UP))
    link.kernel.run(12_000 * MS)
    assert [(end, fact) for _, end, fact in link.log] == [(0, "up"), (1, "up")]
    assert max(at for at, _, _ in link.log) < 9000.01

"""A task that feeds cores: order of effects, timers that never fire late, bugs that are kept."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import pytest

from sidr.live.runner import INBOX_MAX, Runner
from sidr.model.effects import CancelTimer, Effect, Note, ProgramFib, Send, SetTimer, Tell
from sidr.model.events import Event, PortDown, PortUp, TimerFired, Told
from sidr.protocols.sidr.messages import Poll
from sidr.trace.recorder import MAIN
from tests.live.at_rest import until

MS = 1_000_000


class Script:
    """A core that answers events by a table, and remembers them."""

    def __init__(self, answers: dict[Event, list[Effect]] | None = None) -> None:
        self.answers, self.heard = answers or {}, []

    def handle(self, event: Event, now_ns: int) -> Iterable[Effect]:
        self.heard.append(event)
        if event == PortDown(99):
            raise RuntimeError("a bug")
        return self.answers.get(event, [])


class Floor:
    """Where effects go: a list of them."""

    recorder = None

    def __init__(self) -> None:
        self.did: list[object] = []

    def now_ns(self) -> int:
        return 7

    def send(self, switch: int, core: str, effect: Send, now_ns: int) -> None:
        self.did.append(effect)

    def program(self, switch: int, effect: ProgramFib, now_ns: int) -> None:
        self.did.append(effect)

    def noted(self, switch: int, effect: Note, now_ns: int) -> None:
        self.did.append(effect)


async def test_effects_follow_in_order_and_the_fib_says_written_next() -> None:
    order = ProgramFib(expel=(0,), token=5)
    down = [Send(1, Poll()), order, Note("done")]
    core, floor = Script({PortDown(0): down}), Floor()
    runner = Runner(0, {MAIN: core}, floor)
    runner.put(PortDown(0))
    runner.put(PortUp(0))
    await until(lambda: len(core.heard) == 3, "all events are heard")
    assert core.heard == [PortDown(0), Told("fib", "written", 5), PortUp(0)]
    assert floor.did == down
    runner.stop()


async def test_a_detector_is_fed_first_and_tells_the_protocol() -> None:
    detector = Script({PortDown(0): [Tell(MAIN, "down", 0)]})
    core = Script()
    runner = Runner(0, {"bfd": detector, MAIN: core}, Floor())
    runner.put_all(PortDown(0))
    await until(lambda: len(core.heard) == 2, "the protocol has heard twice")
    assert core.heard == [Told("bfd", "down", 0), PortDown(0)]
    runner.stop()


async def test_a_timer_fires_once_and_neither_after_cancelling_nor_after_rearming() -> None:
    core = Script(
        {
            PortUp(0): [SetTimer("a", 0), SetTimer("b", MS)],
            PortUp(1): [CancelTimer("a")],
            PortUp(2): [SetTimer("b", 3 * MS)],
        }
    )
    runner = Runner(0, {MAIN: core}, Floor())
    runner.put(PortUp(0))
    await asyncio.sleep(0)
    await asyncio.sleep(0)  # the timer's event waits in the inbox, or is about to
    runner.put(PortUp(1))
    runner.put(PortUp(2))
    await until(lambda: TimerFired("b") in core.heard, "b has fired")
    await asyncio.sleep(0.01)
    assert core.heard.count(TimerFired("b")) == 1
    assert core.heard.count(TimerFired("a")) <= 1
    cancelled = core.heard.index(PortUp(1))
    assert TimerFired("a") not in core.heard[cancelled:]
    runner.stop()


async def test_after_its_stop_nothing_is_heard() -> None:
    core = Script({PortUp(0): [SetTimer("a", 50 * MS)]})
    runner = Runner(0, {MAIN: core}, Floor())
    runner.put(PortUp(0))
    await until(lambda: bool(core.heard), "the first event is heard")
    runner.put(PortUp(1))
    runner.stop()
    await asyncio.sleep(0.1)
    assert core.heard == [PortUp(0)]


async def test_a_flooded_inbox_drops_and_counts() -> None:
    runner = Runner(0, {MAIN: Script()}, Floor())
    for _ in range(INBOX_MAX + 3):
        runner.put(PortUp(0))
    assert runner.overflow == 3
    await until(lambda: runner.idle, "the inbox is empty")
    runner.stop()


async def test_a_bug_stops_this_switch_and_is_kept() -> None:
    runner = Runner(0, {MAIN: Script()}, Floor())
    runner.put(PortDown(99))
    await until(lambda: runner.bug is not None, "the bug is kept")
    assert str(runner.bug) == "a bug"
    with pytest.raises(RuntimeError, match="a bug"):
        await runner.task

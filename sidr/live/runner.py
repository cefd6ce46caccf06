"""One switch's cores as an asyncio task: events from an inbox, effects at once.

All effects of an event are carried out before the next event is taken, in the same turn of the
event loop, so a local failover never waits for anything. Every input passes `_feed`, which the
recorder taps. What effects do to links, FIBs and the bus is the host's (`Ground`).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from typing import Protocol

from sidr.model.effects import CancelTimer, Effect, Note, ProgramFib, Send, SetTimer, Tell
from sidr.model.events import Event, TimerFired, Told
from sidr.protocols.kit import Core
from sidr.trace.recorder import MAIN, Recorder

INBOX_MAX = 10_000
"""Events that may wait at one switch; a notice lost here is found by the next digest."""
TURN = 64
"""Events that one switch may take before others have their turn."""
NS_PER_S = 1e9


class Ground(Protocol):
    """What a switch stands on.

    Attributes:
        recorder: taps all events and effects; None = nobody listens.
    """

    recorder: Recorder | None

    def now_ns(self) -> int:
        """The clock of all switches of a process, from its start."""
        ...

    def send(self, switch: int, core: str, effect: Send, now_ns: int) -> None:
        """Put a message on a link, or hand it to the planner's side."""
        ...

    def program(self, switch: int, effect: ProgramFib, now_ns: int) -> None:
        """Write the FIB now."""
        ...

    def noted(self, switch: int, effect: Note, now_ns: int) -> None:
        """A core remarks something."""
        ...


class Runner:
    """One switch's cores, running.

    Args:
        stack: cores by name, detectors first.

    Attributes:
        overflow: events dropped because too many were waiting.
        bug: what a core raised; the switch has stopped then, and its FIB stays as it is.
        task: what runs the cores.
    """

    def __init__(self, switch: int, stack: Mapping[str, Core], ground: Ground) -> None:
        self.switch, self.stack = switch, dict(stack)
        self.overflow = 0
        self.bug: BaseException | None = None
        self._ground = ground
        self._inbox: deque[tuple[str, Event, int]] = deque()
        self._wake = asyncio.Event()
        self._timers: dict[tuple[str, str], tuple[int, asyncio.TimerHandle]] = {}
        self._count = 0
        self._effects: dict[type, Callable[[str, Effect, int], None]] = {
            Send: self._send,
            SetTimer: self._set_timer,
            CancelTimer: self._cancel_timer,
            ProgramFib: self._program,
            Tell: self._tell,
            Note: self._note,
        }
        self.task = asyncio.get_running_loop().create_task(self._run(), name=f"switch {switch}")

    @property
    def core(self) -> Core:
        """The protocol's own core."""
        return self.stack[MAIN]

    def put(self, event: Event, core: str = MAIN) -> None:
        """Have an event fed to a core, after those that wait."""
        if len(self._inbox) >= INBOX_MAX:
            self.overflow += 1
            return
        self._inbox.append((core, event, 0))
        self._wake.set()

    def put_all(self, event: Event) -> None:
        """Have an event fed to all cores, detectors first."""
        for core in self.stack:
            self.put(event, core)

    def stop(self) -> None:
        """End at once; timers never fire, and what waits is forgotten."""
        self.task.cancel()
        for _, handle in self._timers.values():
            handle.cancel()
        self._timers.clear()
        self._inbox.clear()

    @property
    def idle(self) -> bool:
        """Whether no event waits."""
        return not self._inbox

    async def _run(self) -> None:
        try:
            while True:
                await self._wake.wait()
                for _ in range(min(TURN, len(self._inbox))):
                    self._take(*self._inbox.popleft())
                if not self._inbox:
                    self._wake.clear()
                else:
                    await asyncio.sleep(0)
        except Exception as error:
            self.bug = error
            raise

    def _take(self, core: str, event: Event, number: int) -> None:
        if number:  # a timer: it may have been set anew or cancelled while it waited
            assert isinstance(event, TimerFired)
            key = (core, event.name)
            if self._timers.get(key, (0, None))[0] != number:
                return
            del self._timers[key]
        self._feed(core, event)

    def _feed(self, core: str, event: Event) -> None:
        now = self._ground.now_ns()
        effects = tuple(self.stack[core].handle(event, now))
        if self._ground.recorder is not None:
            self._ground.recorder.event(now, self.switch, event, effects, core)
        for effect in effects:
            self._effects[type(effect)](core, effect, now)

    def _send(self, core: str, effect: Effect, now: int) -> None:
        assert isinstance(effect, Send)
        self._ground.send(self.switch, core, effect, now)

    def _set_timer(self, core: str, effect: Effect, _: int) -> None:
        assert isinstance(effect, SetTimer)
        key = (core, effect.name)
        self._forget(key)
        self._count += 1
        loop = asyncio.get_running_loop()
        due = loop.call_later(effect.delay_ns / NS_PER_S, self._fire, key, self._count)
        self._timers[key] = (self._count, due)

    def _fire(self, key: tuple[str, str], number: int) -> None:
        self._inbox.append((key[0], TimerFired(key[1]), number))
        self._wake.set()

    def _cancel_timer(self, core: str, effect: Effect, _: int) -> None:
        assert isinstance(effect, CancelTimer)
        self._forget((core, effect.name))

    def _forget(self, key: tuple[str, str]) -> None:
        _, handle = self._timers.pop(key, (0, None))
        if handle is not None:
            handle.cancel()

    def _program(self, core: str, effect: Effect, now: int) -> None:
        assert isinstance(effect, ProgramFib)
        self._ground.program(self.switch, effect, now)
        if effect.token:
            self._inbox.appendleft((core, Told("fib", "written", effect.token), 0))
            self._wake.set()

    def _tell(self, core: str, effect: Effect, _: int) -> None:
        assert isinstance(effect, Tell)
        self._inbox.appendleft((MAIN, Told(core, effect.fact, effect.value), 0))
        self._wake.set()

    def _note(self, core: str, effect: Effect, now: int) -> None:
        assert isinstance(effect, Note)
        self._ground.noted(self.switch, effect, now)

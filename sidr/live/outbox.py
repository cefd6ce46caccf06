"""What a bus still has to send: in order, some at a time, and nobody waits who does not want to.

An order sends one thing and returns when it is confirmed. Knows no MQTT; `mqtt` makes the orders.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

Order = Callable[[], Coroutine[Any, Any, None]]


class Outbox:
    """Orders that wait, and orders under way.

    Args:
        failed: told of an order that raised, and whether it was a message.
    """

    def __init__(self, failed: Callable[[BaseException, bool], None]) -> None:
        self._failed = failed
        self._waiting: deque[tuple[int, Order]] = deque()
        self._open: dict[int, bool] = {}
        self._number = 0
        self._draining: deque[tuple[int, asyncio.Future[None]]] = deque()
        self._wake = asyncio.Event()

    def add(self, order: Order, *, is_message: bool) -> None:
        """Hand an order over."""
        self._number += 1
        self._open[self._number] = is_message
        self._waiting.append((self._number, order))
        self._wake.set()

    async def send(self, in_flight: int) -> None:
        """Carry orders out, so many at a time, until cancelled, which cancels those under way."""
        loop, room = asyncio.get_running_loop(), asyncio.Semaphore(in_flight)
        flying: set[asyncio.Task[None]] = set()

        def landed(number: int, task: asyncio.Task[None]) -> None:
            flying.discard(task)
            room.release()
            if not task.cancelled():
                self._confirmed(number, task.exception())

        try:
            while True:
                await room.acquire()
                while not self._waiting:
                    self._wake.clear()
                    await self._wake.wait()
                number, order = self._waiting.popleft()
                task = loop.create_task(order())
                flying.add(task)
                task.add_done_callback(partial(landed, number))
        finally:
            for task in flying:
                task.cancel()

    def _confirmed(self, number: int, error: BaseException | None) -> None:
        is_message = self._open.pop(number, False)
        if error is not None:
            self._failed(error, is_message)
        self._settle()

    async def drain(self) -> None:
        """Return when everything handed over so far has been confirmed, or is forgotten."""
        if self._open:
            done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._draining.append((self._number, done))
            await done

    def forget(self) -> int:
        """Drop all orders; returns how many messages were not confirmed."""
        lost = sum(self._open.values())
        self._waiting.clear()
        self._open.clear()
        self._settle()
        return lost

    def _settle(self) -> None:
        """Let those go on who wait for nothing that is still open."""
        oldest = next(iter(self._open), math.inf)
        while self._draining and self._draining[0][0] < oldest:
            done = self._draining.popleft()[1]
            if not done.done():
                done.set_result(None)

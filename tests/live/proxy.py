"""A TCP proxy that cuts, refuses, stalls and delays, to stand before a broker in tests."""

from __future__ import annotations

import asyncio
from contextlib import suppress


class Proxy:
    """Listens on a free port of loopback and passes bytes to another port.

    Attributes:
        delay_s: how much later bytes arrive.
    """

    def __init__(self, target: int) -> None:
        self.target, self.port, self.delay_s = target, 0, 0.0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._flows = asyncio.Event()
        self._flows.set()
        self._refuses = False

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refuses:
            writer.transport.abort()
            return
        try:
            there = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, there[1]}
        both = [self._pipe(reader, there[1]), self._pipe(there[0], writer)]
        for coroutine in both:
            task = asyncio.get_running_loop().create_task(coroutine)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pipe(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, OSError):
            while data := await reader.read(65536):
                if self.delay_s:
                    await asyncio.sleep(self.delay_s)
                await self._flows.wait()
                writer.write(data)
                await writer.drain()
        writer.close()

    def cut(self) -> None:
        """Break all connections; new ones are let through."""
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    def refuse(self, yes: bool = True) -> None:
        """Let nobody in any more, or again; connections that stand are cut."""
        self._refuses = yes
        if yes:
            self.cut()

    def stall(self) -> None:
        """Pass nothing on, without a word."""
        self._flows.clear()

    def flow(self) -> None:
        """Pass on what has been held, and everything after it."""
        self._flows.set()

    async def stop(self) -> None:
        """End it and all connections."""
        if self._server is not None:
            self._server.close()
        self.cut()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

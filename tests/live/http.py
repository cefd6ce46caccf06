"""The least of an HTTP client: exactly the headers that a test gives."""

from __future__ import annotations

import asyncio
import json
from typing import Any, NamedTuple

from sidr.live.web_server import WebServer

WAIT_S = 10
"""Longer than anything here takes."""


class Answer(NamedTuple):
    """What came back; names of headers in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as a value."""
        return json.loads(self.body)


async def ask(
    server: WebServer, path: str, body: Any = None, headers: dict[str, str] | None = None
) -> Answer:
    """GET a path, or POST a body as JSON (bytes go as they are); headers win over ours."""
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    sent = {"host": f"{server.host}:{server.port}", "connection": "close"}
    if body is not None:
        sent |= {"content-type": "application/json", "content-length": str(len(raw))}
    sent |= headers or {}
    lines = [f"{'GET' if body is None else 'POST'} {path} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in sent.items() if value]
    async with asyncio.timeout(WAIT_S):
        reader, writer = await asyncio.open_connection(server.host, server.port)
        writer.write("\r\n".join([*lines, "", ""]).encode() + raw)
        status, got = await read_head(reader)
        answer = Answer(status, got, await reader.read())
    writer.close()
    return answer


async def read_head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    """Status and headers of an answer."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    pairs = (line.partition(": ") for line in head[1:] if line)
    return int(head[0].split(" ")[1]), {name.lower(): value for name, _, value in pairs}


class Events:
    """A stream of server-sent events."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self.writer = reader, writer

    @classmethod
    async def open(cls, server: WebServer) -> Events:
        """Ask for `/events`."""
        request = f"GET /events HTTP/1.1\r\nhost: {server.host}:{server.port}\r\n\r\n"
        async with asyncio.timeout(WAIT_S):
            reader, writer = await asyncio.open_connection(server.host, server.port)
            writer.write(request.encode())
            status, headers = await read_head(reader)
        assert (status, headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
        return cls(reader, writer)

    async def next(self) -> str:
        """The lines of one event; "" at the end of the stream."""
        async with asyncio.timeout(WAIT_S):
            size = int(await self._reader.readuntil(b"\r\n"), 16)
            return (await self._reader.readexactly(size + 2)).decode().strip()

    async def snapshot(self) -> Any:
        """The next event, which must be a snapshot."""
        event = await self.next()
        assert event.startswith("data: "), event
        return json.loads(event.removeprefix("data: "))

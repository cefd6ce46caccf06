"""The Unix socket in a run directory: a request a line, an answer a line, both JSON.

It is how `inject`, `clear`, `status` and `down` reach an emulation on the same host; the bus is
not needed. Mistakes travel as fields, so that they read the same as if they were made here.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sidr import errors
from sidr.errors import BusError, Mistake, SidrError
from sidr.live.rundir import SOCKET

REQUEST_MAX = 1 << 20
"""Bytes of a request; a scenario file of some thousand faults."""
PATIENCE_S = 20.0
"""How long an answer may take."""

Handler = Callable[[Mapping[str, Any]], Awaitable[Any]]


class Control:
    """The listening side.

    Args:
        handlers: what may be asked for, by verb; each takes the request and returns the answer.
    """

    def __init__(self, directory: Path, handlers: Mapping[str, Handler]) -> None:
        self._directory, self._handlers = directory, handlers
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen; only the owner may connect."""
        listener = socket.socket(socket.AF_UNIX)
        (self._directory / SOCKET).unlink(missing_ok=True)
        with _reachable(self._directory) as path:
            mask = os.umask(0o177)  # of the whole process: nothing else may run meanwhile
            try:
                listener.bind(path)
            finally:
                os.umask(mask)
        self._server = await asyncio.start_unix_server(
            self._serve, sock=listener, limit=REQUEST_MAX
        )

    async def stop(self) -> None:
        """Close, and let answers that are under way be written."""
        if self._server is not None:
            self._server.close()
        if self._open:
            await asyncio.wait(self._open, timeout=1.0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            while line := await reader.readline():
                answer = await self._answer(line)
                writer.write(json.dumps(answer).encode() + b"\n")
                await writer.drain()
        except (ConnectionError, ValueError):
            pass  # gone, or a line that never ends
        finally:
            writer.close()
            self._open.discard(task)

    async def _answer(self, line: bytes) -> dict[str, Any]:
        try:
            request = json.loads(line)
            handler = self._handlers[request["verb"]]
        except (ValueError, KeyError, TypeError, RecursionError):
            allowed = ", ".join(self._handlers)
            mistake = Mistake("control", "not a request", f'{{"verb": ...}}, one of {allowed}')
            return {"ok": False, "kind": "BusError", "mistakes": [asdict(mistake)]}
        try:
            return {"ok": True, "answer": await handler(request)}
        except SidrError as error:
            told = [asdict(mistake) for mistake in error.mistakes]
            return {"ok": False, "kind": type(error).__name__, "mistakes": told}


def ask(directory: Path, verb: str, *, patience_s: float = PATIENCE_S, **more: Any) -> Any:
    """Ask the emulation in a run directory.

    Raises:
        BusError: nobody answers there. SidrError: what the other side found wrong, as it was
            raised there.
    """
    request = json.dumps({"verb": verb, **more}).encode() + b"\n"
    try:
        answer = json.loads(_exchange(directory, request, patience_s))
    except FileNotFoundError as error:
        raise _nobody(directory) from error
    except ConnectionRefusedError as error:
        raise _nobody(directory) from error
    except PermissionError as error:
        raise BusError.one(str(directory), "not yours to look into") from error
    except (OSError, ValueError) as error:
        reason = "timed out" if isinstance(error, TimeoutError) else str(error)
        found = f"the emulation does not answer: {reason}"
        raise BusError.one(str(directory), found, fix=f"see {directory / 'log'}") from error
    if answer["ok"]:
        return answer["answer"]
    mistakes = [Mistake(**mistake) for mistake in answer["mistakes"]]
    raise getattr(errors, answer["kind"], SidrError)(mistakes)


def _exchange(directory: Path, request: bytes, patience_s: float) -> bytes:
    with socket.socket(socket.AF_UNIX) as peer, _reachable(directory) as path:
        peer.settimeout(patience_s)
        peer.connect(path)
        peer.sendall(request)
        found = bytearray()
        while not found.endswith(b"\n"):
            part = peer.recv(1 << 16)
            if not part:
                raise ConnectionResetError("it closed the connection")
            found += part
        return bytes(found)


@contextmanager
def _reachable(directory: Path) -> Iterator[str]:
    """A path of the socket that fits into the 107 bytes that the kernel allows."""
    held = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{held}/{SOCKET}"
    finally:
        os.close(held)


def _nobody(directory: Path) -> SidrError:
    return BusError.one(
        str(directory), "no emulation runs here", fix="start one with `sidr run SPEC --detach`"
    )

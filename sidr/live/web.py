"""The page of a running emulation: its map, its counters, and links that a click cuts.

`Watched` is what an emulation shows of itself; `app` makes an ASGI application of it and `serve`
puts that on a port. Requests are checked by `web_guard`, the page is made by `web_page`, and
`web_server` runs it all inside the emulation's own event loop. Starlette and uvicorn are imported
when they are needed.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from typing import TYPE_CHECKING, Any, Protocol

from sidr.draw.fabric_map import State, draw_map
from sidr.errors import SidrError
from sidr.live.web_guard import App, Guard
from sidr.live.web_page import map_id, page_text
from sidr.live.web_server import ADDRESS, WebServer, library, listen, parse
from sidr.model.fabric import Fabric

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

HEARTBEAT_S = 15.0
"""A sign of life on an event stream where nothing changes."""
FRAME_S = 0.1
"""Least time between two snapshots to one reader: ten a second; what lies between is left out."""
BODY_MAX = 64 * 1024
"""Bytes of a request."""
CSP = (
    "default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; img-src data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The page may use its own style and script, and ask its own server; nothing else."""

Handler = Callable[["Request"], Awaitable["Response"]]


class Watched(Protocol):
    """A running emulation, as a page sees it.

    Attributes:
        fabric: fixed for the emulation's life.
    """

    fabric: Fabric

    def snapshot(self) -> dict[str, Any]:
        """The state now, JSON-able: `delivered_share` 0..1, `pairs_affected`, `links_down`,
        `switches_down` and `detours` (names; detours are links that carry detoured traffic),
        `agents`, `agents_stale`, `epochs` (epoch as text -> its agents), `bus` (`name`,
        `connected`), `now_s` since start, and `log`, oldest first, of `t_s` and `text`."""
        ...

    def inject(self, expression: str) -> list[str]:
        """Do a fault, and say in lines what was done.

        Raises:
            SidrError: the expression is not one, or does not fit the fabric.
        """
        ...

    def clear(self, link: str = "") -> int:
        """Undo what was done to a link, or everything; returns how many changes that took.

        Raises:
            SidrError: there is no such link.
        """
        ...

    async def changed(self, after: int) -> int:
        """Wait until the state's version, which is never negative, exceeds `after`; return it.
        May be cancelled."""
        ...


class RequestError(Exception):
    """A request that cannot be understood: status and line."""

    def __init__(self, status: int, line: str) -> None:
        super().__init__(line)
        self.status, self.line = status, line


def app(watched: Watched, token: str = "", *, hosts: Collection[str] = (),
        closing: asyncio.Event | None = None) -> App:  # fmt: skip
    """The page of an emulation as an ASGI application.

    Args:
        token: what every request must show; "" = none needed.
        hosts: names by which the server is reached, beside addresses and localhost.
        closing: streams of events end when it is set.

    Raises:
        BusError: starlette is not installed.
    """
    starlette = library("starlette.applications")
    route = library("starlette.routing").Route
    pages = _Pages(watched, closing or asyncio.Event())
    routes = [
        route("/", pages.page),
        route("/events", pages.events),
        route("/status", pages.status),
        route("/inject", _answering(pages.inject), methods=["POST"]),
        route("/clear", _answering(pages.clear), methods=["POST"]),
    ]
    return Guard(starlette.Starlette(routes=routes), token, hosts)


async def serve(watched: Watched, address: str = ADDRESS, token: str = "") -> WebServer:
    """Serve the page of an emulation until `stop` is called.

    Args:
        address: HOST:PORT, HOST or PORT; port 0 = any free one.
        token: as for `app`; needed where others than this machine can reach the address.

    Raises:
        BusError: the address cannot be used, or a library is missing.
    """
    closing = asyncio.Event()
    names = {parse(address).host, socket.gethostname()}
    page = app(watched, token, hosts=names, closing=closing)
    return await listen(page, address, token, closing)


class _Pages:
    """What is answered to each request that the guard lets through."""

    def __init__(self, watched: Watched, closing: asyncio.Event) -> None:
        self._watched, self._closing = watched, closing
        self._drawn = draw_map(watched.fabric)
        self._map_id = map_id(self._drawn)

    async def page(self, request: Request) -> Response:
        """GET /"""
        from starlette.responses import HTMLResponse

        nonce = secrets.token_urlsafe(16)
        headers = {"content-security-policy": CSP.format(nonce=nonce)}
        return HTMLResponse(page_text(self._drawn, nonce), headers=headers)

    async def status(self, request: Request) -> Response:
        """GET /status"""
        from starlette.responses import JSONResponse

        return JSONResponse(self._watched.snapshot())

    async def events(self, request: Request) -> Response:
        """GET /events"""
        from starlette.responses import StreamingResponse

        headers = {"x-accel-buffering": "no"}
        return StreamingResponse(self._frames(), media_type="text/event-stream", headers=headers)

    async def inject(self, body: dict[str, Any]) -> list[str]:
        """POST /inject {"fault": EXPRESSION}"""
        fault = body.get("fault")
        if not isinstance(fault, str) or not fault.strip():
            raise RequestError(
                422, 'fault: missing (allowed: a fault expression, such as "cut:A--B")'
            )
        return self._watched.inject(fault)

    async def clear(self, body: dict[str, Any]) -> list[str]:
        """POST /clear {} or {"link": NAME}"""
        link = body.get("link", "")
        if not isinstance(link, str):
            raise RequestError(422, "link: not a name")
        self._watched.clear(link)
        return [f"{link or 'all faults'}: cleared"]

    async def _frames(self) -> AsyncIterator[str]:
        """The snapshot on connect and on each change, at most one per `FRAME_S`; else life signs.

        A reader that falls behind gets the newest snapshot next, for each is whole.
        """
        version = -1
        while not self._closing.is_set():
            changed = asyncio.ensure_future(self._watched.changed(version))
            closing = asyncio.ensure_future(self._closing.wait())
            try:
                first = asyncio.FIRST_COMPLETED
                await asyncio.wait((changed, closing), timeout=HEARTBEAT_S, return_when=first)
                if changed.done():
                    version = changed.result()
                    yield f"data: {self._frame()}\n\n"
                    await asyncio.wait((closing,), timeout=FRAME_S)
                elif not closing.done():
                    yield "event: beat\ndata: {}\n\n"
            finally:
                changed.cancel()
                closing.cancel()

    def _frame(self) -> str:
        now = self._watched.snapshot()
        marks = {id: list(mark) for id, mark in self._drawn.marks(state_of(now)).items()}
        return json.dumps({**now, "marks": marks, "map": self._map_id}, allow_nan=False)


def state_of(snapshot: dict[str, Any]) -> State:
    """What the map shows of a snapshot."""
    names = (frozenset(snapshot[key]) for key in ("links_down", "detours", "switches_down"))
    return State(*names)


def _answering(act: Callable[[dict[str, Any]], Awaitable[list[str]]]) -> Handler:
    """A handler that reads an object, acts, and answers with lines."""

    async def handler(request: Request) -> Response:
        from starlette.responses import JSONResponse

        try:
            lines = await act(await _body(request))
        except RequestError as error:
            return JSONResponse({"lines": [error.line]}, status_code=error.status)
        except SidrError as error:
            lines = [str(mistake) for mistake in error.mistakes]
            return JSONResponse({"lines": lines}, status_code=422)
        return JSONResponse({"lines": lines})

    return handler


async def _body(request: Request) -> dict[str, Any]:
    """The JSON object of a request.

    Raises:
        RequestError: it is too large, not JSON or no object.
    """
    raw = b""
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > BODY_MAX:
            raise RequestError(413, f"more than {BODY_MAX:,} bytes")
    try:
        body = json.loads(raw or b"{}")
    except (ValueError, RecursionError) as error:
        raise RequestError(400, "this is no JSON") from error
    if not isinstance(body, dict):
        raise RequestError(422, 'an object is wanted, such as {"fault": "cut:A--B"}')
    return body

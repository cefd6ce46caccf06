"""Who may ask the live page's server: its own page, from its own address, with the token if any.

An ASGI wrapper that stands before everything else, and needs no library. Against other web sites:
the Host must be an address or a known name (DNS rebinding needs a foreign name), Origin and
Sec-Fetch-Site must be our own, and what changes something must be JSON, which no foreign form can
send. A token comes once in the address of the page and then as a cookie, or in the Authorization
header. The cookie holds a digest of the token, and a port of its own in its name.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Collection, Iterable, MutableMapping
from ipaddress import ip_address
from typing import Any, NamedTuple
from urllib.parse import parse_qs

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
"""An ASGI application."""

HEADERS = (
    ("cache-control", "no-store"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
)
"""On every answer that has no stricter one of its own."""
SAME_SITE = ("same-origin", "none")
"""Values of Sec-Fetch-Site of the page itself and of a person's own hand."""


class Refusal(NamedTuple):
    """Why a request goes no further."""

    status: int
    line: str


class Guard:
    """An application behind its checks.

    Args:
        token: what every request must show; "" = none needed.
        hosts: names of this server beside addresses and localhost.
    """

    def __init__(self, app: App, token: str = "", hosts: Collection[str] = ()) -> None:
        self._app, self._token = app, token
        self._hosts = {"localhost", *(host.lower() for host in hosts)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        if scope["type"] != "http":
            return await send({"type": "websocket.close", "code": 1008})
        headers = _headers(scope)
        refusal = self._foreign(scope, headers) or self._unauthorised(scope, headers)
        added = list(HEADERS)
        if not refusal and self._token_in_address(scope):
            cookie = f"{_cookie_name(scope)}={self._cookie()}"
            added.append(("set-cookie", f"{cookie}; HttpOnly; SameSite=Strict; Path=/"))
        guarded = _adding(added, send)
        if refusal:
            return await _refuse(refusal, scope, guarded)
        await self._app(scope, receive, guarded)

    def _foreign(self, scope: Scope, headers: dict[str, str]) -> Refusal | None:
        """A request that another site or another name has made."""
        host = headers.get("host", "")
        if not self._is_ours(host):
            return Refusal(421, f"{host!r} is not this server; ask for it by its address")
        if "origin" in headers and headers["origin"].partition("://")[2].lower() != host.lower():
            return Refusal(403, f"a page of {headers['origin']!r} may not ask this server")
        linked = scope["method"] in ("GET", "HEAD") and scope["path"] == "/"
        if not linked and headers.get("sec-fetch-site", "none") not in SAME_SITE:
            return Refusal(403, "a page of another site may not ask this server")
        if scope["method"] in ("GET", "HEAD"):
            return None
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        return None if kind == "application/json" else Refusal(415, "send application/json")

    def _is_ours(self, host: str) -> bool:
        name = host.rpartition(":")[0] if _has_port(host) else host
        try:
            ip_address(name.removeprefix("[").removesuffix("]"))
        except ValueError:
            return name.lower() in self._hosts
        return True

    def _unauthorised(self, scope: Scope, headers: dict[str, str]) -> Refusal | None:
        if not self._token or self._token_in_address(scope):
            return None
        kind, _, shown = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and _equal(shown.strip(), self._token):
            return None
        cookies = (part.strip().partition("=") for part in headers.get("cookie", "").split(";"))
        name, expected = _cookie_name(scope), self._cookie()
        if any(key == name and _equal(value, expected) for key, _, value in cookies):
            return None
        return Refusal(401, "this emulation has a token: open its page with ?token=TOKEN once")

    def _token_in_address(self, scope: Scope) -> bool:
        """Whether the page is asked for with the right token."""
        if not self._token or scope["method"] != "GET" or scope["path"] != "/":
            return False
        shown = parse_qs(scope["query_string"].decode("latin-1")).get("token", [])
        return any(_equal(token, self._token) for token in shown)

    def _cookie(self) -> str:
        """What stands for the token in cookies: the same after a restart, and not the token."""
        return hmac.new(self._token.encode(), b"sidr live cookie", hashlib.sha256).hexdigest()


def _headers(scope: Scope) -> dict[str, str]:
    """Names in lower case; what comes several times is joined, so that no second one slips by."""
    found: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        between = "; " if name == "cookie" else ", "
        found[name] = f"{found[name]}{between}{value}" if name in found else value
    return found


def _has_port(host: str) -> bool:
    return ":" in host and not host.endswith("]")


def _equal(shown: str, expected: str) -> bool:
    """Compare in a time that does not depend on where they differ."""
    return hmac.compare_digest(shown.encode("utf-8", "surrogatepass"), expected.encode())


def _cookie_name(scope: Scope) -> str:
    """Browsers do not tell ports of one host apart, so the name does."""
    server = scope.get("server") or ("", 0)
    return f"sidr_{server[1]}"


def _adding(headers: Iterable[tuple[str, str]], send: Send) -> Send:
    """A `send` that adds headers which the answer does not have."""

    async def guarded(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            present = list(message.get("headers", []))
            names = {name.lower() for name, _ in present}
            for name, value in headers:
                if name.encode() not in names:
                    present.append((name.encode(), value.encode("latin-1")))
            message = {**message, "headers": present}
        await send(message)

    return guarded


async def _refuse(refusal: Refusal, scope: Scope, send: Send) -> None:
    """Text for a person who opens a page, JSON for everyone else."""
    if scope["method"] == "GET" and scope["path"] == "/":
        kind, body = "text/plain; charset=utf-8", refusal.line
    else:
        kind, body = "application/json", json.dumps({"lines": [refusal.line]})
    raw = body.encode()
    headers = [(b"content-type", kind.encode()), (b"content-length", str(len(raw)).encode())]
    if refusal.status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    start = {"type": "http.response.start", "status": refusal.status, "headers": headers}
    await send(start)
    await send({"type": "http.response.body", "body": raw})

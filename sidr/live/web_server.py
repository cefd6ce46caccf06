"""An ASGI application on a port: uvicorn inside the running event loop, without signal handlers.

The socket is bound here, so that a port in use is one helpful line and not uvicorn's exit. On
loopback unless an address says otherwise; beyond loopback only with a token.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Iterator
from importlib import import_module
from ipaddress import ip_address
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

from sidr.errors import BusError
from sidr.live.web_guard import App

if TYPE_CHECKING:
    from uvicorn import Server

ADDRESS = "127.0.0.1:8080"
"""Where the page is served unless said otherwise."""
LOOPBACK = "127.0.0.1"
GRACE_S = 2
"""How long a reader that does not read may hold up the end, s."""
CONNECTIONS_MAX = 256
"""At once; more are told to come back later (a browser holds one or two)."""
SHAPE = "HOST:PORT, such as 127.0.0.1:8080"
INSTALL = 'pip install "sidr[web]"'


class Address(NamedTuple):
    """Where to listen: a host by name or address, and a port; 0 = any free one."""

    host: str
    port: int


class WebServer:
    """A server that runs until `stop`.

    Attributes:
        host, port: where it listens; url: of its page, without the token.
    """

    def __init__(self, server: Server, listener: socket.socket, closing: asyncio.Event) -> None:
        self.host, self.port = listener.getsockname()[:2]
        shown = f"[{self.host}]" if ":" in self.host else self.host
        self.url = f"http://{shown}:{self.port}/"
        self._server, self._closing = server, closing
        self._task = asyncio.create_task(server.serve(sockets=[listener]), name="web server")

    async def started(self) -> None:
        """Return when requests are answered."""
        while not self._server.started:
            if self._task.done():
                await self._task
                raise AssertionError("the server ended before it began")
            await asyncio.sleep(0.005)

    async def stop(self) -> None:
        """End all streams and connections, and return when the port is free."""
        self._closing.set()
        self._server.should_exit = True
        await self._task


async def listen(app: App, address: str, token: str, closing: asyncio.Event) -> WebServer:
    """Serve an application.

    Args:
        closing: set when the server is about to end; streams must end then.

    Raises:
        BusError: the address is none, not ours or in use, or open to others without a token.
    """
    uvicorn = library("uvicorn")
    listener = bind(address, token)
    config = uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=CONNECTIONS_MAX,
        timeout_graceful_shutdown=GRACE_S,
    )

    class Unsignalled(uvicorn.Server):  # type: ignore[name-defined,misc]
        """Leaves signals to the program that it runs in."""

        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            """As of uvicorn 0.29."""
            yield

        def install_signal_handlers(self) -> None:
            """Before."""

    server = WebServer(Unsignalled(config), listener, closing)
    await server.started()
    return server


def library(name: str) -> ModuleType:
    """A library of the web extra.

    Raises:
        BusError: it is not installed.
    """
    try:
        return import_module(name)
    except ImportError as error:
        top = name.partition(".")[0]
        raise BusError.one("web page", f"{top} is not installed", fix=INSTALL) from error


def parse(address: str) -> Address:
    """An address from HOST:PORT, HOST, :PORT or PORT; hosts with colons stand in brackets.

    Raises:
        BusError: it is none of these.
    """
    host, colon, port = address.strip().rpartition(":")
    if not colon:
        host, port = ("", address) if address.isdecimal() else (address, "")
    elif host.count(":") and not (host.startswith("[") and host.endswith("]")):
        host, port = address, ""
    port = port.strip() or str(parse(ADDRESS).port)
    bare = host.removeprefix("[").removesuffix("]")
    if not port.isdecimal() or int(port) > 65535 or (":" in bare and not _is_ip(bare)):
        raise BusError.one(f"address {address!r}", "no host and port", SHAPE)
    return Address(bare or LOOPBACK, int(port))


def bind(address: str, token: str) -> socket.socket:
    """A listening socket.

    Raises:
        BusError: as `listen` does.
    """
    where, at = f"address {address!r}", parse(address)
    try:
        family, _, _, _, found = socket.getaddrinfo(at.host, at.port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError) as error:
        raise BusError.one(where, f"no such host {at.host!r}", SHAPE) from error
    if not token and not ip_address(str(found[0]).partition("%")[0]).is_loopback:
        fix = "give a token, or listen on 127.0.0.1"
        raise BusError.one(where, "others could break links here without a token", fix=fix)
    try:
        return socket.create_server(found[:2], family=family)
    except OSError as error:
        fix = "choose another port; 0 takes any free one"
        reason = os.strerror(error.errno).lower() if error.errno else str(error)
        raise BusError.one(where, reason, fix=fix) from error


def _is_ip(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True

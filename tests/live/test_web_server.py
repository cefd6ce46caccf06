"""Addresses: what is one, and what may be listened on."""

from __future__ import annotations

import asyncio

import pytest

from sidr.errors import BusError
from sidr.live import web
from sidr.live.web_server import ADDRESS, Address, bind, listen, parse
from tests.live.emulation import Emulation
from tests.live.http import ask


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("127.0.0.1:81", "127.0.0.1", 81),
        ("81", "127.0.0.1", 81),
        (":81", "127.0.0.1", 81),
        ("localhost", "localhost", 8080),
        ("localhost:", "localhost", 8080),
        ("[::1]:81", "::1", 81),
        ("::1", "::1", 8080),
        ("[::]", "::", 8080),
        (" 0.0.0.0:0 ", "0.0.0.0", 0),
    ],
)
def test_addresses_are_read(text: str, host: str, port: int) -> None:
    assert parse(text) == Address(host, port)


@pytest.mark.parametrize("text", ["127.0.0.1:http", "127.0.0.1:70000", "a:b:c", "127.0.0.1:-1"])
def test_what_is_no_address_is_told(text: str) -> None:
    with pytest.raises(BusError, match=r"no host and port \(allowed: HOST:PORT"):
        parse(text)


def test_an_unknown_host_is_told() -> None:
    with pytest.raises(BusError, match=r"no such host 'nowhere\.invalid'"):
        bind("nowhere.invalid:0", "token")


@pytest.mark.parametrize("address", ["0.0.0.0:0", "[::]:0", "0:0"])
def test_beyond_loopback_a_token_is_needed(address: str) -> None:
    with pytest.raises(BusError, match="without a token; give a token") as caught:
        bind(address, "")
    assert len(caught.value.mistakes) == 1


def test_with_a_token_others_may_be_let_in() -> None:
    with bind("0.0.0.0:0", "token") as listener:
        assert listener.getsockname()[0] == "0.0.0.0"


def test_the_default_is_loopback() -> None:
    assert parse(ADDRESS).host == "127.0.0.1"


async def test_a_port_in_use_is_one_line() -> None:
    async with asyncio.timeout(20):
        server = await web.serve(Emulation(), "127.0.0.1:0")
        with pytest.raises(BusError, match="address already in use; choose another port"):
            await web.serve(Emulation(), f"127.0.0.1:{server.port}")
        await server.stop()


async def test_any_application_is_served_until_stop() -> None:
    async def app(scope, receive, send) -> None:  # type: ignore[no-untyped-def]
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async with asyncio.timeout(20):
        closing = asyncio.Event()
        server = await listen(app, "127.0.0.1:0", "", closing)
        assert server.url == f"http://127.0.0.1:{server.port}/"
        assert (await ask(server, "/")).status == 204
        assert not closing.is_set()
        await server.stop()
        assert closing.is_set()
        with pytest.raises(OSError):
            await asyncio.open_connection(server.host, server.port)

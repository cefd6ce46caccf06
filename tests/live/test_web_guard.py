"""Requests that are refused: of other sites, under other names, without the token."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from sidr.live import web
from sidr.live.web_server import WebServer
from tests.live.emulation import Emulation
from tests.live.http import ask

TOKEN = "correct horse/battery+ž"
QUERY = "correct%20horse/battery%2B%C5%BE"
CUT = {"fault": "cut:leaf0--spine0"}


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def emulation() -> Emulation:
    return Emulation()


@pytest.fixture
def watched(emulation: Emulation) -> Emulation:
    return emulation.reset()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def open_server(emulation: Emulation) -> AsyncIterator[WebServer]:
    running = await web.serve(emulation, "127.0.0.1:0")
    yield running
    await running.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def locked(emulation: Emulation) -> AsyncIterator[WebServer]:
    running = await web.serve(emulation, "127.0.0.1:0", TOKEN)
    yield running
    await running.stop()


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "x@", ""]
)
@pytest.mark.parametrize("path", ["/", "/status", "/events"])
async def test_foreign_names_are_refused(open_server: WebServer, host: str, path: str) -> None:
    answer = await ask(open_server, path, headers={"host": host})
    assert answer.status in (400, 421)


@pytest.mark.parametrize("host", ["localhost:{}", "LOCALHOST:{}", "127.0.0.1", "[::1]:{}", "[::1]"])
async def test_our_own_names_are_let_through(open_server: WebServer, host: str) -> None:
    headers = {"host": host.format(open_server.port)}
    assert (await ask(open_server, "/status", headers=headers)).status == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://127.0.0.1:1"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"content-type": "text/plain"}, 415),
        ({"content-type": "application/x-www-form-urlencoded"}, 415),
        ({"content-type": ""}, 415),
    ],
)
async def test_other_sites_change_nothing(
    open_server: WebServer, watched: Emulation, headers: dict[str, str], status: int
) -> None:
    for path, body in (("/inject", CUT), ("/clear", {})):
        answer = await ask(open_server, path, body, headers)
        assert answer.status == status and answer.json["lines"]
    assert watched.down == set()


async def test_our_own_page_may_change_things(open_server: WebServer, watched: Emulation) -> None:
    origin = f"http://127.0.0.1:{open_server.port}"
    headers = {"origin": origin, "sec-fetch-site": "same-origin"}
    headers["content-type"] = "Application/JSON; charset=utf-8"
    assert (await ask(open_server, "/inject", CUT, headers)).status == 200
    assert watched.down == {"leaf0--spine0"}


async def test_other_sites_may_link_to_the_page_but_not_read(open_server: WebServer) -> None:
    headers = {"sec-fetch-site": "cross-site"}
    assert (await ask(open_server, "/", headers=headers)).status == 200
    assert (await ask(open_server, "/status", headers=headers)).status == 403
    assert (await ask(open_server, "/events", headers=headers)).status == 403


@pytest.mark.parametrize("path", ["/", "/status", "/events", "/nothing"])
async def test_every_request_needs_the_token(locked: WebServer, path: str) -> None:
    for headers in (
        {},
        {"authorization": "Bearer wrong"},
        {"authorization": f"Basic {QUERY}"},
        {"cookie": f"sidr_{locked.port}=wrong; sidr_{locked.port}={QUERY}"},
    ):
        answer = await ask(locked, path, headers=headers)
        assert answer.status == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert "set-cookie" not in answer.headers
        assert b"token" in answer.body and b"leaf0" not in answer.body


async def test_posts_need_the_token_too(locked: WebServer, watched: Emulation) -> None:
    assert (await ask(locked, "/inject", CUT)).status == 401
    assert (await ask(locked, f"/inject?token={QUERY}", CUT)).status == 401
    assert watched.down == set()


async def test_the_token_in_the_address_becomes_a_cookie(locked: WebServer) -> None:
    assert (await ask(locked, "/?token=wrong")).status == 401
    first = await ask(locked, f"/?token={QUERY}")
    assert first.status == 200
    cookie, *attributes = first.headers["set-cookie"].split("; ")
    assert set(attributes) == {"HttpOnly", "SameSite=Strict", "Path=/"}
    assert cookie.startswith(f"sidr_{locked.port}=") and "horse" not in cookie
    headers = {"cookie": f"other=1; {cookie}"}
    assert (await ask(locked, "/status", headers=headers)).status == 200
    assert (await ask(locked, "/inject", CUT, headers)).status == 200


async def test_the_cookie_outlives_a_restart(watched: Emulation) -> None:
    async with asyncio.timeout(20):
        server = await web.serve(watched, "127.0.0.1:0", TOKEN)
        first = (await ask(server, f"/?token={QUERY}")).headers["set-cookie"].split("; ")[0]
        await server.stop()
        again = await web.serve(watched, f"127.0.0.1:{server.port}", TOKEN)
        assert (await ask(again, "/status", headers={"cookie": first})).status == 200
        await again.stop()


async def test_the_token_may_come_in_a_header(watched: Emulation) -> None:
    async with asyncio.timeout(20):
        server = await web.serve(watched, "127.0.0.1:0", "plain-token")
        headers = {"authorization": "Bearer plain-token"}
        assert (await ask(server, "/status", headers=headers)).status == 200
        assert (await ask(server, "/inject", CUT, headers)).status == 200
        await server.stop()


@pytest.mark.parametrize("path", ["/", "/status", "/nothing"])
async def test_every_answer_has_the_security_headers(open_server: WebServer, path: str) -> None:
    for headers in ({}, {"host": "evil.example"}):
        found = (await ask(open_server, path, headers=headers)).headers
        assert found["x-frame-options"] == "DENY"
        assert found["x-content-type-options"] == "nosniff"
        assert found["referrer-policy"] == "no-referrer"
        assert found["cache-control"] == "no-store"
        assert "default-src 'none'" in found["content-security-policy"]
        assert "frame-ancestors 'none'" in found["content-security-policy"]
        assert "server" not in found


async def test_the_page_has_a_new_nonce_each_time(open_server: WebServer) -> None:
    policies = [(await ask(open_server, "/")).headers["content-security-policy"] for _ in "12"]
    assert policies[0] != policies[1]
    assert all("script-src 'nonce-" in policy and "unsafe" not in policy for policy in policies)

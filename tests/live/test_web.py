"""The live page's server over HTTP: state, events, faults, and an end that comes."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from sidr.draw.fabric_map import State
from sidr.errors import BusError
from sidr.live import web, web_server
from sidr.live.web_server import WebServer
from tests.live.emulation import Emulation
from tests.live.http import Events, ask, read_head

LINK = "leaf1--spine2"


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def emulation() -> Emulation:
    return Emulation()


@pytest.fixture
def watched(emulation: Emulation) -> Emulation:
    return emulation.reset()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(emulation: Emulation) -> AsyncIterator[WebServer]:
    running = await web.serve(emulation, "127.0.0.1:0")
    yield running
    await running.stop()


async def test_status_is_the_snapshot(server: WebServer, watched: Emulation) -> None:
    watched.inject(f"cut:{LINK}")
    answer = await ask(server, "/status")
    assert (answer.status, answer.json) == (200, watched.snapshot())


async def test_a_fault_is_injected_and_cleared(server: WebServer, watched: Emulation) -> None:
    answer = await ask(server, "/inject", {"fault": f"cut:{LINK}"})
    assert (answer.status, answer.json) == (200, {"lines": [f"{LINK}: cut"]})
    await ask(server, "/inject", {"fault": "cut:leaf0--spine0"})
    assert (await ask(server, "/clear", {"link": LINK})).status == 200
    assert watched.down == {"leaf0--spine0"}
    assert (await ask(server, "/clear", {})).json == {"lines": ["all faults: cleared"]}
    assert watched.down == set()


@pytest.mark.parametrize(
    ("path", "body", "status", "line"),
    [
        ("/inject", {"fault": "cut:leaf1--spine9"}, 422, "did you mean 'leaf1--spine"),
        ("/inject", {"fault": "cutt:leaf1--spine1"}, 422, "did you mean 'cut'"),
        ("/inject", {"fault": 5}, 422, "fault: missing"),
        ("/inject", {}, 422, "fault: missing"),
        ("/inject", [], 422, "an object is wanted"),
        ("/inject", b"{", 400, "no JSON"),
        ("/inject", b"[" * 60_000, 400, "no JSON"),
        ("/inject", b" " * 70_000, 413, "more than 65,536 bytes"),
        ("/clear", {"link": "leaf1--spine9"}, 422, "unknown link 'leaf1--spine9'"),
        ("/clear", {"link": 5}, 422, "not a name"),
    ],
)
async def test_mistakes_are_told_in_lines(
    server: WebServer, watched: Emulation, path: str, body: object, status: int, line: str
) -> None:
    answer = await ask(server, path, body)
    assert answer.status == status
    assert any(line in found for found in answer.json["lines"])
    assert watched.down == set()


async def test_events_bring_a_snapshot_on_connect_and_on_each_change(
    server: WebServer, watched: Emulation
) -> None:
    events = await Events.open(server)
    first = await events.snapshot()
    assert (first["links_down"], first["marks"]) == ([], {})
    watched.inject(f"cut:{LINK}")
    second = await events.snapshot()
    assert second["links_down"] == [LINK]
    link = watched.names.index(LINK)
    assert second["marks"][f"link-{link}"] == ["down", f"{LINK}: down"]
    assert {mark[0] for mark in second["marks"].values()} == {"down", "detour"}
    assert second["map"] == first["map"]
    events.writer.close()


async def test_many_changes_are_one_frame(server: WebServer, watched: Emulation) -> None:
    events = await Events.open(server)
    await events.snapshot()
    for name in watched.names[:5]:
        watched.inject(f"cut:{name}")
    assert len((await events.snapshot())["links_down"]) == 5
    events.writer.close()


async def test_quiet_streams_show_signs_of_life(
    server: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "HEARTBEAT_S", 0.01)
    events = await Events.open(server)
    await events.snapshot()
    assert await events.next() == "event: beat\ndata: {}"
    events.writer.close()


async def test_stop_ends_open_streams_and_frees_the_port(watched: Emulation) -> None:
    async with asyncio.timeout(20):
        handlers = {s: signal.getsignal(s) for s in (signal.SIGINT, signal.SIGTERM)}
        server = await web.serve(watched, "127.0.0.1:0")
        assert {s: signal.getsignal(s) for s in handlers} == handlers
        events = await Events.open(server)
        await events.snapshot()
        await server.stop()
        assert await events.next() == ""
        again = await web.serve(watched, f"127.0.0.1:{server.port}")
        assert (await ask(again, "/status")).status == 200
        await again.stop()


async def test_a_reader_that_does_not_read_cannot_hold_up_the_end(
    watched: Emulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_server, "GRACE_S", 1)
    async with asyncio.timeout(20):
        watched.log = [{"t_s": 1.0, "text": "x" * 10_000_000}]  # more than sockets hold
        server = await web.serve(watched, "127.0.0.1:0")
        reader, writer = await asyncio.open_connection(server.host, server.port, limit=1024)
        writer.write(f"GET /events HTTP/1.1\r\nhost: {server.host}:{server.port}\r\n\r\n".encode())
        await read_head(reader)
        await server.stop()
        writer.close()


async def test_a_reader_that_leaves_is_forgotten(server: WebServer, watched: Emulation) -> None:
    def waiting() -> int:
        names = (str(task.get_coro()) for task in asyncio.all_tasks())
        return sum("changed" in name for name in names)

    events = await Events.open(server)
    await events.snapshot()
    async with asyncio.timeout(20):
        while not waiting():
            await asyncio.sleep(0.01)
        events.writer.close()
        while waiting():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("missing", ["starlette", "uvicorn"])
async def test_a_missing_library_is_a_line_that_installs_it(
    watched: Emulation, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == missing]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(BusError, match=f"{missing} is not installed") as caught:
        await web.serve(watched, "127.0.0.1:0")
    assert 'pip install "sidr[web]"' in str(caught.value)


async def test_the_state_of_a_snapshot(watched: Emulation) -> None:
    watched.inject(f"cut:{LINK}")
    watched.dead = ["spine3"]
    detours = {"leaf1--spine0", "leaf1--spine1", "leaf1--spine3"}
    found = web.state_of(watched.snapshot())
    assert found == State(frozenset([LINK]), frozenset(detours), frozenset(["spine3"]))

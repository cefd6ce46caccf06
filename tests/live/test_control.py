"""Requests and mistakes cross the socket as they are; nothing a client sends ends the server."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from sidr.errors import BusError, FaultError, Mistake
from sidr.live.control import Control, ask
from sidr.live.rundir import SOCKET


async def echo(request: Mapping[str, Any]) -> Any:
    return request["text"]


async def refuse(request: Mapping[str, Any]) -> Any:
    raise FaultError([Mistake("'cut:x'", "no link", nearest="cut:a--b")])


async def served(directory: Path) -> Control:
    control = Control(directory, {"echo": echo, "refuse": refuse})
    await control.start()
    return control


async def test_starting_leaves_the_process_its_rights(tmp_path: Path) -> None:
    places = [tmp_path / name for name in "ab"]
    for place in places:
        place.mkdir()
    controls = await asyncio.gather(*(served(place) for place in places))
    made = tmp_path / "made afterwards"
    made.mkdir(mode=0o700)
    assert made.stat().st_mode & 0o777 == 0o700
    for control in controls:
        await control.stop()


async def test_an_answer_and_a_mistake_come_back_as_they_were(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 120)  # longer than a socket's path may be
    deep.mkdir()
    control = await served(deep)
    assert (deep / SOCKET).stat().st_mode & 0o777 == 0o600
    assert await asyncio.to_thread(ask, deep, "echo", text="hello") == "hello"
    with pytest.raises(FaultError) as caught:
        await asyncio.to_thread(ask, deep, "refuse")
    assert caught.value.mistakes == [Mistake("'cut:x'", "no link", nearest="cut:a--b")]
    with pytest.raises(BusError, match="not a request"):
        await asyncio.to_thread(ask, deep, "unheard-of")
    await control.stop()


@pytest.mark.parametrize("line", [b"\n", b"{}\n", b"[1]\n", b"\xff\xfe\n", b"[" * 100_000 + b"\n"])
async def test_what_is_no_request_is_told_so(tmp_path: Path, line: bytes) -> None:
    control = await served(tmp_path)

    def send() -> Any:
        with socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(10)
            peer.connect(str(tmp_path / SOCKET))
            peer.sendall(line)
            return json.loads(peer.makefile().readline())

    answer = await asyncio.to_thread(send)
    assert answer["ok"] is False
    assert await asyncio.to_thread(ask, tmp_path, "echo", text="still here") == "still here"
    await control.stop()


async def test_a_line_that_never_ends_is_cut_off(tmp_path: Path) -> None:
    control = await served(tmp_path)

    def flood() -> bytes:
        with socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(10)
            peer.connect(str(tmp_path / SOCKET))
            try:
                peer.sendall(b"x" * (4 << 20))
            except OSError:
                return b""
            return peer.recv(1)

    assert await asyncio.to_thread(flood) == b""
    assert await asyncio.to_thread(ask, tmp_path, "echo", text="still here") == "still here"
    await control.stop()


def test_nobody_there_says_how_to_begin(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "none"):
        with pytest.raises(BusError, match="sidr run SPEC --detach"):
            ask(place, "status")

"""What tests of live emulations share: a real broker, and a loop that lets no error pass."""

from __future__ import annotations

import asyncio
import errno
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from sidr.live.broker import Mosquitto
from tests.live.buses import mosquitto


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[Mosquitto]:
    """A real mosquitto on a free port of loopback."""
    async with mosquitto(tmp_path / "broker") as running:
        yield running
    shutil.rmtree(tmp_path / "broker")


def is_of_aiomqtt(context: dict[str, Any]) -> bool:
    """Whether this is what aiomqtt leaves behind when a connection breaks while it is being made:
    a callback that meets a cancelled future, or a socket that is closed already."""
    error = context.get("exception")
    closed = isinstance(error, OSError) and error.errno == errno.EBADF
    return isinstance(error, asyncio.CancelledError) or (
        closed and "add_writer" in context["message"]
    )


@pytest.fixture(autouse=True)
async def strict_loop(request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """What goes wrong in a callback or a forgotten task fails the test."""
    found: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(
        lambda _, context: None if is_of_aiomqtt(context) else found.append(context)
    )
    yield
    wanted = request.node.get_closest_marker("expects_loop_errors")
    assert wanted or not found, found

"""What tests of live emulations share: a real broker, and a loop that lets no error pass."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from sidr.live.broker import Mosquitto
from tests.live.buses import Clients, mosquitto


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[Mosquitto]:
    """A real mosquitto on a free port of loopback."""
    async with mosquitto(tmp_path / "broker") as running:
        yield running


@pytest.fixture
async def direct(broker: Mosquitto) -> AsyncIterator[Clients]:
    """Clients that nothing happens to."""
    made = Clients(broker.port)
    yield made
    await made.close()


@pytest.fixture(autouse=True)
async def strict_loop(request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """What goes wrong in a callback or a forgotten task fails the test."""
    found: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: found.append(context))
    yield
    wanted = request.node.get_closest_marker("expects_loop_errors")
    assert wanted or not found, found

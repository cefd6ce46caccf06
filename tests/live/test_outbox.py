"""Orders go out in order, some at a time, and nobody waits for what is forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from sidr.live.outbox import Outbox
from tests.live.at_rest import until
from tests.live.buses import bounded


class Post:
    """An outbox, what it began, and the confirmations that are still to come."""

    def __init__(self) -> None:
        self.failed: list[tuple[str, bool]] = []
        self.outbox = Outbox(lambda error, is_message: self.failed.append((str(error), is_message)))
        self.begun: list[int] = []
        self.confirm: dict[int, asyncio.Future[None]] = {}
        self.task: asyncio.Task[None] | None = None

    def add(self, number: int, *, is_message: bool = True) -> None:
        async def order() -> None:
            self.begun.append(number)
            self.confirm[number] = asyncio.get_running_loop().create_future()
            await self.confirm[number]

        self.outbox.add(order, is_message=is_message)

    def send(self, in_flight: int) -> None:
        self.task = asyncio.get_running_loop().create_task(self.outbox.send(in_flight))

    async def stop(self) -> None:
        if self.task is not None:
            self.task.cancel()
            await asyncio.wait({self.task})


@pytest.fixture
async def post() -> AsyncIterator[Post]:
    made = Post()
    yield made
    await made.stop()


@bounded(20)
async def test_orders_begin_in_order_and_only_some_at_a_time(post: Post) -> None:
    for number in range(5):
        post.add(number)
    post.send(2)
    await until(lambda: post.begun == [0, 1], "two are under way")
    post.confirm[1].set_result(None)
    await until(lambda: post.begun == [0, 1, 2], "one more")
    post.confirm[0].set_result(None)
    post.confirm[2].set_result(None)
    await until(lambda: post.begun == [0, 1, 2, 3, 4], "the rest")


@bounded(20)
async def test_drain_waits_for_what_was_handed_over_before_it(post: Post) -> None:
    await post.outbox.drain()  # of nothing
    post.add(0)
    post.add(1)
    post.send(9)
    drained = asyncio.get_running_loop().create_task(post.outbox.drain())
    await until(lambda: post.begun == [0, 1], "both are under way")
    post.add(2)
    await until(lambda: 2 in post.confirm, "the third is under way")
    for number in (2, 1):
        post.confirm[number].set_result(None)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not drained.done()
    post.confirm[0].set_result(None)
    await drained


@bounded(20)
async def test_what_is_forgotten_is_counted_and_lets_drain_go_on(post: Post) -> None:
    post.add(0)
    post.add(1, is_message=False)
    post.add(2)
    post.send(2)
    await until(lambda: post.begun == [0, 1], "two are under way")
    drained = asyncio.get_running_loop().create_task(post.outbox.drain())
    await asyncio.sleep(0)
    await post.stop()
    assert all(confirmation.cancelled() for confirmation in post.confirm.values())
    assert post.outbox.forget() == 2
    await drained
    post.add(3)
    post.send(2)
    await until(lambda: post.begun == [0, 1, 3], "a new connection sends what is new")
    post.confirm[3].set_result(None)
    await post.outbox.drain()
    assert post.failed == []


@bounded(20)
async def test_who_gave_up_draining_stops_nobody(post: Post) -> None:
    post.add(0)
    post.send(1)
    await until(lambda: post.begun == [0], "it is under way")
    impatient = asyncio.get_running_loop().create_task(post.outbox.drain())
    patient = asyncio.get_running_loop().create_task(post.outbox.drain())
    await asyncio.sleep(0)
    impatient.cancel()
    post.confirm[0].set_result(None)
    await patient


@bounded(20)
async def test_an_order_that_fails_is_told_and_stops_nobody(post: Post) -> None:
    post.add(0)
    post.add(1, is_message=False)
    post.add(2)
    post.send(1)
    for number in (0, 1):
        await until(lambda number=number: number in post.confirm, "it is under way")
        post.confirm[number].set_exception(ValueError(f"order {number}"))
    await until(lambda: 2 in post.confirm, "the next one")
    post.confirm[2].set_result(None)
    await post.outbox.drain()
    assert post.failed == [("order 0", True), ("order 1", False)]

"""The clock: order within and between instants, against a sorted list."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidr.sim.kernel import Kernel


def test_calls_run_by_time_and_within_an_instant_in_the_order_asked_for() -> None:
    kernel, seen = Kernel(), []
    for time, name in ((5, "a"), (3, "b"), (5, "c"), (3, "d"), (9, "e")):
        kernel.at(time, seen.append, name)
    assert kernel.run(10)
    assert seen == ["b", "d", "a", "c", "e"]
    assert (kernel.now_ns, kernel.ran) == (9, 5)


@given(st.lists(st.integers(0, 20), max_size=60))
def test_any_times_run_in_stable_sorted_order(times: list[int]) -> None:
    kernel, seen = Kernel(), []
    for number, time in enumerate(times):
        kernel.at(time, seen.append, (time, number))
    kernel.run(100)
    assert seen == sorted((time, number) for number, time in enumerate(times))


def test_what_lies_beyond_the_limit_waits_for_the_next_run() -> None:
    kernel, seen = Kernel(), []
    kernel.at(4, seen.append, "early")
    kernel.at(6, seen.append, "late")
    assert not kernel.run(5)
    assert seen == ["early"]
    assert kernel.run(6)
    assert seen == ["early", "late"]


def test_a_call_may_ask_for_its_own_instant_and_runs_before_the_instant_is_complete() -> None:
    kernel, seen = Kernel(), []

    def first(name: str) -> None:
        seen.append(name)
        kernel.at(kernel.now_ns, seen.append, "again")

    kernel.at(2, first, "first")
    kernel.at(2, seen.append, "second")
    kernel.at(3, seen.append, "third")
    kernel.run(5, after=lambda now: seen.append(f"after {now}"))
    assert seen == ["first", "second", "again", "after 2", "third", "after 3"]


def test_a_lone_call_that_asks_for_its_own_instant_completes_it_once() -> None:
    kernel, seen = Kernel(), []
    kernel.at(2, lambda item: kernel.at(2, seen.append, item), "again")
    kernel.run(5, after=seen.append)
    assert seen == ["again", 2]


def test_the_past_is_refused() -> None:
    kernel = Kernel()
    kernel.at(5, lambda _: kernel.at(4, print, None), None)
    with pytest.raises(AssertionError, match="4 ns lies before 5 ns"):
        kernel.run(10)


def test_a_random_load_runs_every_call_once_and_never_turns_the_clock_back() -> None:
    kernel, rng, seen = Kernel(), np.random.default_rng(3), []
    delays = rng.integers(0, 4, size=(50, 30)).tolist()

    def step(actor: int, left: list[int]) -> None:
        seen.append((kernel.now_ns, actor))
        if left:
            kernel.at(kernel.now_ns + left[0], partial(step, actor), left[1:])

    for actor, row in enumerate(delays):
        kernel.at(row[0], partial(step, actor), row[1:])
    kernel.run(1_000)
    assert len(seen) == kernel.ran == 50 * 30
    assert [time for time, _ in seen] == sorted(time for time, _ in seen)
    last = {actor: max(t for t, a in seen if a == actor) for actor in range(50)}
    assert last == {actor: sum(row) for actor, row in enumerate(delays)}

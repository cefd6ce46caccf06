"""The event loop against SimPy's process loop: same events, same order, one run.

Two loads: `timers` (every actor sleeps a random time, again and again: almost every event has an
instant of its own) and `bursts` (actors act at common instants, as messages of equal delay do).
A and B alternate; the figure is the ratio of the medians of events per second. Demand: >= 2.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Generator, Iterator

import _results
import numpy as np
import simpy

from sidr.sim.kernel import Kernel

ACTORS, STEPS, ROUNDS, SEED = 500, 200, 5, 1
DEMAND = 2.0


def delays(load: str) -> list[list[int]]:
    """Nanoseconds that every actor sleeps before each step."""
    rng = np.random.default_rng(SEED)
    high = 1_000_000 if load == "timers" else 3
    return rng.integers(1, high, size=(ACTORS, STEPS)).tolist()


def ours(plan: list[list[int]]) -> int:
    """Events run by sidr's kernel."""
    kernel = Kernel()
    seen = 0

    def step(rest: Iterator[int]) -> None:
        nonlocal seen
        seen += 1
        for delay in rest:
            kernel.at(kernel.now_ns + delay, step, rest)
            break

    for row in plan:
        rest = iter(row)
        kernel.at(next(rest), step, rest)
    kernel.run(10**18)
    return seen


def theirs(plan: list[list[int]]) -> int:
    """Events run by SimPy processes."""
    environment = simpy.Environment()
    seen = 0

    def actor(row: list[int]) -> Generator[simpy.Event, None, None]:
        nonlocal seen
        for delay in row:
            yield environment.timeout(delay)
            seen += 1

    for row in plan:
        environment.process(actor(row))
    environment.run()
    return seen


def rate(run: Callable[[list[list[int]]], int], plan: list[list[int]]) -> float:
    """Events per second."""
    begin = time.perf_counter()
    seen = run(plan)
    assert seen == ACTORS * STEPS, seen
    return seen / (time.perf_counter() - begin)


def main() -> None:
    figures: dict[str, object] = {"demand_ratio": DEMAND}
    for load in ("timers", "bursts"):
        plan = delays(load)
        pairs = [(rate(ours, plan), rate(theirs, plan)) for _ in range(ROUNDS)]
        a, b = (statistics.median(column) for column in zip(*pairs, strict=True))
        figures[load] = {"sidr_events_s": round(a), "simpy_events_s": round(b), "ratio": a / b}
        print(f"{load:8} sidr {a:12,.0f}/s   SimPy {b:12,.0f}/s   ratio {a / b:.2f}")
    print(f"written {_results.write('engine', SEED, figures).name}")


if __name__ == "__main__":
    main()

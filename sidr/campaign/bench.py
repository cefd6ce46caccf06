"""The convergence benchmark: every trial under every protocol and profile.

A worker holds the fabric and builds a Stage per set of touched components on first use. Tasks are
trials; all protocols and profiles of a trial run in one task, on the same Stage. Workers are
spawned, not forked, and receive everything by value.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from multiprocessing import get_context

from msgspec import convert

from sidr.campaign.variants import base_of, hello_for, variants
from sidr.model.fabric import Fabric
from sidr.model.faults import Schedule, Trial
from sidr.model.profiles import Hardware, Profile
from sidr.protocols.registry import kit
from sidr.sim.stage import Stage, stage, touched
from sidr.sim.trial import Outcome, Terms, run
from sidr.trace.results import COLUMNS, Row

AHEAD = 4
"""Tasks handed out per worker before results come back: keeps workers busy, and little is lost
when the user stops."""


class End(Enum):
    """How a campaign ended."""

    ALL_DONE = "every trial is done"
    INTERRUPTED = "interrupted"
    WORKER_DIED = "a worker process died, probably for want of memory; use fewer --workers"


@dataclass(frozen=True, slots=True)
class Campaign:
    """What is run: one fabric, one schedule, protocols x profiles on one hardware.

    Attributes:
        asn, prefixes: see `protocols.kit.Setting`.
    """

    fabric: Fabric
    schedule: Schedule
    protocols: tuple[str, ...]
    profiles: tuple[Profile, ...]
    hardware: Hardware
    asn: str = "rfc7938"
    prefixes: int = 1

    @property
    def runs(self) -> int:
        """How many rows the campaign makes."""
        return sum(
            len(variants(protocol, self.protocols, trial, profile))
            for trial in self.schedule.trials
            for profile in self.profiles
            for protocol in self.protocols
        )


class Runner:
    """Runs trials of a campaign in this process, keeping the stages that it builds."""

    def __init__(self, campaign: Campaign) -> None:
        self.campaign = campaign
        self._stages: dict[tuple[int, ...], Stage] = {}

    def outcome(
        self, trial: Trial, protocol: str, profile: Profile, *, keep: bool = False
    ) -> Outcome:
        """One trial under one protocol (or variant of SIDR) and profile."""
        where = touched(self.campaign.fabric, trial)
        if where not in self._stages:
            self._stages[where] = stage(self.campaign.fabric, where)
        c = self.campaign
        terms = Terms(
            profile, c.hardware, c.asn, prefixes=c.prefixes, hello=hello_for(protocol, profile)
        )
        return run(self._stages[where], trial, kit(base_of(protocol)), terms, keep=keep)

    def rows(self, trial: Trial) -> list[Row]:
        """All rows of one trial, profiles outside, protocols inside."""
        c = self.campaign
        return [
            row(trial, name, profile, self.outcome(trial, name, profile))
            for profile in c.profiles
            for protocol in c.protocols
            for name in variants(protocol, c.protocols, trial, profile)
        ]


def row(trial: Trial, protocol: str, profile: Profile, outcome: Outcome) -> Row:
    """The results row of one outcome."""
    m = outcome.measured
    return Row(
        trial=trial.number,
        fault=trial.fault,
        fault_class=trial.fault_class,
        protocol=protocol,
        profile=profile.name,
        detection_ns=outcome.detection_ns,
        repair_ns=m.repair_ns,
        repair_down_ns=m.repair_down_ns,
        repair_up_ns=m.repair_up_ns,
        reconvergence_ns=outcome.reconvergence_ns,
        loss_window_ns_max=m.loss_window_ns_max,
        loss_window_ns_mean=m.loss_window_ns_mean,
        lost_traffic_s=m.lost_traffic_s,
        lost_traffic_pair_s=m.lost_traffic_pair_s,
        pairs_affected=m.pairs_affected,
        pairs_down=m.pairs_down,
        pairs_up=m.pairs_up,
        loop_ns=m.loop_ns,
        blackhole_ns=m.blackhole_ns,
        loops=m.loops,
        load_max_during=m.load_max_during,
        load_max_after=m.load_max_after,
        stretch_max=m.stretch_max,
        messages=outcome.messages,
        switches_changed=outcome.switches_changed,
        restore_repair_ns=m.restore_repair_ns,
        restore_lost_s=m.restore_lost_s,
        restore_loop_ns=m.restore_loop_ns,
        events=outcome.events,
        trace=outcome.recorder.digest(),
    )


def rehearsal(campaign: Campaign) -> list[Row]:
    """Made-up rows of the shape that `bench` gives: every figure 1, every direction present."""
    return [
        convert(
            {
                **dict.fromkeys(COLUMNS, 1),
                **{"trial": trial.number, "fault": trial.fault, "class": trial.fault_class},
                **{"protocol": name, "profile": profile.name, "trace": ""},
            },
            Row,
        )
        for trial in campaign.schedule.trials
        for profile in campaign.profiles
        for protocol in campaign.protocols
        for name in variants(protocol, campaign.protocols, trial, profile)
    ]


def bench(
    campaign: Campaign, workers: int, advance: Callable[[int], None] = lambda rows: None
) -> tuple[list[Row], End]:
    """Run a campaign.

    Args:
        workers: processes; 1 = this one.
        advance: called with the number of rows whenever a trial is done.

    Returns:
        (rows of all finished trials in trial order, whether that is all of them or why not).
    """
    done: dict[int, list[Row]] = {}
    end = End.ALL_DONE
    try:
        for number, rows in _here(campaign) if workers == 1 else _pool(campaign, workers):
            done[number] = rows
            advance(len(rows))
    except KeyboardInterrupt:
        end = End.INTERRUPTED
    except BrokenProcessPool:
        end = End.WORKER_DIED
    if len(done) == len(campaign.schedule.trials):
        end = End.ALL_DONE
    return [r for number in sorted(done) for r in done[number]], end


def _here(campaign: Campaign) -> Iterator[tuple[int, list[Row]]]:
    runner = Runner(campaign)
    for trial in campaign.schedule.trials:
        yield trial.number, runner.rows(trial)


def _pool(campaign: Campaign, workers: int) -> Iterator[tuple[int, list[Row]]]:
    """Results in order of completion; when the reader stops, what is not begun is dropped.

    The first trial runs here, so that kernels are compiled and cached once, not once per worker.

    Raises:
        BrokenProcessPool: a worker died, once all that came of the others is handed over.
    """
    first, *others = campaign.schedule.trials
    yield first.number, Runner(campaign).rows(first)
    if not others:
        return
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _begin, (campaign,))
    waiting = iter(others)
    pending: set[Future[tuple[int, list[Row]]]] = set()
    ready: set[Future[tuple[int, list[Row]]]] = set()
    try:
        while True:
            with _ctrl_c_held():
                for trial in waiting:
                    pending.add(pool.submit(_task, trial))
                    if len(pending) >= AHEAD * workers:
                        break
            if not pending:
                return
            ready, pending = wait(pending, return_when=FIRST_COMPLETED)
            while ready:
                yield ready.pop().result()
    except BrokenProcessPool:
        for future in wait(ready | pending).done:
            if not isinstance(future.exception(), BrokenProcessPool):
                yield future.result()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _ctrl_c_held() -> Iterator[None]:
    """Workers are started inside, and inherit that they do not hear Ctrl-C until they can ignore
    it. For this process it waits until the end; the mask alone would not hold it, because a thread
    of the progress bar may take the signal."""
    held: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: held.append(number))
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        signal.signal(signal.SIGINT, before)
    if held:
        raise KeyboardInterrupt


class _Worker:
    """The runner of this worker process: set once by the pool's initializer."""

    runner: Runner | None = None


def _begin(campaign: Campaign) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    _Worker.runner = Runner(campaign)


def _task(trial: Trial) -> tuple[int, list[Row]]:
    assert _Worker.runner is not None
    return trial.number, _Worker.runner.rows(trial)

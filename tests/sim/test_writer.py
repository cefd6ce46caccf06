"""FIB writes take effect one after the other, each when its cost has passed."""

from __future__ import annotations

from typing import cast

import numpy as np

from sidr.forwarding.fibs import Fibs
from sidr.forwarding.space import spaces
from sidr.model.effects import FibWrite, ProgramFib
from sidr.model.profiles import hardware
from sidr.plan import plan
from sidr.protocols.kit import Core, Start
from sidr.sim.hardware import Costs
from sidr.sim.kernel import Kernel
from sidr.sim.writer import Job, Writer
from sidr.topology import load
from sidr.trace.recorder import Recorder

MS = 1_000_000
COSTS = "ideal,route_write=2ms,group_write=1ms"
CORE = cast(Core, object())


class Bench:
    """FIBs of two leaves and two spines; `done` is the time in ms of every write."""

    def __init__(self) -> None:
        fabric = load("leaf-spine:leaves=2,spines=2")
        self.plan = plan(fabric)
        self.kernel, self.recorder = Kernel(), Recorder(keep=True)
        start = Start((), np.ones((2, fabric.slots), np.uint8), np.ones(fabric.slots, np.bool_))
        costs = Costs(hardware(COSTS), "ospf", np.random.default_rng(1))
        self.fibs = Fibs(fabric, spaces(self.plan), start.fib, start.admitted)
        self.writer = Writer(self.fibs, self.kernel, costs)
        self.done: list[float] = []

    def order(self, order: ProgramFib, switch: int = 0) -> float:
        return self.writer.schedule(switch, CORE, order, self._carry_out) / MS

    def _carry_out(self, job: Job) -> None:
        self.done.append(self.kernel.now_ns / MS)
        self.writer.carry_out(job, self.recorder)


def test_writes_queue_at_their_switch_and_not_at_others() -> None:
    bench = Bench()
    two = ProgramFib((FibWrite((1,), b"\1\0"), FibWrite((1,), b"\0\1", 1, 0)))
    assert bench.order(two) == 3.0
    assert bench.order(ProgramFib(expel=(0,), mask_writes=2)) == 5.0
    assert bench.order(two, switch=1) == 3.0
    bench.kernel.run(10 * MS)
    assert sorted(bench.done) == [2.0, 2.0, 3.0, 3.0, 5.0]
    assert (bench.writer.last_ns, bench.writer.changed) == (5 * MS, {0, 1})
    assert bench.recorder.records == 5


def test_a_write_changes_its_row_and_marks_its_column() -> None:
    bench = Bench()
    bench.order(ProgramFib((FibWrite((1,), b"\7\10"),)))
    bench.kernel.run(MS)
    assert (bench.fibs.dirty, bench.fibs.moved) == ([set()], [{}])
    bench.kernel.run(10 * MS)
    assert bench.fibs.rows[0][1, :2].tolist() == [7, 8]
    assert bench.fibs.rows[0][0, :2].tolist() == [1, 1]
    assert (bench.fibs.dirty, bench.fibs.moved) == ([set()], [{1: 0}])


def test_a_column_that_two_switches_write_at_one_instant_is_for_the_solver() -> None:
    bench = Bench()
    for switch in (0, 1):
        bench.order(ProgramFib((FibWrite((1,), b"\7\10"),)), switch)
    bench.kernel.run(10 * MS)
    assert bench.fibs.dirty == [{1}]


def test_a_port_that_leaves_closes_its_row_and_one_that_comes_touches_all() -> None:
    bench = Bench()
    bench.order(ProgramFib(expel=(1,)))
    bench.kernel.run(MS)
    assert (bench.fibs.closed, bench.fibs.dirty) == ([{1}], [set()])
    assert bench.fibs.admitted.tolist()[:2] == [True, False]
    bench.order(ProgramFib(admit=(1,)))
    bench.kernel.run(2 * MS)
    assert (bench.fibs.dirty, bench.fibs.moved) == ([set()], [{0: 0, 1: 0}])
    assert bench.fibs.admitted.all()

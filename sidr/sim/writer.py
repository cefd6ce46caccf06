"""FIB writes in virtual time: they take effect one by one, each when its cost has passed.

What forwards is `forwarding.fibs`; who decides and what is measured are not here.
"""

from __future__ import annotations

from collections.abc import Callable

from sidr.forwarding.fibs import Fibs
from sidr.model.effects import ProgramFib
from sidr.protocols.kit import Core, Start
from sidr.sim.hardware import Costs
from sidr.sim.kernel import Kernel
from sidr.trace.recorder import Recorder

Job = tuple[int, Core, ProgramFib, int]
"""(switch, core that ordered it, its order, number of the write in it)."""


class Writer:
    """Programs FIBs.

    Attributes:
        last_ns, changed: when the last write was, and which switches have written.
    """

    def __init__(self, fibs: Fibs, kernel: Kernel, costs: Costs) -> None:
        self._fibs, self._kernel, self._costs = fibs, kernel, costs
        self._busy: dict[int, int] = {}
        self.last_ns: int | None = None
        self.changed: set[int] = set()

    def boot(self, switch: int, start: Start) -> None:
        """The switch boots with the FIB of a start; no write is under way."""
        self._busy.pop(switch, None)
        self._fibs.reset(switch, start.fib, start.admitted)

    def schedule(
        self, switch: int, core: Core, order: ProgramFib, carry_out: Callable[[Job], None]
    ) -> int:
        """Have the writes of an order carried out, each when its cost has passed.

        Returns:
            When the last of them is done.
        """
        at = self._kernel.at
        done = max(self._kernel.now_ns, self._busy.get(switch, 0)) + self._costs.ns(order.work)
        for number, write in enumerate(order.writes):
            done += self._price(write.group_writes, write.route_writes)
            at(done, carry_out, (switch, core, order, number))
        if order.expel or order.admit or order.table:
            done += self._price(order.mask_writes, 0)
            at(done, carry_out, (switch, core, order, len(order.writes)))
        self._busy[switch] = done
        return done

    def _price(self, group_writes: int, route_writes: int) -> int:
        cost = self._costs.ns
        return sum(cost("group_write") for _ in range(group_writes)) + sum(
            cost("route_write") for _ in range(route_writes)
        )

    def carry_out(self, job: Job, recorder: Recorder) -> None:
        """One write takes effect now."""
        switch, _, order, number = job
        now = self._kernel.now_ns
        if number < len(order.writes):
            recorder.write(now, switch, order.writes[number])
            self._fibs.write(switch, order.writes[number])
        else:
            recorder.masks(now, switch, order.expel, order.admit)
            self._fibs.masks(switch, order)
        self.last_ns = now
        self.changed.add(switch)

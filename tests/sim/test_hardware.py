"""Draws and costs: the same stream for all, nothing consumed by constants."""

from __future__ import annotations

import numpy as np

from sidr.model.profiles import hardware
from sidr.sim.hardware import BATCH, Costs, Draws


def draws(seed: int = 1) -> Draws:
    return Draws(np.random.default_rng(seed))


def test_a_draw_stays_in_its_range_and_fills_it() -> None:
    stream = draws()
    found = [stream.ns((100, 200)) for _ in range(2 * BATCH + 10)]
    assert min(found) == 100
    assert max(found) == 199
    assert abs(sum(found) / len(found) - 150) < 2


def test_equal_seeds_draw_equally_and_others_do_not() -> None:
    one, two, other = draws(), draws(), draws(2)
    spans = [(0, 1000)] * 20
    first = [one.ns(span) for span in spans]
    assert first == [two.ns(span) for span in spans]
    assert first != [other.ns(span) for span in spans]


def test_a_constant_consumes_no_number() -> None:
    one, two = draws(), draws()
    assert one.ns((5, 5)) == 5
    assert one.ns((0, 10**9)) == two.ns((0, 10**9))


def test_a_protocol_pays_its_own_work_and_that_of_all() -> None:
    sheet = hardware("ideal,bgp.receive=3ms,ospf.receive=4ms,route_write=5ms")
    bgp, ospf = (Costs(sheet, name, np.random.default_rng(1)) for name in ("bgp", "ospf"))
    assert (bgp.ns("receive"), ospf.ns("receive")) == (3_000_000, 4_000_000)
    assert bgp.ns("route_write") == ospf.ns("route_write") == 5_000_000


def test_work_that_no_sheet_names_is_free() -> None:
    costs = Costs(hardware("linux-netns"), "rip", np.random.default_rng(1))
    assert costs.ns("receive") == costs.ns("thinking") == 0

"""Rows made up for formatting and arithmetic; nothing here was measured or simulated."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sidr.trace.results import Row

MS = 10**6


@pytest.fixture
def make_row() -> Callable[..., Row]:
    """A row with all fields filled in; name those that matter."""

    def make(**given: object) -> Row:
        values: dict[str, object] = {
            "trial": 0,
            "fault": "cut:leaf0--spine0",
            "fault_class": "cut",
            "protocol": "sidr",
            "profile": "tuned",
            "repair_ns": 3 * MS,
            "pairs_down": 0,
            "pairs_up": 0,
            "loops": 0,
            "messages": 7,
            "lost_traffic_s": 0.5,
            "trace": "ab",
        }
        values.update(given)
        times = {"repair_down_ns", "repair_up_ns", "loss_window_ns_max", "loss_window_ns_mean"}
        floats = {"lost_traffic_pair_s", "load_max_during", "load_max_after", "stretch_max"}
        for name in Row.__struct_fields__:
            if name in times:
                values.setdefault(name, values["repair_ns"])
            elif name.startswith("restore"):
                values.setdefault(name, float("nan"))
            else:
                values.setdefault(name, 1.0 if name in floats else 1)
        return Row(**values)  # type: ignore[arg-type]

    return make

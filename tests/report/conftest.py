"""Rows INVENTED by a seeded generator, for formatting only: nothing here was measured."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sidr.trace.results import Row, write_results
from sidr.trace.summary import Summary, summarise, summary_text

MS = 10**6
CLASSES = ("cut", "trunk", "switch", "silent", "flap")
SPEED_MS = {"sidr": 3.0, "bgp": 150.0, "ospf": 15.0}


def invented(count: int, profiles: tuple[str, ...] = ("frr-datacenter", "tuned")) -> list[Row]:
    """`count` faults under three protocols and some profiles."""
    rng = np.random.default_rng(7)
    return [
        _row(rng, trial, protocol, profile)
        for profile in profiles
        for trial in range(count)
        for protocol in SPEED_MS
    ]


def _row(rng: np.random.Generator, trial: int, protocol: str, profile: str) -> Row:
    down = int(SPEED_MS[protocol] * MS * rng.lognormal(0, 0.4))
    up = int(2 * MS * rng.lognormal(0, 0.1))
    never = protocol == "bgp" and trial % 29 == 3
    crossed = trial % 3 > 0
    repair = None if never else max(down, up) if crossed else up
    kind = CLASSES[trial % len(CLASSES)]
    return Row(
        trial=trial,
        fault=f"{kind}:p0-leaf{trial % 8}--p0-agg{trial % 4}",
        fault_class=kind,
        protocol=protocol,
        profile=profile,
        detection_ns=MS,
        repair_ns=repair,
        repair_down_ns=(None if never else down) if crossed else 0,
        repair_up_ns=up,
        reconvergence_ns=down + up,
        loss_window_ns_max=repair,
        loss_window_ns_mean=repair,
        lost_traffic_s=0.001 * down / 1e9,
        lost_traffic_pair_s=0.1 * down / 1e9,
        pairs_affected=12,
        pairs_down=7 * crossed,
        pairs_up=7,
        loop_ns=0,
        blackhole_ns=down,
        loops=int(protocol == "bgp" and trial % 11 == 0),
        load_max_during=1.1,
        load_max_after=1.0,
        stretch_max=1.5,
        messages=40,
        switches_changed=5,
        restore_repair_ns=float("nan"),
        restore_lost_s=float("nan"),
        restore_loop_ns=float("nan"),
        events=300,
        trace="ab" * 16,
    )


def summed(rows: list[Row], *, incomplete: bool = False, **provenance: object) -> Summary:
    facts = {"command": "sidr bench 10p10u:size=mini", "version": "0.1.0", **provenance}
    return summarise(
        rows,
        fabric="10p10u:size=mini",
        seed=1,
        hardware="linux-netns",
        provenance=facts,
        incomplete=incomplete,
    )


@pytest.fixture
def make_rows() -> Callable[..., list[Row]]:
    return invented


@pytest.fixture
def make_summary() -> Callable[..., Summary]:
    return summed


@pytest.fixture
def results_dir(tmp_path: Path) -> Path:
    """A directory of results without a page."""
    rows = invented(20)
    directory = tmp_path / "out"
    text = summary_text(summed(rows))
    write_results(directory, rows, summary=text, scenario="faults:\n- cut\n")
    return directory

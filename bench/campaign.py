"""A whole campaign as a user runs it: 100 cuts x 3 protocols on 10p10u small, one and two workers.

Each run is a process of its own, `sidr bench` with the profile frr-datacenter; runs with one and
two workers alternate after a warm-up that compiles the kernels. The figures are medians of wall
time, their ratio, and the largest resident set of any process. Results must be equal.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import _results

SPEC, CUTS, SEED, ROUNDS = "10p10u:size=small", 100, 1, 3
DEMAND_S = 120
"""Longest that the campaign may take on two workers."""


def bench(workers: int, cuts: int, place: Path) -> float:
    """Seconds that one campaign takes."""
    sidr = Path(sys.executable).with_name("sidr")
    order = [sidr, "bench", SPEC, "--faults", "cut", "--sample", cuts, "--seed", SEED]
    order += ["--profile", "frr-datacenter", "--workers", workers, "-q", "--force", "-o", place]
    begin = time.perf_counter()
    subprocess.run([str(word) for word in order], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def main() -> None:
    """Run, print and write the figures."""
    with tempfile.TemporaryDirectory() as folder:
        one, two = Path(folder, "one"), Path(folder, "two")
        bench(1, 1, one)
        taken = [(bench(1, CUTS, one), bench(2, CUTS, two)) for _ in range(ROUNDS)]
        same = (one / "results.csv").read_bytes() == (two / "results.csv").read_bytes()
    assert same, "results depend on the number of workers"
    a, b = (statistics.median(column) for column in zip(*taken, strict=True))
    peak = _results.children_peak_mib()
    print(f"{CUTS} cuts x 3 protocols on {SPEC}: one worker {a:.1f} s, two {b:.1f} s")
    print(f"ratio {a / b:.2f}, largest process {peak:.0f} MiB, results equal")
    figures = {
        "spec": SPEC,
        "cuts": CUTS,
        "protocols": 3,
        "one_worker_s": a,
        "two_workers_s": b,
        "ratio": a / b,
        "demand_two_workers_s": DEMAND_S,
        "peak_rss_mib_per_process": peak,
    }
    print(f"written {_results.write('campaign', SEED, figures).name}")


if __name__ == "__main__":
    main()

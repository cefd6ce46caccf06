"""The planner against networkx: next-hop masks of every switch for every destination, in one run.

networkx runs `predecessor` from a destination and fills the same port masks. It is timed on 16
random destinations and scaled up to all of them; the kernel does all of them. The two alternate,
after the kernels are compiled; figures are medians. On the sampled destinations both must have made
equal masks. Beside that stand the time with siblings and detours, and a whole `sidr plan` of the
large fabric as a user runs it: its own seconds, and the peak memory of its process.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import _results
import networkx as nx
import numpy as np

from sidr.graph import masks
from sidr.model.fabric import Fabric
from sidr.plan import plan
from sidr.topology import load

SPECS = ("fat-tree:k=16", "fat-tree:k=32")
LARGE = "10p10u:size=full"
SAMPLED, ROUNDS, PLANS, SEED = 16, 5, 3, 1
DEMAND = 100.0
"""Least ratio at k=32."""
DEMAND_PLAN_S = 0.5
"""Longest from the large fabric to its encoded tables."""

Words = np.ndarray
"""uint64[slots, ceil(groups / 64)]: bit j of a slot is set where it is a next hop for group j."""


def timed(run: Callable[[], Words]) -> tuple[float, Words]:
    """Seconds that a call takes, and what it returns."""
    begin = time.perf_counter()
    made = run()
    return time.perf_counter() - begin, made


def ours(fabric: Fabric) -> Words:
    """The masks of all destinations, by the kernel; distances come with them."""
    words = -(-len(fabric.groups) // 64)
    hops, _ = masks.levels(fabric.ptr, fabric.nbr, fabric.groups, words)
    return hops


def with_detours(fabric: Fabric) -> Words:
    """prim, sib and b1 of all destinations, by the kernels."""
    hops = ours(fabric)
    own = masks.own_groups(fabric.switches, fabric.groups, hops.shape[1])
    _, b1, need, _ = masks.detours(fabric.ptr, fabric.nbr, fabric.twin, hops, own)
    assert not need.any(), "a Clos needs no search"
    return b1


class Theirs:
    """The same masks by networkx; graph and slots are prepared beforehand, off the clock."""

    def __init__(self, fabric: Fabric) -> None:
        ends = list(zip(fabric.src.tolist(), fabric.nbr.tolist(), strict=True))
        self.fabric = fabric
        self.graph = nx.Graph(ends)
        self.slot = {end: e for e, end in enumerate(ends)}
        assert len(self.slot) == fabric.slots, "no parallel links here"

    def masks(self, columns: list[int]) -> Words:
        """The masks of some groups, by column."""
        hops = np.zeros((self.fabric.slots, -(-len(self.fabric.groups) // 64)), np.uint64)
        for j in columns:
            nearer = nx.predecessor(self.graph, int(self.fabric.groups[j]))
            slots = [self.slot[v, u] for v, before in nearer.items() for u in before]
            hops[slots, j // 64] |= np.uint64(1 << j % 64)
        return hops


def columns_of(hops: Words, columns: list[int]) -> np.ndarray:
    """bool[slots, columns]."""
    bits = [hops[:, j // 64] >> np.uint64(j % 64) & np.uint64(1) for j in columns]
    return np.stack(bits, axis=1).astype(bool)


def race(spec: str) -> dict[str, object]:
    """Both sides on one fabric."""
    fabric = load(spec)
    groups = len(fabric.groups)
    columns = np.random.default_rng(SEED).choice(groups, SAMPLED, replace=False).tolist()
    theirs = Theirs(fabric)
    with_detours(fabric)  # compiles, or reads what was compiled
    times: dict[str, list[float]] = {"sidr": [], "networkx": [], "detours": []}
    for _ in range(ROUNDS):
        sidr_s, a = timed(lambda: ours(fabric))
        sampled_s, b = timed(lambda: theirs.masks(columns))
        times["sidr"].append(sidr_s)
        times["networkx"].append(sampled_s * groups / SAMPLED)
        times["detours"].append(timed(lambda: with_detours(fabric))[0])
        assert (columns_of(a, columns) == columns_of(b, columns)).all(), "different masks"
    middle = {side: statistics.median(taken) for side, taken in times.items()}
    ratios = sorted(b / a for a, b in zip(times["sidr"], times["networkx"], strict=True))
    return {
        "switches": fabric.switches,
        "links": fabric.links,
        "groups": groups,
        "sidr_s": middle["sidr"],
        "networkx_s": middle["networkx"],
        "networkx_scaled_from_groups": SAMPLED,
        "ratio": middle["networkx"] / middle["sidr"],
        "ratio_min": ratios[0],
        "ratio_max": ratios[-1],
        "sidr_with_detours_s": middle["detours"],
    }


def plan_of(spec: str) -> float:
    """Seconds from fabric to encoded tables, in a process of its own."""
    sidr = str(Path(sys.executable).with_name("sidr"))
    order = [sidr, "plan", spec, "--format", "json", "-q"]
    done = subprocess.run(order, check=True, stdout=subprocess.PIPE)
    return float(json.loads(done.stdout)["plan_s"])


def main() -> None:
    """Run, print and write the figures."""
    figures: dict[str, object] = {"demand_ratio": DEMAND, "demand_plan_s": DEMAND_PLAN_S}
    print(f"next-hop masks of all switches; networkx on {SAMPLED} destinations, scaled to all")
    for spec in SPECS:
        figures[spec] = found = race(spec)
        print(
            f"{spec:14} sidr {found['sidr_s']:8.4f} s   networkx {found['networkx_s']:8.2f} s   "
            f"ratio {found['ratio']:6.0f}   with detours {found['sidr_with_detours_s']:8.4f} s"
        )
    plan(load("10p10u:size=mini"))  # compiles here what the processes then read
    taken = [plan_of(LARGE) for _ in range(PLANS)]
    peak = _results.children_peak_mib()
    figures[LARGE] = {"plan_s": statistics.median(taken), "peak_rss_mib": peak}
    print(f"{LARGE}: planned in {statistics.median(taken):.2f} s, largest process {peak:.0f} MiB")
    print(f"written {_results.write('planner', SEED, figures).name}")


if __name__ == "__main__":
    main()

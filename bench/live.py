"""Live emulations: how soon they are ready, how fast tables and notices travel, what they weigh.

On the in-process bus and on mosquitto, alternating in one run: 320 agents (fat-tree k=16) from the
command line to ready; 320 tables of 16 KiB to their agents and the acknowledgements back; a notice
from the port event that causes it to the neighbour's agent (median of cuts one by one); a dead
aggregation switch with 16 links until the last FIB write; and 980 agents (k=28) in two processes
with one mosquitto. These figures measure Python on this machine, not SIDR.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import _results

from sidr.live.broker import Mosquitto
from sidr.live.connect import connect
from sidr.live.emulation import Emulation, Wanted
from sidr.live.memory import Exchange
from sidr.live.rundir import RunDir
from sidr.model.profiles import profile
from sidr.topology import load
from sidr.trace.reader import records
from sidr.trace.recorder import Recorder

SPEC, LARGE, ROUNDS, CUTS, SEED = "fat-tree:k=16", "fat-tree:k=28", 3, 20, 1
TABLE_BYTES, SETTLE_S = 16 << 10, 300.0
DEMANDS = {"ready_s": {"memory": 5, "mqtt": 10}, "tables_s": 1, "notice_ms": 5, "storm_s": 1}
SIDR = [str(Path(sys.executable).with_name("sidr"))]


def run(*words: object) -> None:
    """Run a command of sidr."""
    subprocess.run([*SIDR, *map(str, words)], check=True, stderr=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL)  # fmt: skip


def status(place: Path) -> dict[str, Any]:
    """What `sidr status` says of an emulation."""
    words = [*SIDR, "status", "--run-dir", str(place), "--format", "json"]
    found: dict[str, Any] = json.loads(
        subprocess.run(words, check=True, capture_output=True).stdout
    )
    return found


def rss_mib(place: Path) -> float:
    """Resident memory of the process that holds a run directory."""
    pid = (place / "lock").read_text().strip()
    return (
        int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    )


def ready(bus: str, place: Path) -> tuple[float, float]:
    """(seconds from the command to ready, MiB) of 320 agents."""
    begin = time.perf_counter()
    run("run", SPEC, "--bus", bus, "--detach", "--run-dir", place)
    took = time.perf_counter() - begin
    weight = rss_mib(place)
    run("down", "--run-dir", place)
    return took, weight


async def tables(url: str, count: int) -> float:
    """Seconds until `count` payloads of 16 KiB have reached as many subscribers and come back."""
    exchange = Exchange()
    here, there = (connect(url, client=name, exchange=exchange) for name in ("here", "there"))
    acked: list[object] = []
    done = asyncio.Event()

    def back(message: object) -> None:
        acked.append(message)
        if len(acked) == count:
            done.set()

    for number in range(count):
        topic = f"b/sw/{number}/ack"
        there.subscribe(f"b/sw/{number}/plan/0", lambda _, topic=topic: there.publish(topic, b"a"))
    here.subscribe("b/sw/+/ack", back)
    await there.start(10)
    await here.start(10)
    begin = time.perf_counter()
    for number in range(count):
        here.publish(f"b/sw/{number}/plan/0", bytes(TABLE_BYTES))
    await done.wait()
    took = time.perf_counter() - begin
    await here.close()
    await there.close()
    return took


async def reactions(place: Path) -> dict[str, float]:
    """Notice latency and storm of 320 agents on the in-process bus, nothing else running."""
    fabric = load(SPEC)
    every = tuple(range(fabric.switches))
    what = Wanted(fabric, profile("frr-datacenter"), every, seed=SEED)
    emulation = Emulation(what, RunDir(place))
    await emulation.start()
    recorder = emulation.switches.recorder = Recorder(keep=True)
    for link in range(0, fabric.links, fabric.links // CUTS):
        emulation.inject(f"cut:{fabric.link_name(link)}")
        await asyncio.sleep(0.2)
    delays = notices(recorder)
    emulation.clear()
    await asyncio.sleep(10)
    recorder = emulation.switches.recorder = Recorder(keep=True)
    begin_ns = emulation.switches.now_ns()
    emulation.inject("switch:p0-agg0")
    await asyncio.sleep(2)
    writes = [r.now_ns for r in records(recorder.data()) if r.kind in ("write", "masks")]
    storm = [at for at in writes if at - begin_ns < 900_000_000]  # later ones are the planner's
    await emulation.stop()
    return {
        "notices": len(delays),
        "notice_median_ms": statistics.median(delays),
        "storm_s": (max(storm) - begin_ns) / 1e9,
        "storm_writes": len(storm),
    }


def notices(recorder: Recorder) -> list[float]:
    """Milliseconds from the event that made a notice to the neighbour's agent taking it in."""
    sent: dict[tuple[int, int], int] = {}
    delays = []
    for record in records(recorder.data()):
        if record.kind != "event":
            continue
        event, effects, _ = record.payload
        message = event.get("message") or {}
        if (
            message.get("type") == "sidr.notice"
            and (key := (message["sender"], message["seq"])) in sent
        ):
            delays.append((record.now_ns - sent[key]) / 1e6)
        for effect in effects:
            notice = effect.get("message") or {}
            if notice.get("type") == "sidr.notice":
                sent.setdefault((record.switch, notice["seq"]), record.now_ns)
    return delays


async def two_processes(place: Path) -> dict[str, float]:
    """980 agents in two processes and one mosquitto: ready, a cut, settled."""
    (place / "broker").mkdir()
    broker = Mosquitto(place / "broker")
    await broker.start()
    one, two = place / "one", place / "two"
    share = ["--bus", broker.url, "--detach"]
    begin = time.perf_counter()
    main = subprocess.Popen([*SIDR, "run", LARGE, *share, "--switches", "*[02468]", "--host", "one",
                             "--run-dir", str(one)], stderr=subprocess.DEVNULL)  # fmt: skip
    while not (one / "planner.pub").exists() or not (one / "planner.pub").read_text().strip():
        await asyncio.sleep(0.05)
    await asyncio.to_thread(run, "agents", LARGE, *share, "--switches", "*[13579]", "--host", "two",
                            "--key", one / "planner.pub", "--run-dir", two)  # fmt: skip
    await asyncio.to_thread(main.wait)
    ready_s = time.perf_counter() - begin
    begin = time.perf_counter()
    await asyncio.to_thread(run, "inject", "cut:p0-leaf0--p0-agg0", "--run-dir", one)
    while not settled(seen := await asyncio.to_thread(status, one)):
        assert time.perf_counter() - begin < SETTLE_S, seen
        await asyncio.sleep(0.2)
    settled_s = time.perf_counter() - begin
    weights = [rss_mib(one), rss_mib(two)]
    for each in (two, one):
        await asyncio.to_thread(run, "down", "--run-dir", each)
    await broker.stop()
    return {"agents": seen["agents"], "ready_s": ready_s, "settled_s": settled_s,
            "rss_mib_largest": max(weights)}  # fmt: skip


def settled(seen: dict[str, Any]) -> bool:
    """Whether all agents are on the epoch that knows of the cut, and everything is delivered."""
    return list(seen["epochs"]) == ["2"] and seen["pairs_affected"] == 0 and not seen["trouble"]


def main() -> None:
    """Run, print and write the figures."""
    figures: dict[str, Any] = {"spec": SPEC, "demands": DEMANDS}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        ready("memory", place / "warm")
        taken = [
            {bus: ready(bus, place / bus) for bus in ("memory", "mqtt")} for _ in range(ROUNDS)
        ]
        for bus in ("memory", "mqtt"):
            figures[f"ready_{bus}_s"] = statistics.median(t[bus][0] for t in taken)
            figures[f"rss_{bus}_mib"] = statistics.median(t[bus][1] for t in taken)
        figures["ready_ratio"] = figures["ready_mqtt_s"] / figures["ready_memory_s"]
        agents = load(SPEC).switches
        pushes = [asyncio.run(both_buses(place, agents)) for _ in range(ROUNDS)]
        figures["tables_memory_s"], figures["tables_mqtt_s"] = (
            statistics.median(column) for column in zip(*pushes, strict=True)
        )
        figures |= asyncio.run(reactions(place / "reactions"))
        figures["two_processes"] = asyncio.run(two_processes(place))
    for name, value in figures.items():
        print(f"{name:20} {value}")
    print(f"written {_results.write('live', SEED, figures).name}")


async def both_buses(place: Path, count: int) -> tuple[float, float]:
    """`tables` on the bus in this process, and on a mosquitto of its own."""
    home = place / "tables"
    home.mkdir(exist_ok=True)
    broker = Mosquitto(home)
    await broker.start()
    pair = await tables("memory", count), await tables(broker.url, count)
    await broker.stop()
    return pair


if __name__ == "__main__":
    main()

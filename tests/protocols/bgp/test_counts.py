"""How many UPDATEs a cold start takes: the counts of two published simulators, met exactly.

Conditions: unique ASNs, one prefix per leaf, one prefix per UPDATE, no MRAI, no queues, equal
delays, order kept on links, nothing announced to whom the best path came from, ties keep the older
path.
"""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pytest

from sidr.model.profiles import profile
from sidr.protocols.bgp import KIT
from sidr.protocols.bgp.rib import Rib
from sidr.trace.reader import records
from sidr.trace.recorder import Recorder
from tests.protocols.settled import fabric_of, world_of


def updates(k: int) -> list[int]:
    """UPDATEs per prefix of a cold start on a fat-tree."""
    fabric = fabric_of(f"fat-tree:k={k}")
    even = replace(fabric, delay_ns=np.full_like(fabric.delay_ns, 100))
    sheet = profile("tuned-no-queues")
    timers = msgspec.structs.replace(
        sheet, bgp=msgspec.structs.replace(sheet.bgp, mrai_ns=0, session_start_ns=0)
    )
    recorder = Recorder(keep=True)
    world_of(even, KIT, timers=timers, cold=True, recorder=recorder)
    counts = [0] * len(fabric.groups)
    for record in records(recorder.data()):
        for effect in record.payload[1] if record.kind == "event" else ():
            if effect["type"] == "Send" and effect["message"]["type"] == "bgp.update":
                counts[effect["message"]["group"]] += 1
    return counts


def test_a_fat_tree_of_4_takes_45_per_prefix() -> None:
    assert updates(4) == [45] * 8


def test_a_fat_tree_of_8_takes_433_per_prefix() -> None:
    counts = updates(8)
    assert counts == [433] * 32
    assert sum(counts) == 13_856


def test_announcing_back_to_the_best_peer_gives_another_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def to_all(self: Rib, port: int, group: int) -> tuple[int, ...] | None:
        best = self.best(group)
        return None if best is None else (self.asn, *best.path)

    monkeypatch.setattr(Rib, "to_send", to_all)
    assert updates(4) != [45] * 8

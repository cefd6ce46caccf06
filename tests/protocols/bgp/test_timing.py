"""How long BGP takes, in virtual time, where real FRR was measured."""

from __future__ import annotations

import pytest

from tests.protocols.measured import outcomes, repairs_ms

LEAF_SPINE = ("leaf-spine:leaves=4,spines=4", "cut:leaf*--spine*")
LEAF_AGG = ("fat-tree:k=4", "cut:p*-leaf*--p*-agg*")


@pytest.mark.parametrize("asn", ["rfc7938", "unique"])
@pytest.mark.parametrize(
    ("where", "timers", "low_ms", "high_ms"),
    [
        (LEAF_SPINE, "frr-datacenter", 120, 128),
        (LEAF_AGG, "frr-datacenter", 220, 232),
        (LEAF_SPINE, "tuned-no-queues", 0.1, 10),
        (LEAF_AGG, "tuned-no-queues", 0.1, 10),
    ],
)
def test_downward_traffic_is_repaired_in_time(
    where: tuple[str, str], timers: str, low_ms: float, high_ms: float, asn: str
) -> None:
    times = repairs_ms(outcomes(*where, "bgp", timers, asn=asn))
    assert len(times) == 20
    assert all(low_ms <= time <= high_ms for time in times), sorted(times)


def test_mrai_does_not_hold_the_first_message_after_quiet() -> None:
    times = repairs_ms(outcomes(*LEAF_SPINE, "bgp", "frr-datacenter,bgp.mrai=30s", sample=5))
    assert all(120 <= time <= 128 for time in times), sorted(times)

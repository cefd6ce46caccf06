"""AS numbers for the switches of a fabric.

`rfc7938`: every leaf has its own, the switches of a middle tier share one per pod, those of the
top tier share one per plane (RFC 7938 section 5.2.1), so that no route goes down and up again.
`unique`: every switch has its own. Fabrics without tiers are always `unique`.
"""

from __future__ import annotations

from sidr.model.fabric import Fabric

FIRST_ASN = 4_200_000_000
"""Start of the private four-byte range (RFC 6996)."""

PLANS = ("rfc7938", "unique")


def numbers(fabric: Fabric, plan: str) -> list[int]:
    """The ASN of every switch.

    Args:
        plan: one of PLANS.
    """
    assert plan in PLANS, plan
    if plan == "unique" or not fabric.tiered:
        return [FIRST_ASN + v for v in range(fabric.switches)]
    top = int(fabric.tier.max())
    known: dict[tuple[int, ...], int] = {}
    found = []
    for v in range(fabric.switches):
        tier, plane = int(fabric.tier[v]), int(fabric.plane[v])
        site, pod = int(fabric.site[v]), int(fabric.pod[v])
        key: tuple[int, ...]
        if tier == 0:
            key = (0, v)
        elif tier == top:
            key = (top, plane)
        else:
            key = (tier, plane, site, pod)
        found.append(FIRST_ASN + known.setdefault(key, len(known)))
    return found

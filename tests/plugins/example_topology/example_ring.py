"""A kind of fabric from outside, as another package would offer it: a ring of switches."""

from __future__ import annotations

import numpy as np

from sidr.model.fabric import Fabric
from sidr.topology import fabric
from sidr.topology.kinds import SHARED, Kind, Parameter, Values


def build(spec: str, values: Values) -> Fabric:
    """A ring without tiers: every switch is a destination with one host port."""
    n = values["switches"]
    return fabric(
        spec,
        names=[f"r{i}" for i in range(n)],
        a=np.arange(n),
        b=(np.arange(n) + 1) % n,
        host_bps=values["capacity"],
        capacity_bps=values["capacity"],
        length_m=1000,
        trunk=values["trunk"],
    )


RING = Kind(
    name="ring",
    summary="every switch linked to the next, the last to the first",
    parameters={"switches": Parameter("6", low=3), **SHARED},
    build=build,
)

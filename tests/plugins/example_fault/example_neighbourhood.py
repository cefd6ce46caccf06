"""A kind of fault from outside, as another package would offer it: somebody works on a rack and
pulls all cables of a switch, one after the other."""

from __future__ import annotations

import numpy as np

from sidr.fault import targets
from sidr.fault.kinds import Kind
from sidr.fault.outage import Outage
from sidr.fault.strikes import Options, Pick
from sidr.fault.targets import Selection
from sidr.model.faults import Fault

GAP_NS = 100_000_000
"""From one cable to the next, without `gap=`."""


def strike(selection: Selection, fault: Fault, options: Options, rng: np.random.Generator) -> Pick:
    """All links of one switch of the selection go dark in a random order."""
    fabric = selection.fabric
    switch = int(rng.choice(selection.ids))
    links = rng.permutation(fabric.link[fabric.ports(switch)])
    outages = []
    for position, link in enumerate(links.tolist()):
        start = fault.start_ns + position * int(options.get("gap", GAP_NS))
        end = None if fault.duration_ns is None else start + fault.duration_ns
        outages.append(Outage("link", link, start, end))
    return Pick("neighbourhood", selection.name(switch), tuple(outages))


NEIGHBOURHOOD = Kind(
    about="all links of a switch go dark, one after the other",
    targets="a switch, a glob, a tier such as spine",
    find=targets.switches,
    options={"gap": "duration"},
    strike=strike,
)

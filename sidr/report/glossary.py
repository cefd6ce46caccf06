"""What the words of the report mean, and what the model leaves out.

Definitions only; `trace.metrics` computes what is defined here, `page.py` prints it.
"""

from __future__ import annotations

METRICS: tuple[tuple[str, str], ...] = (
    (
        "trial, fault",
        "One fault expression on a freshly converged fabric. t0 is the start of the fault.",
    ),
    (
        "traffic",
        "Every leaf sends its host capacity split evenly over all leaves of its plane, unless a "
        "demand matrix was given. A pair is an ordered pair of leaves of one plane.",
    ),
    ("detection", "t0 to the first local event of the fault."),
    (
        "repair",
        "t0 to the instant from which every pair that is still physically connected is delivered "
        "in full, for good (RFC 6412 Full Convergence Time). A silent or dead direction counts "
        "as not connected. Finite faults and flaps are measured to the last down edge.",
    ),
    (
        "-down, -up",
        "The same over the pairs whose traffic crossed the failed element downwards (from the "
        "upper tier to the lower) or upwards before the fault. Upward repair is the hardware's "
        "own for every protocol; downward repair is where protocols differ.",
    ),
    (
        "loss window",
        "Per pair, the total time with less than its full share delivered (RFC 6412 Route Loss "
        "of Connectivity Period).",
    ),
    ("reconvergence", "t0 to the last FIB write."),
    (
        "traffic lost",
        "The integral of (1 - delivered share) over time, in seconds of the total offered load.",
    ),
    (
        "unrecovered (never)",
        "Not repaired by the horizon: three times the slowest dead or hold timer and 10 s after "
        "the last change, or quiescence. It counts as infinite in medians, percentiles and "
        "intervals and is never dropped.",
    ),
    ("faults with loops", "Faults during which some packets would have circled."),
    (
        "median, 95 % interval, p99",
        "The interval is a percentile bootstrap of the median (2,000 resamples, seeded). p99 is "
        "the smallest value that 99 % of the faults do not exceed, shown from 200 faults on.",
    ),
    (
        "ratio",
        "Median repair of the baseline divided by SIDR's over the same faults, with a paired "
        "bootstrap interval. Ratios are cut, never rounded up.",
    ),
)

FAIRNESS = (
    "All protocols share one physical world: the same detection of a fault at the port, link "
    "delays, message processing and FIB write costs, and the hardware's own pruning of a dead "
    "port at the same instant. Only the protocol differs."
)

MATCHED_NOTE = (
    "For faults without loss of carrier SIDR's hello has the period and multiplier of the "
    "profile's BFD; where BFD is off, SIDR ran once per baseline with that baseline's hold or "
    "dead time (sidr-as-BASELINE), each ratio takes the matching run, and SIDR's own figures "
    "take the slowest."
)
"""Printed only where such runs are among the rows."""

NOT_MODELLED: tuple[str, ...] = (
    "Packets lost to congestion: loads are reported, nothing is dropped for them.",
    "Reordering of packets.",
    "The header bits that SIDR's tag takes.",
    "Hosts that spray over many paths and retransmit by themselves; they may make a routing "
    "reaction unnecessary.",
)
"""What every run leaves out; a run whose provenance says `not_modelled` is taken at its word."""

SIDR_NOTE = (
    "SIDR's planner and agents are this project's own design for publicly stated behaviour; no "
    "measured recovery curve of the original is public."
)

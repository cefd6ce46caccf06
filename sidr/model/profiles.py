"""Timer profiles and hardware profiles: the values, and how a name with overrides becomes one.

A Profile holds what operators configure and implementations hard-wire (timers, queues); a
Hardware holds what the machine costs (detection, CPU work, FIB writes), shared by all protocols
of a run. Ranges are uniform [low, high] in ns; low = high is a constant. Every value's source
stands beside it in `sidr/data/profiles.yaml`, which `profile_file.py` reads.
"""

from __future__ import annotations

from msgspec import Struct, convert, structs

from sidr.model.profile_file import (
    COUNTS,
    HARDWARE,
    PROFILES,
    WORDS,
    Value,
    merged,
    parse,
    sheets,
    spell,
)

Range = tuple[int, int]


class BgpTimers(Struct, frozen=True):
    """BGP: RFC 4271 timers and FRR's internal queues (0 = handled at once).

    Args:
        clear_queue_ns: from a dead session to the removal of its routes, one queue per peer.
        best_path_queue_ns: one queue per speaker, fixed hold from its first item.
        rib_queue_ns: zebra's queue before the FIB, fixed hold from its first item.
        session_start_ns: from carrier, or the fall of a session, to the call of the peer.
        coalesce_ns, coalesce_per_peer_ns, coalesce_max_ns: how long a new session is told no
            routes: a constant and a part for every peer of the speaker, up to a maximum.
        tcp_rto_ns: TCP's first retransmission timeout.
    """

    keepalive_ns: int
    hold_ns: int
    connect_retry_ns: int
    mrai_ns: int
    clear_queue_ns: int
    best_path_queue_ns: int
    rib_queue_ns: int
    session_start_ns: int
    coalesce_ns: int
    coalesce_per_peer_ns: int
    coalesce_max_ns: int
    tcp_rto_ns: int


class OspfTimers(Struct, frozen=True):
    """OSPF: RFC 2328 timers, when SPF may run, and zebra's queue.

    Args:
        spf_machine: "frr": FRR's `timers throttle spf` with delay, hold and hold_max. "rfc8405":
            its three states, with delay = INITIAL, hold = SHORT and hold_max = LONG_SPF_DELAY.
        spf_learn_ns, spf_holddown_ns: TIME_TO_LEARN and HOLDDOWN_INTERVAL of RFC 8405; FRR's
            throttle has no such thing.
        min_ls_interval_ns: between two instances of the own router-LSA.
        min_ls_arrival_ns: a newer instance that comes sooner after the last one is dropped.
        instances_per_fault: router-LSA instances that loss of carrier makes (2 in FRR 8.4.4: one
            for the neighbour, one for the interface, in the same packet).
        retransmit_ns: period of the free-running timer per neighbour; LSAs younger than this
            are skipped. Also how long database descriptions and requests wait for an answer.
    """

    hello_ns: int
    dead_ns: int
    spf_machine: str
    spf_delay_ns: int
    spf_hold_ns: int
    spf_hold_max_ns: int
    spf_learn_ns: int
    spf_holddown_ns: int
    min_ls_interval_ns: int
    min_ls_arrival_ns: int
    retransmit_ns: int
    instances_per_fault: int
    rib_queue_ns: int


class SidrTimers(Struct, frozen=True):
    """SIDR: our own choices.

    Args:
        hold_up_ns: how long a returning port must have light before it says hello; doubled with
            every further fall up to hold_up_max_ns, until it has not fallen for quiet_ns.
        hello_retry_ns: hello again after this, until the neighbour's full vector is here.
        digest_ns: period of digests to neighbours; 0 = none are sent (no anti-entropy).
        replan_ns: how long the planner waits after the last report before it plans again; 0 = it
            never does.
        bounces: K, how often a packet may leave its DAG for a detour.
    """

    hold_up_ns: int
    hold_up_max_ns: int
    quiet_ns: int
    digest_ns: int
    replan_ns: int
    hello_retry_ns: int
    bounces: int


class BfdTimers(Struct, frozen=True):
    """BFD, or SIDR's hello where it plays the same part."""

    tx_ns: int
    multiplier: int


class Profile(Struct, frozen=True):
    """A named set of timers; `name` carries the overrides that were given.

    Args:
        bfd: None = off. bfd_heeds_down: a BFD packet that says Down is believed; FRR 8.4.4 does
            not, and waits for its own detection time.
    """

    name: str
    bgp: BgpTimers
    ospf: OspfTimers
    sidr: SidrTimers
    bfd: BfdTimers | None = None
    bfd_heeds_down: bool = False


class Hardware(Struct, frozen=True):
    """What the machine costs; the same draw hits every protocol of a trial.

    Args:
        detect_ns: fault to loss of carrier at a port.
        prune_ns: loss of carrier to the moment when the hardware itself leaves the dead port out
            of every next-hop group, no daemon involved.
        notify_ns: loss of carrier to the PortDown event at the cores.
        work_ns: CPU cost by name: `PROTOCOL.WORK` (`bgp.send`, `bgp.receive`, `ospf.originate`,
            `ospf.spf`, ...), and for every protocol alike `route_write` and `group_write` (one
            write of a shared next-hop group). A missing name costs 0.
    """

    name: str
    detect_ns: Range
    prune_ns: Range
    notify_ns: Range
    work_ns: dict[str, Range]


def profile_names() -> tuple[str, ...]:
    """The timer profiles that exist."""
    return tuple(sheets(PROFILES))


def hardware_names() -> tuple[str, ...]:
    """The hardware profiles that exist."""
    return tuple(sheets(HARDWARE))


def profile(text: str) -> Profile:
    """The timer profile that `NAME[,KEY=VALUE...]` means.

    A key is a timer's name without its section (`mrai=0s`; every section that has it takes it) or
    with it (`bgp.rib_queue=0`); `bfd` takes `300msx3` or `off`. The result's name is the text in
    one spelling: overrides sorted, durations at their shortest.

    Raises:
        ProtocolError: unknown name or key, or a value out of range; all of them at once.
    """
    name, values = merged(text, PROFILES, "profile")
    bfd = values.pop("bfd")
    document: dict[str, object] = {"name": name, "bfd": None}
    document["bfd_heeds_down"] = bool(values.pop("bfd_heeds_down"))
    if isinstance(bfd, tuple):
        document["bfd"] = {"tx_ns": bfd[0], "multiplier": bfd[1]}
    for section in ("bgp", "ospf", "sidr"):
        document[section] = {
            key.partition(".")[2] + ("" if key in COUNTS or key in WORDS else "_ns"): value
            for key, value in values.items()
            if key.startswith(section + ".")
        }
    return convert(document, Profile)


def hardware(text: str) -> Hardware:
    """The hardware profile that `NAME[,KEY=VALUE...]` means; a value is `5ms` or `1ms..10ms`.

    Keys: `detect`, `prune`, `notify`, `route_write`, `group_write`, or CPU work by its full name
    such as `bgp.send`.

    Raises:
        ProtocolError: as `profile`.
    """
    name, values = merged(text, HARDWARE, "hardware")
    first = {f"{key}_ns": values.pop(key) for key in ("detect", "prune", "notify")}
    return convert({"name": name, "work_ns": values, **first}, Hardware)


def as_document(of: Profile | Hardware) -> dict[str, object]:
    """Name and every value with its evidence and source, for the provenance of a result.

    `values` maps a dotted key to `value` (int ns, [low, high] ns, a count, a word, BFD's
    [tx ns, multiplier] or null), `text`, `evidence` and `source`. Where a value is not the one of
    the named sheet, its evidence is `override`.
    """
    part = PROFILES if isinstance(of, Profile) else HARDWARE
    sheet = sheets(part).get(of.name.split(",")[0])
    rows: dict[str, object] = {}
    for key, value in _values(of).items():
        entry = sheet.entries.get(key) if sheet else None
        kept = entry is not None and parse(part, key, entry.text) == value
        rows[key] = {
            "value": value,
            "text": spell(part, key, value),
            "evidence": entry.evidence if entry and kept else "override",
            "source": entry.source if entry and kept else "given with the name",
        }
    return {"name": of.name, "about": sheet.about if sheet else "", "values": rows}


def _values(of: Profile | Hardware) -> dict[str, Value]:
    """All values by dotted key: `profile` and `hardware` backwards."""
    if isinstance(of, Hardware):
        ports = {"detect": of.detect_ns, "prune": of.prune_ns, "notify": of.notify_ns}
        return {**ports, **of.work_ns}
    values: dict[str, Value] = {}
    for section, timers in (("bgp", of.bgp), ("ospf", of.ospf), ("sidr", of.sidr)):
        for field, value in structs.asdict(timers).items():
            values[f"{section}.{field.removesuffix('_ns')}"] = value
    values["bfd"] = (of.bfd.tx_ns, of.bfd.multiplier) if of.bfd else None
    return {**values, "bfd_heeds_down": int(of.bfd_heeds_down)}

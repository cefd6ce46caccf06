"""The sheets of profiles.yaml, and the texts that name and override them."""

import pytest
from msgspec import structs

from sidr.errors import SidrError
from sidr.model.profile_file import EVIDENCE, HARDWARE, PROFILES, merged, parse, sheets, spell
from sidr.model.profiles import BgpTimers, OspfTimers, SidrTimers

TIMERS = {
    f"{section}.{field.name.removesuffix('_ns')}"
    for section, kind in (("bgp", BgpTimers), ("ospf", OspfTimers), ("sidr", SidrTimers))
    for field in structs.fields(kind)
} | {"bfd", "bfd_heeds_down"}


@pytest.mark.parametrize("part", [PROFILES, HARDWARE])
def test_every_value_has_its_evidence_and_its_source(part: str) -> None:
    for sheet in sheets(part).values():
        assert sheet.about
        for entry in sheet.entries.values():
            assert entry.evidence in EVIDENCE
            assert len(entry.source) > 3


def test_every_profile_has_every_timer_and_nothing_else() -> None:
    assert all(set(sheet.entries) == TIMERS for sheet in sheets(PROFILES).values())


def test_all_hardware_prices_the_same_work() -> None:
    first, *others = (set(sheet.entries) for sheet in sheets(HARDWARE).values())
    assert all(keys == first for keys in others)


@pytest.mark.parametrize("part", [PROFILES, HARDWARE])
def test_every_value_is_read_back_as_spelled(part: str) -> None:
    for sheet in sheets(part).values():
        for key, entry in sheet.entries.items():
            value = parse(part, key, entry.text)
            assert parse(part, key, spell(part, key, value)) == value


def test_a_sheet_without_overrides_keeps_its_name() -> None:
    assert merged(" tuned ", PROFILES, "profile")[0] == "tuned"


@pytest.mark.parametrize(
    ("part", "key", "text"),
    [
        (PROFILES, "bfd", "300ms"),
        (PROFILES, "bfd", "300msx0"),
        (PROFILES, "bfd", "300msx256"),
        (PROFILES, "bfd", "0x3"),
        (PROFILES, "sidr.bounces", "17"),
        (PROFILES, "sidr.bounces", "00160000"),
        (PROFILES, "sidr.bounces", "2ms"),
        (PROFILES, "sidr.hello_retry", "0"),
        (PROFILES, "ospf.retransmit", "0"),
        (PROFILES, "ospf.spf_machine", "rfc"),
        (HARDWARE, "detect", "5ms..1ms"),
        (HARDWARE, "detect", "1ms.."),
        (HARDWARE, "detect", "-1ms"),
    ],
)
def test_values_that_mean_nothing_are_mistakes(part: str, key: str, text: str) -> None:
    with pytest.raises(SidrError):
        parse(part, key, text)

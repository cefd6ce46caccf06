"""Names with overrides become profiles and hardware."""

import msgspec
import pytest

from sidr.errors import ProtocolError
from sidr.model.profiles import (
    BfdTimers,
    Hardware,
    Profile,
    as_document,
    hardware,
    hardware_names,
    profile,
    profile_names,
)

MS = 10**6


def test_the_shipped_names() -> None:
    assert profile_names() == (
        "frr-traditional",
        "frr-datacenter",
        "rfc",
        "tuned",
        "tuned-no-queues",
    )
    assert hardware_names() == ("linux-netns", "sonic", "ideal")


def test_frr_queues_are_frrs() -> None:
    queues = {n: profile(n).bgp for n in profile_names()}
    frr = {n: (b.clear_queue_ns, b.best_path_queue_ns, b.rib_queue_ns) for n, b in queues.items()}
    none, ours = (0, 0, 0), (10 * MS, 50 * MS, 10 * MS)
    assert frr == {
        "frr-traditional": ours,
        "frr-datacenter": ours,
        "rfc": none,
        "tuned": ours,
        "tuned-no-queues": none,
    }


NO_WAIT = "coalesce=0,coalesce_per_peer=0,coalesce_max=0"
"""Without the wait of a new session, which is a queue as well."""


def test_no_queues_is_tuned_but_for_the_queues() -> None:
    tuned, bare = profile("tuned"), profile("tuned-no-queues")
    assert profile(f"tuned,clear_queue=0,best_path_queue=0,rib_queue=0,{NO_WAIT}").bgp == bare.bgp
    assert msgspec.structs.replace(tuned.ospf, rib_queue_ns=0) == bare.ospf
    assert (tuned.sidr, tuned.bfd) == (bare.sidr, bare.bfd)


def test_sidr_has_the_same_timers_beside_every_baseline() -> None:
    assert len({profile(name).sidr for name in profile_names()}) == 1


def test_bfd_is_off_but_in_tuned() -> None:
    on = {name: profile(name).bfd for name in profile_names() if profile(name).bfd}
    assert on == {name: BfdTimers(50 * MS, 3) for name in ("tuned", "tuned-no-queues")}


@pytest.mark.parametrize("hops", [1, 3])
def test_linux_netns_with_frr_adds_up_to_what_was_measured(hops: int) -> None:
    """124 ms for one hop of withdraw, 226 ms for three (FRR 8.4.4, carrier loss)."""
    machine, bgp = hardware("linux-netns"), profile("frr-datacenter").bgp
    mean = {key: sum(value) / 2 for key, value in machine.work_ns.items()}
    per_hop = mean["bgp.send"] + mean["bgp.receive"]
    total = (
        sum(machine.notify_ns) / 2
        + bgp.clear_queue_ns
        + (hops + 1) * (bgp.best_path_queue_ns + per_hop)
        + bgp.rib_queue_ns
        + mean["route_write"]
    )
    assert total / MS == pytest.approx({1: 124, 3: 226}[hops], rel=0.015)


def test_a_bare_key_is_found_in_its_section() -> None:
    found = profile("frr-datacenter,mrai=0s,best_path_queue=0ms,dead=1.5s")
    assert (found.bgp.mrai_ns, found.bgp.best_path_queue_ns) == (0, 0)
    assert found.ospf.dead_ns == 1500 * MS


def test_a_bare_key_reaches_every_section_that_has_it_and_a_full_one_only_its_own() -> None:
    both, one = profile("tuned,rib_queue=0"), profile("tuned,bgp.rib_queue=0")
    assert (both.bgp.rib_queue_ns, both.ospf.rib_queue_ns) == (0, 0)
    assert (one.bgp.rib_queue_ns, one.ospf.rib_queue_ns) == (0, 10 * MS)


def test_a_word_is_chosen_by_name() -> None:
    machines = {name: profile(name).ospf.spf_machine for name in profile_names()}
    assert {name for name, machine in machines.items() if machine == "rfc8405"} == {"rfc"}
    found = profile("tuned,spf_machine=rfc8405")
    assert (found.name, found.ospf.spf_machine) == ("tuned,spf_machine=rfc8405", "rfc8405")
    assert as_document(found)["values"]["ospf.spf_machine"]["text"] == "rfc8405"  # type: ignore[index]
    with pytest.raises(ProtocolError) as caught:
        profile("tuned,spf_machine=rfc8504")
    assert caught.value.mistakes[0].nearest == "rfc8405"


def test_bfd_is_switched_on_and_off() -> None:
    assert profile("frr-datacenter,bfd=300msx3").bfd == BfdTimers(300 * MS, 3)
    assert profile("tuned,bfd=off").bfd is None


def test_one_setting_has_one_name_which_means_it_again() -> None:
    names = [
        profile(t).name for t in ("tuned, mrai=500000us ,hold=3s", "tuned,hold=3000ms,mrai=.5s")
    ]
    assert names == ["tuned,hold=3s,mrai=500ms"] * 2
    assert profile(names[0]) == profile("tuned,mrai=500ms,hold=3s")
    name = hardware("linux-netns,detect=1ms..10000us,bgp.send=0").name
    assert name == "linux-netns,bgp.send=0,detect=1ms..10ms"
    assert hardware(name).detect_ns == (MS, 10 * MS)


def test_all_mistakes_of_a_text_are_told_at_once() -> None:
    with pytest.raises(ProtocolError) as caught:
        profile("tuned,mria=5s,hold=-1,bounces=99,dead")
    assert len(caught.value.mistakes) == 4
    assert caught.value.mistakes[0].nearest == "mrai"


@pytest.mark.parametrize("text", ["tuned,hold=1s,hold=2s", "tuned,hold=1s,bgp.hold=2s"])
def test_one_timer_is_given_once(text: str) -> None:
    with pytest.raises(ProtocolError, match="twice"):
        profile(text)


def test_unknown_names_come_with_the_nearest() -> None:
    with pytest.raises(ProtocolError) as caught:
        profile("frr-datacentre")
    assert caught.value.mistakes[0].nearest == "frr-datacenter"
    with pytest.raises(ProtocolError) as caught:
        hardware("linux-netns,detct=5ms")
    assert caught.value.mistakes[0].nearest == "detect"


@pytest.mark.parametrize("name", profile_names())
def test_a_profile_survives_its_codec(name: str) -> None:
    assert msgspec.json.decode(msgspec.json.encode(profile(name)), type=Profile) == profile(name)


@pytest.mark.parametrize("name", hardware_names())
def test_hardware_survives_its_codec(name: str) -> None:
    assert msgspec.json.decode(msgspec.json.encode(hardware(name)), type=Hardware) == hardware(name)


def test_a_document_holds_every_value_with_its_source_and_marks_overrides() -> None:
    document = as_document(profile("frr-datacenter,mrai=1s"))
    values = document["values"]
    assert isinstance(values, dict)
    assert values["bgp.mrai"] == {
        "value": 10**9,
        "text": "1s",
        "evidence": "override",
        "source": "given with the name",
    }
    assert values["bgp.best_path_queue"]["evidence"] == "code"
    assert "FRR 8.4.4" in values["bgp.best_path_queue"]["source"]
    assert [key for key, row in values.items() if row["evidence"] == "override"] == ["bgp.mrai"]


def test_a_document_of_hardware_shows_ranges() -> None:
    values = as_document(hardware("linux-netns"))["values"]
    assert isinstance(values, dict)
    assert values["prune"]["text"] == "0..2ms"
    assert values["group_write"]["value"] == (MS // 10, MS // 10)
    msgspec.json.encode(values)


def test_a_profile_of_a_data_file_has_a_document_too() -> None:
    named = msgspec.structs.replace(profile("tuned"), name="measured here")
    values = as_document(named)["values"]
    assert isinstance(values, dict)
    assert {row["evidence"] for row in values.values()} == {"override"}

"""How long OSPF takes, in virtual time, where real FRR was measured."""

from __future__ import annotations

import pytest

from tests.protocols.measured import outcomes, repairs_ms

LEAF_SPINE = "leaf-spine:leaves=4,spines=4"
PARALLEL = "leaf-spine:leaves=2,spines=2,parallel=2"


@pytest.mark.parametrize("timers", ["frr-traditional", "frr-datacenter"])
def test_a_cut_is_repaired_in_12_to_20_ms(timers: str) -> None:
    times = repairs_ms(outcomes(LEAF_SPINE, "cut:leaf*--spine*", "ospf", timers))
    assert len(times) == 20
    assert all(12 <= time <= 20 for time in times), sorted(times)


@pytest.mark.parametrize("gap", ["0ms", "3ms", "10ms"])
def test_both_links_of_a_pair_cut_within_10_ms_wait_for_the_retransmission(gap: str) -> None:
    """Both ends make their second router-LSA within MinLSArrival (1 s) of the first, so every
    receiver drops it without a word. It comes again at a tick of the retransmission timer that
    finds it 5 s old. These timers run freely with a period of 5 s; every direction of every link
    has a phase of its own, drawn evenly from the period once per trial, as the adjacencies' births
    would give them: 5 to 10 s after the cut.
    """
    fault = f"cut:leaf0--spine0; cut:leaf0--spine0#1@{gap}"
    found = outcomes(PARALLEL, f"{fault},repeat=100", "ospf", "frr-traditional", sample=100)
    times = repairs_ms(found)
    assert len(times) == 100
    assert all(5_000 <= time <= 10_100 for time in times), sorted(times)
    assert max(times) - min(times) > 1_000, "phases are not drawn"


def test_without_min_ls_arrival_the_pair_is_repaired_at_once() -> None:
    fault = "cut:leaf0--spine0; cut:leaf0--spine0#1@3ms"
    timers = "frr-traditional,ospf.min_ls_arrival=0"
    times = repairs_ms(outcomes(PARALLEL, fault, "ospf", timers))
    assert all(time < 100 for time in times), sorted(times)


def test_cuts_towards_different_neighbours_do_not_wait() -> None:
    fault = "cut:leaf0--spine0; cut:leaf1--spine1@3ms"
    times = repairs_ms(outcomes(LEAF_SPINE, fault, "ospf", "frr-traditional"), down=False)
    assert all(time < 200 for time in times), sorted(times)

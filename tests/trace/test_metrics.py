"""Every metric against its definition, on scenes that are reckoned by hand.

Two leaves and two spines: each leaf offers 800 Gb/s to the other one, half over each spine, so that
all links are full; all leaves together offer 1.6 Tb/s. Three leaves: 400 Gb/s for each of 6 pairs.
"""

from __future__ import annotations

import pytest

from tests.sim.planes import two_planes
from tests.trace.scene import MS, T0_NS, Scene

TWO, THREE = "leaf-spine:leaves=2,spines=2", "leaf-spine:leaves=3,spines=2"
DOWN, UP = ("leaf1", "leaf0"), ("leaf0", "leaf1")
"""(source, destination) of the pair that crosses leaf0--spine0 downwards, and upwards."""
CROSSED = {"down": [DOWN], "up": [UP]}
DARK = {("leaf0", "spine0"): False, ("spine0", "leaf0"): False}
LIGHT = dict.fromkeys(DARK, True)


def approx(value: float) -> object:
    return pytest.approx(value, rel=1e-12, abs=1e-15)


def a_cut(*, offered_bps: float | None = None) -> Scene:
    """leaf0--spine0 goes dark; pruned at 2 ms, told to leaf1 at 10 ms."""
    scene = Scene(TWO, crossed=CROSSED, offered_bps=offered_bps)
    scene.at(0, lit=DARK)
    scene.at(2, live=DARK)
    scene.at(10, fib={("leaf1", "leaf0"): ["spine1"]})
    return scene


# --- a cut, all metrics --------------------------------------------------------------------------


def test_repair_is_the_instant_from_which_every_pair_is_delivered_in_full_and_by_direction() -> (
    None
):
    found = a_cut().result(50)
    assert (found.repair_ns, found.repair_down_ns, found.repair_up_ns) == (10 * MS, 10 * MS, 2 * MS)


def test_the_loss_window_of_a_pair_is_its_time_below_full_share() -> None:
    found = a_cut().result(50)
    assert (found.loss_window_ns_max, found.loss_window_ns_mean) == (10 * MS, 6 * MS)


@pytest.mark.parametrize("others", [1.0, 2.5])
def test_lost_traffic_is_the_missing_share_over_time_in_seconds_of_all_that_is_offered(
    others: float,
) -> None:
    """Half of one pair for 10 ms and of the other for 2 ms; components not watched offer too."""
    found = a_cut(offered_bps=others * 1.6e12).result(50)
    assert found.lost_traffic_s == approx((0.5 * 0.010 + 0.5 * 0.002) / 2 / others)
    assert found.lost_traffic_pair_s == approx((0.5 * 0.010 + 0.5 * 0.002) / 2)


def test_pairs_are_counted_by_what_they_crossed() -> None:
    found = a_cut().result(50)
    assert (found.pairs_affected, found.pairs_down, found.pairs_up) == (2, 1, 1)


def test_blackhole_time_is_the_time_in_which_any_pair_lost_into_the_dark() -> None:
    found = a_cut().result(50)
    assert (found.blackhole_ns, found.loop_ns, found.loops) == (10 * MS, 0, 0)


def test_load_is_the_fullest_links_after_the_fault_and_stretch_1_on_equal_paths() -> None:
    found = a_cut().result(50)  # both pairs have one spine left: 800 on 400 Gb/s
    assert (found.load_max_during, found.load_max_after) == (approx(2.0), approx(2.0))
    assert found.stretch_max == 1.0


def test_without_a_fault_that_harms_nothing_is_lost() -> None:
    scene = Scene(TWO, crossed=CROSSED)
    scene.at(0, fib={("leaf1", "leaf0"): ["spine1"]})
    found = scene.result(50)
    assert (found.repair_ns, found.loss_window_ns_max, found.lost_traffic_s) == (0, 0, 0.0)
    assert (found.blackhole_ns, found.loop_ns, found.stretch_max) == (0, 0, 1.0)


# --- repair --------------------------------------------------------------------------------------


def test_a_relapse_moves_repair_but_not_the_time_between_into_the_window() -> None:
    scene = Scene(TWO, crossed=CROSSED)
    good, bad = {("spine0", "leaf0"): ["leaf0"]}, {("spine0", "leaf0"): []}
    for ms, fib in ((0, bad), (2, good), (5, bad), (7, good)):
        scene.at(ms, fib=fib)
    found = scene.result(50)
    assert (found.repair_ns, found.repair_down_ns, found.repair_up_ns) == (7 * MS, 7 * MS, 0)
    assert (found.loss_window_ns_max, found.loss_window_ns_mean) == (4 * MS, 2 * MS)
    assert found.lost_traffic_s == approx(0.5 * 0.004 / 2)
    assert found.blackhole_ns == 4 * MS


def test_a_better_share_that_is_not_full_is_no_repair() -> None:
    scene = Scene(TWO, crossed=CROSSED)
    scene.at(0, fib={("leaf1", "leaf0"): []})
    scene.at(1, fib={("leaf1", "leaf0"): ["spine0", "spine1"], ("spine0", "leaf0"): []})
    scene.at(3, fib={("spine0", "leaf0"): ["leaf0"]})
    found = scene.result(50)
    assert found.repair_ns == found.loss_window_ns_max == 3 * MS
    assert found.lost_traffic_s == approx((0.001 + 0.5 * 0.002) / 2)


def test_what_is_never_repaired_is_unrecovered_in_its_directions_and_lost_to_the_end() -> None:
    scene = Scene(TWO, crossed=CROSSED)
    scene.at(0, lit=DARK)
    scene.at(2, live=DARK)
    found = scene.result(50)
    assert (found.repair_ns, found.repair_down_ns, found.repair_up_ns) == (None, None, 2 * MS)
    assert (found.loss_window_ns_max, found.loss_window_ns_mean) == (None, None)
    assert found.lost_traffic_s == approx(0.5 * (0.050 + 0.002) / 2)
    assert found.blackhole_ns == 50 * MS


@pytest.mark.parametrize(("gap", "repaired"), [(5e-10, 0), (2e-9, None)])
def test_a_share_that_only_rounding_keeps_from_one_is_full(
    gap: float, repaired: int | None
) -> None:
    scene = Scene(TWO, crossed=CROSSED)
    plane = scene.planes[0]
    plane.traffic.share[plane.column("leaf0"), plane.local("leaf1")] = 1.0 - gap
    scene.meter.observe(0, plane.columns)
    scene.meter.instant(T0_NS)
    found = scene.result(1_000)
    assert found.repair_ns == repaired
    assert (found.lost_traffic_s > 0) == (repaired is None)


# --- who counts ----------------------------------------------------------------------------------


def test_a_pair_counts_only_while_light_connects_it() -> None:
    """Connected for 1 ms without a route, then not connected, then connected again for 2 ms."""
    scene = Scene(TWO, crossed=CROSSED)
    scene.at(0, fib={("leaf1", "leaf0"): []})
    scene.at(1, connected={DOWN: False})
    scene.at(20, connected={DOWN: True})
    scene.at(22, fib={("leaf1", "leaf0"): ["spine1"]})
    found = scene.result(50)
    assert (found.repair_ns, found.loss_window_ns_max) == (22 * MS, 3 * MS)
    assert found.lost_traffic_s == approx(0.003 / 2)
    assert found.blackhole_ns == 3 * MS


def test_a_pair_that_light_no_longer_connects_is_neither_affected_nor_lost() -> None:
    scene = Scene(TWO, crossed=CROSSED)
    scene.at(0, lit=DARK, connected={DOWN: False})
    scene.at(2, live=DARK)
    found = scene.result(50)
    assert (found.pairs_affected, found.pairs_down, found.pairs_up) == (1, 0, 1)
    assert (found.repair_ns, found.repair_down_ns) == (2 * MS, 0)
    assert found.lost_traffic_s == approx(0.5 * 0.002 / 2)
    assert found.lost_traffic_pair_s == approx(0.5 * 0.002)


def test_a_dead_leaf_is_no_source_and_no_destination() -> None:
    scene = Scene(THREE, crossed={"down": [DOWN], "all": [DOWN, UP, ("leaf1", "leaf2")]})
    gone = {(a, b): False for a in ("leaf0", "leaf1", "leaf2") for b in ("leaf0",) if a != b}
    gone |= {(dest, source): False for source, dest in gone}
    dark = {(f"spine{i}", "leaf0"): False for i in range(2)}
    scene.at(0, lit=dark, connected=gone, silent=["leaf0"])
    found = scene.result(50)
    assert (found.repair_ns, found.lost_traffic_s, found.blackhole_ns) == (0, 0.0, 0)
    assert (found.pairs_affected, found.pairs_down) == (1, 0)


def test_a_pair_weighs_as_much_as_it_offers_but_each_affected_pair_alike() -> None:
    """leaf0 sends 400, leaf1 1,200 Gb/s: 1/4 and 3/4 of all."""
    from sidr.topology import fabric

    names, links = ["leaf0", "leaf1", "spine0"], ([0, 1], [2, 2])
    made = fabric("uneven", names=names, a=links[0], b=links[1], tier=[0, 0, 1], hosts=[1, 3, 0])
    scene = Scene(made, crossed=CROSSED)
    scene.at(0, fib={("leaf1", "leaf0"): [], ("leaf0", "leaf1"): []})
    scene.at(2, fib={("leaf0", "leaf1"): ["spine0"]})
    scene.at(10, fib={("leaf1", "leaf0"): ["spine0"]})
    found = scene.result(50)
    assert found.lost_traffic_s == approx(0.25 * 0.002 + 0.75 * 0.010)
    assert found.lost_traffic_pair_s == approx(0.006)


def test_planes_add_up_and_the_last_one_decides() -> None:
    pairs = [(f"n{i}-leaf1", f"n{i}-leaf0") for i in range(2)]
    scene = Scene(two_planes(), crossed={"down": pairs})
    routes = [(f"n{i}-leaf1", f"n{i}-leaf0") for i in range(2)]
    scene.at(0, fib={routes[0]: [], routes[1]: []})
    scene.at(3, fib={routes[0]: ["n0-spine0"]})
    scene.at(8, fib={routes[1]: ["n1-spine1"]})
    found = scene.result(50)
    assert (found.repair_ns, found.repair_down_ns, found.pairs_affected) == (8 * MS, 8 * MS, 2)
    assert (found.loss_window_ns_max, found.loss_window_ns_mean) == (8 * MS, 5.5 * MS)
    assert found.lost_traffic_s == approx((0.003 + 0.008) / 12)  # of 12 equal pairs
    assert (found.blackhole_ns, found.load_max_during) == (8 * MS, approx(1.5))


def test_columns_are_charged_each_from_its_own_last_change() -> None:
    scene = Scene(THREE, crossed={"down": [DOWN], "up": [("leaf0", "leaf2")]})
    scene.at(0, fib={("leaf1", "leaf0"): []})
    scene.at(1, fib={("leaf0", "leaf2"): []})
    scene.at(4, fib={("leaf1", "leaf0"): ["spine0"]})
    scene.at(9, fib={("leaf0", "leaf2"): ["spine1"]})
    found = scene.result(50)
    assert (found.repair_down_ns, found.repair_up_ns) == (4 * MS, 9 * MS)
    assert (found.loss_window_ns_max, found.loss_window_ns_mean) == (8 * MS, 6 * MS)
    assert found.lost_traffic_s == approx((0.004 + 0.008) / 6)


# --- loops, stretch and load ---------------------------------------------------------------------


def a_loop() -> Scene:
    """spine0 sends what is for leaf0 to leaf2 from 1 ms on; leaf2 sends half of it back to spine0,
    and from 4 ms on all of it over spine1."""
    scene = Scene(THREE, crossed={"down": [DOWN, ("leaf2", "leaf0")]})
    scene.at(1, fib={("spine0", "leaf0"): ["leaf2"]})
    scene.at(4, fib={("leaf2", "leaf0"): ["spine1"]})
    return scene


def test_what_loops_is_lost_and_its_time_is_loop_time_not_blackhole_time() -> None:
    """leaf1 loses a quarter (half over spine0, of which leaf2 returns half), leaf2 half."""
    found = a_loop().result(50)
    assert (found.loop_ns, found.blackhole_ns, found.loops) == (3 * MS, 0, 1)
    assert (found.repair_ns, found.loss_window_ns_max) == (4 * MS, 3 * MS)
    assert found.lost_traffic_s == approx((0.25 + 0.5) * 0.003 / 6)


def test_stretch_is_the_longest_delivered_path_over_the_intact_shortest_one() -> None:
    """leaf1, spine0, leaf2, spine1, leaf0: 4 hops instead of 2; while it loops, none is counted."""
    assert a_loop().result(50).stretch_max == 2.0
    scene = Scene(THREE)
    scene.at(1, fib={("spine0", "leaf0"): ["leaf2"]})
    assert scene.result(50).stretch_max == 1.0


def test_stretch_is_relative_to_the_pairs_own_shortest_path() -> None:
    """Between pods 4 hops; p1-agg0 goes by p1-leaf1 and p1-agg1 to p1-leaf0: 6 hops."""
    scene = Scene("fat-tree:k=4")
    scene.at(1, fib={("p1-leaf1", "p1-leaf0"): ["p1-agg1"]})
    scene.at(2, fib={("p1-agg0", "p1-leaf0"): ["p1-leaf1"]})
    assert scene.result(50).stretch_max == 1.5


def test_load_of_a_detour_is_what_all_pairs_put_on_its_fullest_link() -> None:
    """spine1 to leaf0: 200 of leaf1 directly and 200 by leaf2, and all 400 of leaf2: 800 of 400."""
    assert a_loop().result(50).load_max_after == approx(2.0)


def test_a_load_that_passes_counts_during_and_not_after() -> None:
    scene = Scene(TWO)
    scene.at(1, fib={("leaf1", "leaf0"): ["spine1"]})
    scene.at(3, fib={("leaf1", "leaf0"): ["spine0", "spine1"]})
    found = scene.result(50)
    assert (found.load_max_during, found.load_max_after) == (approx(2.0), approx(1.0))


def test_looping_and_blackholes_at_once_are_both_timed() -> None:
    scene = Scene(THREE, crossed={"down": [DOWN]})
    scene.at(0, fib={("spine0", "leaf0"): ["leaf2"], ("leaf0", "leaf1"): []})
    scene.at(3, fib={("spine0", "leaf0"): ["leaf0"]})
    scene.at(7, fib={("leaf0", "leaf1"): ["spine0"]})
    found = scene.result(50)
    assert (found.loop_ns, found.blackhole_ns, found.repair_ns) == (3 * MS, 7 * MS, 7 * MS)

"""`sidr verify`: exact shares over failure sets, as the algorithm's reference values say."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sidr.cli import main

F = Fraction
FIELDS = {
    **{
        "fabric": str,
        "failures": str,
        "k": int,
        "phase": str,
        "bounces": int,
        "colours": str,
        "split": str,
    },
    **{"sets": int, "exhaustive": bool, "pairs": int, "delivered_mean": float},
    **{"full_share": float, "sets_not_full": int, "loops": int, "load_max": float},
    **{"stretch_mean": float, "stretch_max": float, "worst": list},
}
LS8, LS4, FT4 = "leaf-spine:leaves=8,spines=8", "leaf-spine:leaves=4,spines=4", "fat-tree:k=4"
ONE = F(1)
REFERENCE = [
    # fabric, failures, k, sets, pairs, (mean share, full share or None) at K = 0, 1, 2
    (LS8, "links", 1, 64, 3584, [(F(63, 64), F(7, 8)), (ONE, ONE), (ONE, ONE)]),
    (FT4, "links", 1, 32, 1792, [(F(211, 224), F(93, 112)), (ONE, ONE), (ONE, ONE)]),
    (FT4, "switches", 1, 20, 1008, [(F(20, 21), F(19, 21))] * 3),
    (LS4, "links", 2, 120, 1440, [(F(7, 8), None), (F(119, 120), None), (F(359, 360), None)]),
    (
        *(FT4, "links", 2, 496, 27664),
        [(F(1531, 1729), None), (F(1712, 1729), None), (F(1719, 1729), None)],
    ),
]
"""Before notices, without colours, an even split per usable port."""

FAT_TREE_8 = [1 - F(15017, 1011840), 1 - F(29, 337280), 1 - F(59, 3035520)]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["verify", *arguments])


def facts(*arguments: str) -> dict[str, Any]:
    done = run(*arguments, "--format", "json", "-q")
    assert (done.exit_code, done.stderr) == (0, "")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_json_has_exactly_the_promised_fields_and_types() -> None:
    found = facts(FT4, "--failures", "links", "-k", "2", "--bounces", "0")
    assert {name: type(value) for name, value in found.items()} == FIELDS
    assert (found["fabric"], found["failures"], found["k"]) == (FT4, "links", 2)
    assert (found["phase"], found["bounces"], found["colours"]) == ("local", 0, "none")
    for worst in found["worst"]:
        assert set(worst) == {"failed", "delivered_mean", "pairs_not_full"}
        assert len(worst["failed"]) == 2


def test_the_defaults_are_single_links_before_notices_and_two_bounces() -> None:
    given = ("--failures", "links", "-k", "1", "--phase", "local", "--bounces", "2")
    assert facts(LS4) == facts(LS4, *given, "--colours", "none", "--seed", "1")


@pytest.mark.parametrize("bounces", [0, 1, 2])
@pytest.mark.parametrize(("spec", "kind", "k", "sets", "pairs", "shares"), REFERENCE)
def test_shares_before_notices_are_exact(
    spec: str,
    kind: str,
    k: int,
    sets: int,
    pairs: int,
    shares: list[tuple[F, F | None]],
    bounces: int,
) -> None:
    found = facts(spec, "--failures", kind, "-k", str(k), "--bounces", str(bounces))
    mean, full = shares[bounces]
    assert (found["sets"], found["pairs"], found["exhaustive"]) == (sets, pairs, True)
    assert found["delivered_mean"] == pytest.approx(float(mean), abs=1e-12, rel=0)
    if full is not None:
        assert found["full_share"] == pytest.approx(float(full), abs=1e-12, rel=0)
    if mean == 1:
        assert (found["delivered_mean"], found["sets_not_full"], found["worst"]) == (1.0, 0, [])
    assert found["loops"] == 0


def test_after_notices_eight_of_496_link_pairs_of_fat_tree_4_are_not_full() -> None:
    found = facts(FT4, "-k", "2", "--phase", "notified")
    assert (found["sets_not_full"], found["sets"]) == (8, 496)
    assert found["delivered_mean"] < 1
    assert len(found["worst"]) == 5


@pytest.mark.parametrize("kind", ["links", "switches", "srlgs"])
def test_after_notices_every_single_failure_is_full(kind: str) -> None:
    found = facts(FT4, "--failures", kind, "--phase", "notified")
    assert (found["delivered_mean"], found["full_share"], found["sets_not_full"]) == (1.0, 1.0, 0)


def test_the_worst_sets_are_named_and_come_worst_first() -> None:
    found = facts(LS4, "-k", "2", "--bounces", "0")
    shares = [worst["delivered_mean"] for worst in found["worst"]]
    assert shares == sorted(shares)
    assert shares[0] < found["delivered_mean"]
    assert all("--" in name for worst in found["worst"] for name in worst["failed"])


def test_a_sample_is_drawn_by_seed_and_says_that_it_is_one() -> None:
    asked = (FT4, "-k", "2", "--bounces", "0", "--sample", "40")
    one, same, other = facts(*asked), facts(*asked), facts(*asked, "--seed", "2")
    assert (one["sets"], one["exhaustive"]) == (40, False)
    assert one == same
    assert one["delivered_mean"] != other["delivered_mean"]


def test_the_table_shows_the_figures_and_the_worst_sets() -> None:
    text = run(FT4, "-k", "2", "-q").stdout
    for name in set(FIELDS) - {"worst"}:
        assert f"\n{name} " in f"\n{text}", name
    assert "worst sets" in text
    assert "worst" not in run(LS4, "-q").stdout


def test_more_sets_than_can_be_counted_are_refused_without_a_sample() -> None:
    refused = run("fat-tree:k=8", "-k", "4", "-q")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr == (
        "sidr: -k 4: 174792640 sets of links; draw some of them with --sample N\n"
    )


def test_more_failures_than_things_are_refused() -> None:
    refused = run("leaf-spine:leaves=2,spines=2", "-k", "5", "-q")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr == "sidr: -k 5: only 4 can fail\n"


@pytest.mark.slow
@pytest.mark.parametrize("bounces", [0, 1, 2])
def test_all_link_pairs_of_fat_tree_8_are_exact(bounces: int) -> None:
    found = facts("fat-tree:k=8", "-k", "2", "--bounces", str(bounces))
    assert (found["sets"], found["loops"]) == (32640, 0)
    assert found["delivered_mean"] == pytest.approx(float(FAT_TREE_8[bounces]), abs=1e-12, rel=0)

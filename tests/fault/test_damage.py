"""What overlapping changes leave of light, sending ends and loss."""

from __future__ import annotations

import pytest

from sidr.fault.damage import Damage
from sidr.model.faults import FAR, NEAR, Change
from sidr.topology import load

FABRIC = load("leaf-spine:leaves=2,spines=2")
NEAR_SLOT, FAR_SLOT = FABRIC.slots_of(0)


def down(kind: str, id: int = 0, **more: object) -> Change:
    return Change(0, f"{kind}-down", id, **more)  # type: ignore[arg-type]


def up(kind: str, id: int = 0, **more: object) -> Change:
    return Change(0, f"{kind}-up", id, **more)  # type: ignore[arg-type]


def dark(damage: Damage) -> set[int]:
    """Links without light."""
    return {int(FABRIC.link[e]) for e in range(FABRIC.slots) if not damage.light[e]}


def test_a_cut_darkens_both_directions_and_says_so_once() -> None:
    damage = Damage(FABRIC)
    assert damage.apply(down("link")) == [NEAR_SLOT, FAR_SLOT]
    assert damage.passing[[NEAR_SLOT, FAR_SLOT]].tolist() == [0.0, 0.0]
    assert damage.apply(down("link")) == []


def test_two_cuts_of_one_link_need_two_repairs() -> None:
    damage = Damage(FABRIC)
    for change in (down("link"), down("link"), up("link")):
        damage.apply(change)
    assert dark(damage) == {0}
    assert damage.apply(up("link")) == [NEAR_SLOT, FAR_SLOT]
    assert dark(damage) == set()


def test_a_dead_switch_darkens_its_links_and_a_cut_link_stays_dark_when_it_returns() -> None:
    damage = Damage(FABRIC)
    spine0 = FABRIC.names.index("spine0")
    damage.apply(down("switch", spine0))
    assert dark(damage) == {int(FABRIC.link[e]) for e in FABRIC.ports(spine0)}
    damage.apply(down("link", 0))
    damage.apply(up("switch", spine0))
    assert dark(damage) == {0}


def test_a_switch_that_died_twice_needs_two_repairs() -> None:
    damage = Damage(FABRIC)
    for change in (down("switch"), down("switch"), up("switch")):
        damage.apply(change)
    assert damage.dead[0]
    damage.apply(up("switch"))
    assert not damage.dead[0]


@pytest.mark.parametrize(("end", "slot"), [(NEAR, NEAR_SLOT), (FAR, FAR_SLOT)])
def test_a_silent_end_sends_in_vain_while_light_stays(end: str, slot: int) -> None:
    damage = Damage(FABRIC)
    assert damage.apply(down("silent", end=end)) == []
    assert [e for e in range(FABRIC.slots) if damage.passing[e] == 0.0] == [slot]
    assert damage.light.all()
    damage.apply(up("silent", end=end))
    assert (damage.passing == 1.0).all()


def test_losses_multiply_and_go_as_they_came() -> None:
    damage = Damage(FABRIC)
    damage.apply(down("lossy", loss_ratio=0.5))
    damage.apply(down("lossy", loss_ratio=0.2, end=NEAR))
    assert damage.passing[[NEAR_SLOT, FAR_SLOT]].tolist() == [0.4, 0.5]
    damage.apply(up("lossy", loss_ratio=0.5))
    assert damage.passing[[NEAR_SLOT, FAR_SLOT]].tolist() == [0.8, 1.0]


def test_silence_lasts_through_a_cut() -> None:
    damage = Damage(FABRIC)
    for change in (down("silent", end=NEAR), down("link"), up("link")):
        damage.apply(change)
    assert damage.passing[[NEAR_SLOT, FAR_SLOT]].tolist() == [0.0, 1.0]

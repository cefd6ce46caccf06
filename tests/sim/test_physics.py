"""Light, silence and loss of slots, and when the hardware notices."""

from __future__ import annotations

import pytest

from sidr.model.faults import FAR, NEAR, Change
from tests.sim.ground import MS, Ground

NEAR_SLOT, FAR_SLOT = 0, 4


def down(kind: str, id: int = 0, **more: object) -> Change:
    return Change(0, f"{kind}-down", id, **more)  # type: ignore[arg-type]


def up(kind: str, id: int = 0, **more: object) -> Change:
    return Change(0, f"{kind}-up", id, **more)  # type: ignore[arg-type]


def test_a_cut_is_pruned_and_then_told_at_both_ends() -> None:
    ground = Ground()
    ground.physics.apply(down("link"))
    assert ground.physics.changed
    assert ground.physics.passing[[NEAR_SLOT, FAR_SLOT]].tolist() == [0.0, 0.0]
    ground.kernel.run(MS * 10)
    assert ground.seen == [
        (3.0, "pruned", NEAR_SLOT),
        (3.0, "pruned", FAR_SLOT),
        (4.0, "down", NEAR_SLOT),
        (4.0, "down", FAR_SLOT),
    ]


def test_light_that_is_back_before_anybody_noticed_is_never_told() -> None:
    ground = Ground()
    ground.physics.apply(down("link"))
    ground.kernel.run(2 * MS)
    ground.physics.apply(up("link"))
    ground.kernel.run(20 * MS)
    assert ground.seen == []
    assert not ground.physics.pruned.any()


def test_light_that_is_back_is_unpruned_and_told_together() -> None:
    ground = Ground()
    ground.physics.apply(down("link"))
    ground.kernel.run(10 * MS)
    del ground.seen[:]
    ground.physics.apply(up("link"))
    begin = ground.kernel.now_ns / MS
    ground.kernel.run(30 * MS)
    assert [(at - begin, what) for at, what, _ in ground.seen] == [
        (4.0, "back"),
        (4.0, "up"),
        (4.0, "back"),
        (4.0, "up"),
    ]


def test_two_cuts_of_one_link_need_two_repairs() -> None:
    ground = Ground()
    for change in (down("link"), down("link"), up("link")):
        ground.physics.apply(change)
    assert not ground.physics.light[NEAR_SLOT]
    ground.physics.apply(up("link"))
    assert ground.physics.light[NEAR_SLOT]


def test_a_dead_switch_darkens_its_links_and_a_cut_link_stays_dark_when_it_returns() -> None:
    ground = Ground()
    spine0 = ground.fabric.names.index("spine0")
    ground.physics.apply(down("switch", spine0))
    dark = {int(ground.fabric.link[e]) for e in range(8) if not ground.physics.light[e]}
    assert dark == {int(ground.fabric.link[e]) for e in ground.fabric.ports(spine0)}
    ground.physics.apply(down("link", 0))
    ground.physics.apply(up("switch", spine0))
    dark = {int(ground.fabric.link[e]) for e in range(8) if not ground.physics.light[e]}
    assert dark == {0}


@pytest.mark.parametrize(("end", "slot"), [(NEAR, NEAR_SLOT), (FAR, FAR_SLOT)])
def test_a_silent_end_sends_in_vain_while_light_stays(end: str, slot: int) -> None:
    ground = Ground()
    ground.physics.apply(down("silent", end=end))
    assert [e for e in range(8) if ground.physics.passing[e] == 0.0] == [slot]
    assert ground.physics.light.all()
    ground.kernel.run(100 * MS)
    assert ground.seen == []
    ground.physics.apply(up("silent", end=end))
    assert (ground.physics.passing == 1.0).all()


def test_losses_multiply_and_go_as_they_came() -> None:
    ground = Ground()
    ground.physics.apply(down("lossy", loss_ratio=0.5))
    ground.physics.apply(down("lossy", loss_ratio=0.2, end=NEAR))
    assert ground.physics.passing[[NEAR_SLOT, FAR_SLOT]].tolist() == [0.4, 0.5]
    ground.physics.apply(up("lossy", loss_ratio=0.5))
    assert ground.physics.passing[[NEAR_SLOT, FAR_SLOT]].tolist() == [0.8, 1.0]


def test_a_switch_that_boots_sees_its_ports_as_they_are() -> None:
    ground = Ground()
    ground.physics.apply(down("link", 0))
    ground.physics.reset(0)
    ground.kernel.run(20 * MS)
    assert [slot for _, _, slot in ground.seen] == [FAR_SLOT, FAR_SLOT]
    assert ground.physics.pruned[NEAR_SLOT]
    assert ground.physics.seen[NEAR_SLOT] is False

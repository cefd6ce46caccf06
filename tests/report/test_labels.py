from __future__ import annotations

from sidr.report.labels import Box, Label, place

INSIDE = Box(0, 0, 300, 200)


def label(name: str, *anchors: tuple[float, float]) -> Label:
    return Label(name, (name, "1 ms"), anchors, 60, 30)


def test_a_label_stands_right_of_its_point_when_that_is_free() -> None:
    box = place([label("a", (100, 100))], [], INSIDE)["a"][1]
    assert box is not None and box.x0 > 100


def test_a_label_goes_left_at_the_right_edge() -> None:
    box = place([label("a", (290, 100))], [], INSIDE)["a"][1]
    assert box is not None and box.x1 < 290


def test_labels_touch_neither_each_other_nor_a_curve() -> None:
    curve = Box(150, 0, 150, 200)
    points = [(140.0, y) for y in (100.0, 60.0, 140.0)]
    labels = [label(name, *points) for name in "abc"]
    boxes = [box for _, box in place(labels, [curve], INSIDE).values() if box is not None]
    assert len(boxes) == 3
    for index, box in enumerate(boxes):
        assert not any(box.meets(other) for other in [curve, *boxes[index + 1 :]])


def test_a_label_without_a_free_place_has_none() -> None:
    everywhere = Box(0, 0, 300, 200)
    assert place([label("a", (100, 100))], [everywhere], INSIDE)["a"][1] is None

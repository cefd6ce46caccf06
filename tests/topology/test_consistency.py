"""Contradictions between fields."""

from __future__ import annotations

import pytest

from sidr.topology.consistency import problems


def found(switches: object, links: object, **more: object) -> list[tuple[object, str]]:
    data = {"switches": switches, "links": links, **more}
    return [(path, str(mistake)) for path, mistake in problems(data)]


def named(*names: str) -> list[dict[str, object]]:
    return [{"name": name} for name in names]


def test_a_sound_document_has_no_problem() -> None:
    assert found(named("a", "b"), [{"a": "a", "b": "b"}, {"a": "b", "b": "a", "rank": 0}]) == []


@pytest.mark.parametrize(
    ("links", "path", "said"),
    [
        ([{"a": "a", "b": "bb"}], ("links", 0, "b"), "did you mean 'b'?"),
        ([{"a": "a", "b": "a"}], ("links", 0, "b"), "to itself"),
        ([{"a": "a", "b": "b", "rank": 1}], ("links", 0, "rank"), "0..0"),
        (
            [{"a": "a", "b": "b", "rank": 1}, {"a": "b", "b": "a", "rank": 1}],
            ("links", 1, "rank"),
            "stands twice between a and b",
        ),
        ([{"a": "a", "b": "b", "srlgs": ["t0"]}], ("links", 0, "srlgs", 0), "default trunk"),
    ],
)
def test_a_link_that_contradicts_is_found(links: object, path: object, said: str) -> None:
    ((where, text),) = found(named("a", "b"), links)
    assert where == path
    assert said in text


def test_trunk_names_are_free_where_there_are_no_default_trunks() -> None:
    links = [{"a": "a", "b": "b", "srlgs": ["t0"]}]
    assert found(named("a", "b"), links, trunk="none") == []


def test_a_name_that_stands_twice_points_at_the_first() -> None:
    ((path, text),) = found(named("a", "b", "a"), [])
    assert path == ("switches", 2, "name")
    assert "switches[0]" in text


def test_a_switch_without_tier_among_others_with_one_is_found() -> None:
    ((path, _),) = found([{"name": "a", "tier": 0}, {"name": "b"}], [])
    assert path == ("switches", 1, "tier")


def test_a_fabric_without_leaves_is_found() -> None:
    ((path, text),) = found([{"name": "a", "tier": 1}, {"name": "b", "tier": 2}], [])
    assert path == ("switches",)
    assert "no leaf" in text


@pytest.mark.parametrize(
    "data", [None, [], {"switches": 3, "links": {"a": 1}}, {"links": [1, None]}]
)
def test_wrong_types_are_left_to_the_schema(data: object) -> None:
    assert list(problems(data)) == []


def test_unhashable_values_are_left_to_the_schema() -> None:
    assert found([{"name": ["a"]}], [{"a": ["x"], "b": {}, "rank": "y", "srlgs": [[1]]}]) == []

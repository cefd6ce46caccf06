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


@pytest.mark.parametrize(
    ("switch", "used"),
    [
        ({"radix": 2}, 3),
        ({"radix": 3}, 0),
        ({"radix": 1, "hosts": 0}, 2),
        ({"radix": 2, "hosts": 0}, 0),
        ({"radix": 5, "hosts": 4}, 6),
        ({"radix": 1, "tier": 2}, 2),
        ({"radix": 2, "tier": 2}, 0),
        ({"radix": True}, 0),
        ({"radix": None}, 0),
    ],
)
def test_links_and_host_ports_must_fit_the_radix(switch: dict[str, object], used: int) -> None:
    """Switch a has two links, and one host port unless said otherwise."""
    tier = {"tier": 0} if "tier" in switch else {}
    switches = [{"name": "a", **switch}, {"name": "b", **tier}]
    links = [{"a": "a", "b": "b"}, {"a": "b", "b": "a"}]
    problem = found(switches, links)
    assert [path for path, _ in problem] == ([("switches", 0, "radix")] if used else [])
    for _, text in problem:
        assert f"{used} ports in use" in text
        assert f"its radix is {switch['radix']}" in text


def test_the_same_port_of_two_switches_is_two_ports() -> None:
    links = [{"a": "a", "b": "b", "a_port": 1, "b_port": 1}, {"a": "a", "b": "b", "a_port": 2}]
    assert found(named("a", "b"), links) == []


def test_every_further_use_of_a_port_points_at_the_first() -> None:
    links = [{"a": "a", "b": "b", "b_port": "x"}] * 3
    problem = found(named("a", "b"), links)
    assert [path for path, _ in problem] == [("links", 1, "b_port"), ("links", 2, "b_port")]
    assert all("links[0].b_port has it" in text for _, text in problem)


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
    link = {"a": ["x"], "b": {}, "rank": "y", "srlgs": [[1]], "a_port": [], "b_port": {}}
    assert found([{"name": ["a"], "radix": []}, {"name": "b", "radix": "x"}], [link]) == []

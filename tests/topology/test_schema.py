"""What single fields of a native file may hold."""

from __future__ import annotations

import pytest

from sidr.topology.schema import json_schema, validate

SWITCHES = [{"name": "a"}, {"name": "b"}]


def findings(data: object) -> list[tuple[tuple[str | int, ...], str]]:
    content, found = validate(data)
    assert (content is None) == bool(found)
    return [(path, str(mistake)) for path, mistake in found]


def test_the_smallest_file_is_one_switch() -> None:
    content, found = validate({"switches": [{"name": "a"}]})
    assert content is not None
    assert not found
    assert content.trunk == 8
    assert content.defaults.capacity == 400 * 10**9


@pytest.mark.parametrize(
    ("link", "key", "said"),
    [
        ({"capacity": "fast"}, "capacity", "a rate such as 400G"),
        ({"capacity": -1}, "capacity", "a rate such as 400G"),
        ({"capacity": True}, "capacity", "a rate such as 400G"),
        ({"length_m": -3}, "length_m", "at least 0"),
        ({"length_m": float("nan")}, "length_m", "a finite number"),
        ({"length_m": "long"}, "length_m", "a number"),
        ({"length_m": 1e9}, "length_m", "at most"),
        ({"medium": "coper"}, "medium", "did you mean 'copper'?"),
        ({"rank": 1.5}, "rank", "a whole number"),
        ({"rank": True}, "rank", "a whole number"),
        ({"srlgs": "duct"}, "srlgs", "a list"),
        ({"a_port": -1}, "a_port", "a number or a name"),
        ({"b_port": True}, "b_port", "a number or a name"),
        ({"b_port": 1.5}, "b_port", "a number or a name"),
        ({"a_port": "Ethernet 1"}, "a_port", "a number or a name"),
        ({"a_port": "x" * 65}, "a_port", "at most 64"),
        ({"port": 1}, "port", "rank, a_port, b_port"),
        ({"capcity": "400G"}, "capcity", "did you mean 'capacity'?"),
    ],
)
def test_a_wrong_field_is_found_with_what_is_allowed(
    link: dict[str, object], key: str, said: str
) -> None:
    ((path, text),) = findings({"switches": SWITCHES, "links": [{"a": "a", "b": "b", **link}]})
    assert path == ("links", 0, key)
    assert said in text


@pytest.mark.parametrize("name", ["", "a b", "a--b", "a#1", "-a", "a/b", "a@1s", "x" * 65, "ä", 7])
def test_names_that_would_break_fault_expressions_are_refused(name: object) -> None:
    assert [path for path, _ in findings({"switches": [{"name": name}]})] == [
        ("switches", 0, "name")
    ]


@pytest.mark.parametrize("port", [0, 7, "7", "Ethernet1/7", "et-0/0/1:2", None])
def test_ports_are_numbers_or_the_names_that_vendors_print(port: object) -> None:
    links = [{"a": "a", "b": "b", "a_port": port}]
    content, wrong = validate({"switches": SWITCHES, "links": links})
    assert not wrong
    assert content is not None
    assert content.links[0].a_port == (None if port is None else str(port))


@pytest.mark.parametrize("radix", [0, -1, "64", 1.5, True])
def test_a_radix_is_a_positive_number(radix: object) -> None:
    assert [path for path, _ in findings({"switches": [{"name": "a", "radix": radix}]})] == [
        ("switches", 0, "radix")
    ]


@pytest.mark.parametrize("name", ["leaf0", "p0-leaf1", "Zrich", "a.b_c", "7"])
def test_ordinary_names_pass(name: str) -> None:
    assert findings({"switches": [{"name": name}]}) == []


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "switches is missing"),
        ({"switches": []}, "no switches"),
        ({"switches": SWITCHES, "trunk": "all"}, "a whole number"),
        ({"switches": SWITCHES, "defualts": {}}, "did you mean 'defaults'?"),
        ({"switches": SWITCHES, "defaults": {"lenght_m": 3}}, "did you mean 'length_m'?"),
        ({"switches": ["a"]}, "a mapping"),
        ([], "a mapping"),
    ],
)
def test_a_wrong_file_is_found(data: object, said: str) -> None:
    ((_, text),) = findings(data)
    assert said in text


def test_trunk_none_is_zero() -> None:
    content, _ = validate({"switches": SWITCHES, "trunk": "none"})
    assert content is not None
    assert content.trunk == 0


def test_the_json_schema_names_every_key() -> None:
    schema = json_schema()
    assert set(schema["properties"]) == {
        "host_rate",
        "links_per_host",
        "trunk",
        "defaults",
        "switches",
        "links",
    }
    assert schema["required"] == ["switches"]
    assert "radix" in schema["$defs"]["SwitchEntry"]["properties"]
    ports = [schema["$defs"]["LinkEntry"]["properties"][key] for key in ("a_port", "b_port")]
    assert ["end a" in ports[0]["description"], "end b" in ports[1]["description"]] == [True, True]

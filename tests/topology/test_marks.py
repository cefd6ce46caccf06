"""The strict YAML reader."""

from __future__ import annotations

import pytest

from sidr.errors import TopologyError
from sidr.topology import marks


def mistakes(text: str) -> list[str]:
    with pytest.raises(TopologyError) as caught:
        marks.read(text, "f")
    return [str(mistake) for mistake in caught.value.mistakes]


def test_plain_data_is_read_as_written() -> None:
    text = "a: 1\nb: [x, 2.5, null, true, {c: -3e2}]\nd: 'no'\ne:\n- f: \"7\"\n  g:\n"
    assert marks.read(text, "f") == {
        "a": 1,
        "b": ["x", 2.5, None, True, {"c": -300.0}],
        "d": "no",
        "e": [{"f": "7", "g": None}],
    }


@pytest.mark.parametrize("word", ["no", "yes", "1:30", "2024-01-01", "0x1f", "1_000", ".inf", "on"])
def test_words_that_other_readers_twist_stay_text(word: str) -> None:
    assert marks.read(f"a: {word}", "f") == {"a": word}


def test_json_with_tabs_is_read() -> None:
    assert marks.read('{\n\t"a": [1, {"b": "x"}]\n}', "f") == {"a": [1, {"b": "x"}]}


def test_an_empty_file_is_nothing() -> None:
    assert marks.read("# only a comment\n", "f") is None


def test_broken_yaml_names_line_and_column() -> None:
    (text,) = mistakes("a: [1, 2\nb: }")
    assert text.startswith("f:2:2: broken YAML:")


def test_a_control_character_is_a_mistake() -> None:
    (text,) = mistakes("a: \x00")
    assert "broken YAML" in text


def test_an_alias_bomb_is_refused_at_its_first_layer() -> None:
    layers = "".join(f"l{i + 1}: &l{i + 1} [{', '.join([f'*l{i}'] * 9)}]\n" for i in range(9))
    found = mistakes("l0: &l0 [x]\n" + layers)
    assert found[0].startswith("f:2: alias *l0")
    assert len(found) == 81


def test_repeated_keys_are_all_reported() -> None:
    assert mistakes("a: 1\na: 2\nb: {c: 1, c: 2}") == [
        "f:2: key 'a' stands twice (allowed: once)",
        "f:3: key 'c' stands twice (allowed: once)",
    ]
    assert "stands twice" in mistakes('{"a": 1, "a": 2}')[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" * 100, "nested too deeply"),
        ("[" * 100_000, "nesting depth"),
        ('{"a":' * 100, "nested too deeply"),
        ("a: !!python/name:os.system x", "tag"),
        ("a: 1\n---\nb: 2", "a second document"),
        ("? [a]\n: 1", "a key is a list"),
    ],
)
def test_what_no_fabric_file_needs_is_refused(text: str, said: str) -> None:
    assert said in mistakes(text)[0]


def test_lines_are_found_by_path_or_by_the_closest_place_above() -> None:
    text = "# c\na:\n  - {b: 1}\n  - b: 2\n    c: [x,\n      y]\nd: 3\n"
    paths = [("a",), ("a", 0, "b"), ("a", 1, "b"), ("a", 1, "c", 1), ("a", 1, "z"), ("d",), ("q",)]
    found = marks.lines(text, paths)
    assert [found[path] for path in paths] == [2, 3, 4, 6, 4, 7, 1]

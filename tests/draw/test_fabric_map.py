"""The map as SVG: everything once, states as classes, names escaped, equal bytes."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from xml.etree import ElementTree

import numpy as np
import pytest

from sidr.draw.fabric_map import STYLE, State, draw_map, fabric_map, text
from sidr.draw.palette import COLOURS
from sidr.topology import fabric, load

SVG = "{http://www.w3.org/2000/svg}"
SPECS = (
    "leaf-spine:leaves=4,spines=4,parallel=2",
    "fat-tree:k=4",
    "10p10u:size=mini",
    "10p10u:size=small",
    "topologies/ring-7.yaml",
)
HOSTILE = (
    '<script>alert("1")</script>',
    "a&b'c",
    'q" onload="x',
    "tab\tline\nbell\x07",
    "žlutý 葉 \U0001f331",
)


def groups(svg: str, kind: str) -> list[ElementTree.Element]:
    """The elements of a class, in the order of the file."""
    return [
        g for g in ElementTree.fromstring(svg).iter(f"{SVG}g") if kind in g.get("class", "").split()
    ]


def titles(elements: list[ElementTree.Element]) -> list[str]:
    return [str(element.findtext(f"{SVG}title")) for element in elements]


@pytest.mark.parametrize("spec", SPECS)
def test_every_switch_and_link_is_there_once_with_its_name(spec: str) -> None:
    built = load(spec)
    svg = fabric_map(built)
    names = [built.link_name(link) for link in range(built.links)]
    links, switches = groups(svg, "link"), groups(svg, "switch")
    assert [link.get("data-link") for link in links] == titles(links) == names
    assert [s.get("data-switch") for s in switches] == titles(switches) == list(built.names)
    ids = [element.get("id") for element in ElementTree.fromstring(svg).iter() if element.get("id")]
    assert ids == [f"link-{n}" for n in range(built.links)] + [
        f"switch-{n}" for n in range(built.switches)
    ]
    assert all(len(link.findall(f"{SVG}path")) == 1 for link in links)


def test_a_state_shows_as_classes_and_titles() -> None:
    built = load("leaf-spine:leaves=4,spines=4")
    down, both, detour = "leaf0--spine1", "leaf1--spine1", "leaf2--spine0"
    state = State(frozenset([down, both]), frozenset([detour, both]), frozenset(["spine3"]))
    svg = fabric_map(built, state)
    seen = {link.get("data-link"): str(link.get("class")) for link in groups(svg, "link")}
    assert {name: kind for name, kind in seen.items() if kind != "link"} == {
        down: "link down",
        detour: "link detour",
        both: "link detour down",
    }
    assert set(titles(groups(svg, "down"))) == {f"{down}: down", f"{both}: down, detour"}
    assert titles(groups(svg, "detour"))[-1] == f"{detour}: detour"
    assert titles(groups(svg, "dead")) == ["spine3: down"]
    order = [link.get("class") for link in groups(svg, "link")]
    assert order[:13] == ["link"] * 13, "marked links lie on top"


def test_marks_are_what_the_drawing_shows() -> None:
    drawn = draw_map(load("fat-tree:k=4"), prefix="live-")
    state = State(frozenset(["p0-leaf0--p0-agg1"]), frozenset(), frozenset(["core2"]))
    marks = drawn.marks(state)
    root = ElementTree.fromstring(drawn.svg(state))
    shown = {
        str(g.get("id")): (str(g.get("class")).split(), g.findtext(f"{SVG}title"))
        for g in root.iter(f"{SVG}g")
        if {"down", "dead", "detour"} & set(str(g.get("class")).split())
    }
    assert {id: (mark.classes.split(), mark.title) for id, mark in marks.items()} == {
        id: ([c for c in classes if c not in ("link", "switch")], title)
        for id, (classes, title) in shown.items()
    }
    assert all(id.startswith("live-") for id in marks)
    assert drawn.marks(State()) == {}


def test_a_state_with_an_unknown_name_is_a_bug() -> None:
    drawn = draw_map(load("leaf-spine:leaves=2,spines=2"))
    with pytest.raises(KeyError, match="leaf9--spine0"):
        drawn.marks(State(frozenset(["leaf9--spine0"])))


def test_large_fabrics_are_drawn_as_bundles_that_count() -> None:
    built = load("10p10u:size=full")
    drawn = draw_map(built)
    state = State(
        frozenset(built.link_name(link) for link in (0, 1)), frozenset([built.link_name(2)])
    )
    svg = drawn.svg(state)
    bundles = groups(svg, "link")
    assert len(bundles) == 16 * 8
    assert sum(int(bundle.get("data-links", "")) for bundle in bundles) == built.links
    assert "bundles" in str(ElementTree.fromstring(svg).get("class"))
    marked = Counter(mark.title.split("links, ")[1] for mark in drawn.marks(state).values())
    assert marked == {"2 down, 1 detour": 1}
    assert len(svg) < 90_000


def test_names_are_escaped() -> None:
    built = fabric("<&>", names=list(HOSTILE), a=np.arange(4), b=np.arange(1, 5))
    svg = fabric_map(built)
    switches = groups(svg, "switch")
    assert len(list(ElementTree.fromstring(svg).iter(f"{SVG}script"))) == 0
    found = {str(s.get("data-switch")) for s in switches}
    assert found == {name.replace("\x07", "\ufffd") for name in HOSTILE}
    assert "<script" not in svg and 'onload="' not in svg
    assert text("\x00\ud800<") == "\ufffd\ufffd&lt;"


@pytest.mark.parametrize("spec", [*SPECS, "10p10u:size=full"])
def test_nothing_in_a_map_needs_more_rights_than_svg(spec: str) -> None:
    svg = fabric_map(load(spec))
    assert "style=" not in svg and "href" not in svg
    assert svg.count("http") == 1  # the name space


def test_equal_values_give_equal_bytes_in_every_process() -> None:
    code = (
        "from sidr.draw.fabric_map import State, fabric_map; from sidr.topology import load; "
        "f = load('fat-tree:k=4'); n = frozenset(f.link_name(i) for i in range(9)); "
        "print(fabric_map(f, State(n, n, frozenset(f.names[:5]))))"
    )
    ran = [
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            check=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    ]
    assert ran[0] == ran[1] != b""


def test_the_style_sheet_uses_colours_that_there_are() -> None:
    used = {part.split(")")[0].strip("-") for part in STYLE.split("var(")[1:]}
    assert used <= set(COLOURS)

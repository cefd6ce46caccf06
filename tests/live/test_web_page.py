"""The page is one file that asks nobody for anything, with every link in it."""

from __future__ import annotations

import re

import numpy as np
import pytest

from sidr.draw.fabric_map import draw_map
from sidr.live.web_page import MANUAL_BUNDLES, map_id, page_text
from sidr.topology import fabric, load


@pytest.mark.parametrize("spec", ["fat-tree:k=4", "topologies/ring-7.yaml"])
def test_the_page_holds_the_map_and_asks_for_nothing(spec: str) -> None:
    built = load(spec)
    page = page_text(draw_map(built), "n0nce")
    assert page.count("<path d=") >= built.links
    assert page.count("data-link=") == built.links
    assert not re.search(r"""(?:src|href)=["'](?!data:,)""", page)
    assert "@import" not in page and "url(" not in page
    assert set(re.findall(r"https?://[^\s\"'<>]*", page)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"<[^>]*\sstyle=", page) and not re.search(r"<[^>]*\son\w+=", page)
    assert page.count('nonce="n0nce"') == 2 == page.count("<style") + page.count("<script")


def test_names_are_escaped() -> None:
    built = fabric("</title><script>", names=["<b>", '"q"'], a=np.array([0]), b=np.array([1]))
    page = page_text(draw_map(built), "n")
    assert page.count("<script") == 1 and "<b>" not in page


def test_large_fabrics_say_that_links_are_bundled() -> None:
    page = page_text(draw_map(load("leaf-spine:leaves=128,spines=64")), "n")
    assert MANUAL_BUNDLES in page and "data-link=" not in page


def test_another_map_has_another_id() -> None:
    one, other = (draw_map(load(f"leaf-spine:leaves={n},spines=2")) for n in (2, 3))
    assert map_id(one) != map_id(other)
    assert map_id(one) == map_id(draw_map(load("leaf-spine:leaves=2,spines=2")))

"""The live page as HTML text: one file with its style, its script and the map, and no request.

The parts are in `page/`; `web` serves what is made here. All that changes comes by events, so the
page is the same for everybody but for its nonce.
"""

from __future__ import annotations

import hashlib
from importlib.resources import files
from string import Template

from sidr.draw import palette
from sidr.draw.fabric_map import STYLE, FabricMap, text
from sidr.draw.places import SCALE_MIN

SCALE_MAX = 1.25
"""Share of its natural size up to which the map grows with the window."""
MANUAL = "Click a link to cut it, again to restore it; with the keyboard: arrows, then Enter."
MANUAL_BUNDLES = "Links are bundled, for there are too many to be drawn; cut them by a fault below."


def page_text(drawn: FabricMap, nonce: str) -> str:
    """The page of a fabric; only styles and scripts with the nonce are its own."""
    fabric = drawn.sketch.fabric
    return Template(_part("live.html")).substitute(
        nonce=text(nonce),
        map_id=map_id(drawn),
        label=text(fabric.label),
        size=f"{fabric.switches:,} switches, {fabric.links:,} links",
        css="\n".join([palette.css(), STYLE, _part("live.css"), _map_size(drawn)]),
        map=drawn.svg(),
        manual=MANUAL_BUNDLES if drawn.sketch.bundled else MANUAL,
        example=text(f"cut:{fabric.link_name(0)}" if fabric.links else "cut:A--B"),
        script=_part("live.js"),
    )


def map_id(drawn: FabricMap) -> str:
    """Differs where the map does: a page that hears another id from its server loads anew."""
    return hashlib.sha256(drawn.svg().encode()).hexdigest()[:16]


def _map_size(drawn: FabricMap) -> str:
    """The map fills its card, but stays readable and does not become a poster."""
    low, high = (round(scale * drawn.layout.width) for scale in (SCALE_MIN, SCALE_MAX))
    return f"#map svg {{ width: 100%; min-width: {low}px; max-width: {high}px; }}"


def _part(name: str) -> str:
    return (files("sidr.live") / "page" / name).read_text(encoding="utf-8")

"""The colours of every page and figure, light and dark, as CSS variables of the same names.

Text colours have at least 4.5:1 on their card, those of lines at least 3:1 (WCAG 2.2, AA); what
must be told apart stays apart under the common colour deficiencies, and is told apart by shape or
dashes as well. Tests hold all of it.
"""

from __future__ import annotations

from typing import NamedTuple


class Colour(NamedTuple):
    """One role's colour in the two themes, as #rrggbb."""

    light: str
    dark: str


COLOURS: dict[str, Colour] = {
    "page": Colour("#f6f7f9", "#0f1318"),
    "card": Colour("#ffffff", "#171d24"),
    "ink": Colour("#18202b", "#e7ebf0"),
    "muted": Colour("#5b6573", "#9ea8b5"),
    "lines": Colour("#e2e6eb", "#2a323c"),
    "code": Colour("#eff2f5", "#222a33"),
    "sidr": Colour("#007a6c", "#35cbb2"),
    "ospf": Colour("#a86500", "#f2a541"),
    "bgp": Colour("#6340ae", "#b39af2"),
    "spare0": Colour("#1f5fa8", "#6fb1f5"),
    "spare1": Colour("#a3246d", "#f08cc0"),
    "spare2": Colour("#4d6b1f", "#b4d67a"),
    "link": Colour("#8a95a3", "#6b7684"),
    "down": Colour("#c8321f", "#ff7361"),
    "down-tint": Colour("#fcedea", "#3a211f"),
    "detour": Colour("#c07600", "#f0ad3c"),
    "h1": Colour("#e9f3f1", "#1b2c2d"),
    "h2": Colour("#d0e7e2", "#1c3a38"),
    "h3": Colour("#b0d6d0", "#1d4c48"),
    "h4": Colour("#8cc3bb", "#1f605a"),
}
"""Role -> colour: `lines` are frames and grids, `link` a link that is well, h1..h4 heat steps."""

FONTS = 'Inter, system-ui, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif'
"""Whatever the reader's system has; none is loaded."""


def css() -> str:
    """Style sheet that sets the variables, `--ink` and so on and `--fonts`, by the reader's theme.

    Print is light in every theme.
    """
    light = _variables("light", [colour.light for colour in COLOURS.values()])
    dark = _variables("dark", [colour.dark for colour in COLOURS.values()])
    return f"{light}\n@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}"


def _variables(scheme: str, values: list[str]) -> str:
    lines = [f"  --{name}: {value};" for name, value in zip(COLOURS, values, strict=True)]
    return "\n".join([":root {", f"  color-scheme: {scheme};", f"  --fonts: {FONTS};", *lines, "}"])

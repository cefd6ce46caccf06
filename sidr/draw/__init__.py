"""From values to SVG text: the colours that every page shares, and the map of a fabric.

`palette` has the colours, light and dark; `sketch` says what is drawn (every switch and link, or
bundles of a large fabric), `rows` and `ellipse` where (with tiers, without), `places` what a place
is, `edges` along which lines, and `fabric_map` makes the SVG and says which elements a state marks.
Nothing here reads a clock or a file, and equal values give equal bytes. The live page and the
report call it.

To add a drawing, do: a module with a function from frozen values to SVG text that takes its colours
from `palette` by CSS variable, its `STYLE` beside it, and its line here.
"""

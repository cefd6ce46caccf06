"""What goes wrong, when: fault expressions, kinds, scenario files and seeded sampling.

`grammar` reads and writes the text of one fault; `targets` finds what a text names in a fabric;
`kinds` knows what each kind of fault takes down; `sampling` makes a Schedule of trials, each with
a seed of its own; `scenario` reads people's scenario files and keeps exact schedules. Executing a
schedule is not here: drivers do that. Published failure rates are not here yet.

To add a kind, do: write its `expand` in `kinds.py` and add one `Kind` to `BUILT_IN` there; other
packages offer a `Kind` through the entry-point group `sidr.faults`.
"""

from sidr.fault.grammar import format, parse, parse_trial
from sidr.fault.kinds import kinds
from sidr.fault.sampling import schedule

__all__ = ["format", "kinds", "parse", "parse_trial", "schedule"]

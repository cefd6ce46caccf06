"""The README's picture: the recovery curve of the demo's run, as a file that stands on its own.

Runs the demo's campaign unless a directory of results is given, and writes
bench/results/recovery.svg. Nothing in it depends on the machine: two runs give equal bytes.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from sidr.report.figures import VARIABLES, recovery_curve
from sidr.trace.results import ROWS, read_rows
from sidr.trace.summary import by_protocol, read_summary

ROOT = Path(__file__).resolve().parent.parent
WIDTH_PX = 760
FONTS = "Inter, system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', Arial, sans-serif"


def picture(directory: Path) -> str:
    """SVG file text: share of faults repaired over time, under the first profile of a run."""
    profile = read_summary(directory).profiles[0]
    held = by_protocol(read_rows(directory / ROWS), profile)
    times = {name: [row.repair_ns for row in rows] for name, rows in held.items()}
    text = recovery_curve(times, WIDTH_PX)
    for colour, name in VARIABLES.items():
        text = text.replace(f"var({name})", colour)
    head, _, body = text.partition(">")
    paper = '<rect width="100%" height="100%" rx="6" fill="#ffffff"/>'
    return (
        f'{head} xmlns="http://www.w3.org/2000/svg" font-family="{FONTS}" font-size="12">'
        f"{paper}{body}\n"
    )


def main(given: Sequence[str]) -> None:
    """Make the picture from the directory of results in `given`, or from a run of the demo."""
    directory = Path(given[0]) if given else ROOT / "out" / "picture"
    if not given:
        order = ("bench", "10p10u:size=mini", "--force", "-q", "-o", str(directory))
        quiet = {"check": True, "stdout": subprocess.DEVNULL}
        subprocess.run([str(Path(sys.executable).with_name("sidr")), *order], **quiet)
    place = ROOT / "bench" / "results" / "recovery.svg"
    place.write_text(picture(directory))
    print(f"written {place.name}")


if __name__ == "__main__":
    main(sys.argv[1:])

"""Pages: one trial each, as text. What happens and what is expected, for people and for pytest.

A page is a paragraph about it, lines `key: value`, a line `---`, and what `sidr replay` prints of
the trial (life signs and idle timers left out, messages by name), last a line with the result.

Keys: `fabric`, `protocol` (or a row of SIDR such as `sidr-as-bgp`), `profile`, `hardware`,
`fault`, `seed`; and to keep a page a page: `until` (time since the fault), `from`, `only`
(switches), `hide` (types of messages).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from sidr.campaign.variants import base_of, hello_for
from sidr.fault import schedule
from sidr.model.profiles import hardware, profile
from sidr.model.units import duration_ns
from sidr.protocols.registry import kit
from sidr.sim.stage import Stage, stage, touched
from sidr.sim.trial import Outcome, Terms, run
from sidr.topology import load
from sidr.trace.reader import records
from sidr.trace.text import NOWHERE, Line, lines

KEYS = ("fabric", "protocol", "profile", "hardware", "fault", "seed")
LIMITS = ("from", "until")
FILTERS = (*LIMITS, "only", "hide")
RULE = "---"


@dataclass(frozen=True, slots=True)
class Page:
    """One page.

    Attributes:
        about: the paragraph. head: key -> value, in the page's order. body: what is expected.
    """

    about: str
    head: dict[str, str] = field(default_factory=dict)
    body: str = ""

    @property
    def text(self) -> str:
        """The page as its file holds it."""
        width = max(map(len, self.head)) + 1
        head = "".join(f"{key + ':':<{width}} {value}\n" for key, value in self.head.items())
        return f"{self.about}\n\n{head}{RULE}\n{self.body}"


def read(path: Path) -> Page:
    """The page in a file."""
    top, _, body = path.read_text(encoding="utf-8").partition(f"\n{RULE}\n")
    about, _, head = top.rpartition("\n\n")
    found = dict(line.partition(":")[::2] for line in head.splitlines())
    page = Page(about, {key: value.strip() for key, value in found.items()}, body)
    wrong = sorted(page.head.keys() - {*KEYS, *FILTERS})
    missing = [key for key in KEYS if key not in page.head]
    assert not wrong and not missing, f"{path.name}: unknown {wrong}, missing {missing}"
    return page


def trial_of(page: Page) -> tuple[Stage, Outcome]:
    """The page's trial, run with its trace kept, and the stage that it ran on."""
    head = page.head
    fabric = load(head["fabric"])
    (trial,) = schedule(fabric, [head["fault"]], sample=1, seed=int(head["seed"])).trials
    ready = _stage(head["fabric"], touched(fabric, trial))
    timers = profile(head["profile"])
    terms = Terms(timers, hardware(head["hardware"]), hello=hello_for(head["protocol"], timers))
    return ready, run(ready, trial, kit(base_of(head["protocol"])), terms, keep=True)


def played(page: Page) -> str:
    """What happens in the page's trial: event lines, and the result."""
    ready, outcome = trial_of(page)
    found = list(records(outcome.recorder.data()))
    tagged = kit(base_of(page.head["protocol"])).tagged
    shown = lines(found, ready.fabric, tagged=tagged, quiet=True)
    events = [line.row(line.full) for line in _kept(page, shown)]
    return "\n".join([*events, result(outcome)]) + "\n"


@cache
def _stage(spec: str, where: tuple[int, ...]) -> Stage:
    return stage(load(spec), where)


def result(outcome: Outcome) -> str:
    """The last line of a page."""
    m = outcome.measured
    return (
        f"= detection {_ms(outcome.detection_ns)}, repair {_ms(m.repair_ns)}, loops {m.loops}, "
        f"lost {m.lost_traffic_s:.6f} s and {m.restore_lost_s:.6f} s at restoration, "
        f"messages {outcome.messages}"
    )


def _ms(time_ns: float | None) -> str:
    """A time since the fault; nothing is noticed or mended at once."""
    return f"{time_ns / 1e6:.6f} ms" if time_ns and math.isfinite(time_ns) else "never"


def _kept(page: Page, shown: Iterator[Line]) -> Iterator[Line]:
    """The lines that the page's filters leave."""
    limits = {key: duration_ns(page.head[key]) / 1e6 for key in LIMITS if key in page.head}
    first, last = limits.get("from", -math.inf), limits.get("until", math.inf)
    only = _words(page.head.get("only", ""))
    hidden = _words(page.head.get("hide", ""))
    for line in shown:
        here = not only or line.switch in (*only, NOWHERE)
        if not here or not first <= line.ms <= last:
            continue
        if any(f" {word}(" in line.what for word in hidden):
            continue
        sent = tuple(text for text in line.sent if text.split(" ")[0] not in hidden)
        yield Line(line.ms, line.switch, line.what, sent)


def _words(text: str) -> Sequence[str]:
    return [word.strip() for word in text.split(",") if word.strip()]

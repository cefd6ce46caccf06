"""What a kind of fabric is, and our own kinds: `KINDS`, with their parameters.

How a fabric is made stands in `layered`, `campus` and `jellyfish`; this module only says which.
Kinds of other packages are found by `registry`; reading a spec's text is in `spec`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sidr.errors import Mistake, TopologyError
from sidr.model.fabric import Fabric
from sidr.topology.campus import SITES_MAX, campus, site_campus
from sidr.topology.jellyfish import jellyfish
from sidr.topology.layered import Cables, Clos, folded_clos, leaf_spine

LINKS_MAX = 4_000_000
"""Most links of a generated fabric: more is a slip of the pen, and would fill the memory."""

Values = Mapping[str, int]
"""Parameter values, all as integers (see `Parameter.form`)."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a kind.

    Attributes:
        default: as it would be written; "" = derived from the others (the value is then 0).
        low, high: range of a number.
        form: "number"; "rate" (bit/s); "trunk" (a number or none = 0); "choice" (the position
            in `choices`).
    """

    default: str
    low: int = 1
    high: int = 4096
    form: str = "number"
    choices: tuple[str, ...] = ()

    @property
    def allowed(self) -> str:
        """What may be written, in words."""
        if self.form == "choice":
            return ", ".join(self.choices)
        if self.form == "rate":
            return "a rate such as 400G"
        span = f"{self.low}..{self.high}"
        return f"{span} or none" if self.form == "trunk" else span


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fabric.

    Attributes:
        name: as written in a spec; summary: one line for people.
        parameters: by name, those that all kinds take included.
        build: from the spec's text (the label) and a value for every parameter to the Fabric;
            raises TopologyError when values do not fit each other.
    """

    name: str
    summary: str
    parameters: Mapping[str, Parameter]
    build: Callable[[str, Values], Fabric]


SHARED = {
    "capacity": Parameter("400G", form="rate"),
    "trunk": Parameter("8", form="trunk"),
}
"""Parameters that every kind takes."""

SIZES = ("mini", "small", "full")
SHAPES_10P10U = {
    "mini": Clos(pods=4, leaves=2, aggs=2, cores=4, agg_uplinks=2, hosts=2, links_per_host=2),
    "small": Clos(
        planes=2, pods=4, leaves=8, aggs=8, cores=16, agg_uplinks=8, hosts=8, links_per_host=4
    ),
    "full": Clos(
        planes=16, pods=4, leaves=32, aggs=32, cores=64, agg_uplinks=32, hosts=32, links_per_host=32
    ),
}
"""Our model of the 10p10u fabric: planes of 64-port switches; a host takes two ports per plane."""


def _leaf_spine(spec: str, values: Values) -> Fabric:
    leaves, spines, parallel = values["leaves"], values["spines"], values["parallel"]
    _check(spec, _too_many(spec, leaves * spines * parallel))
    return leaf_spine(spec, leaves, spines, parallel, _cables(values))


def _fat_tree(spec: str, values: Values) -> Fabric:
    k = values["k"]
    odd = [Mistake(f"{spec}: k", f"{k} is odd", "an even number 2..128")] if k % 2 else []
    _check(spec, odd)
    half = k // 2
    shape = Clos(pods=k, leaves=half, aggs=half, cores=half**2, agg_uplinks=half, hosts=half)
    return folded_clos(spec, shape, _cables(values))


def _clos(spec: str, values: Values) -> Fabric:
    pods, leaves, aggs, cores = (values[key] for key in ("pods", "leaves", "aggs", "cores"))
    uplinks = values["agg_uplinks"] or max(1, cores // aggs)
    where = f"{spec}: agg_uplinks"
    mistakes = []
    if cores % uplinks:
        divisors = [str(d) for d in range(1, cores + 1) if cores % d == 0]
        listed = ", ".join(divisors[:12]) + (", ..." if len(divisors) > 12 else "")
        mistakes.append(Mistake(where, f"{uplinks} does not divide cores={cores}", listed))
    elif aggs * uplinks < cores:
        found = f"{aggs} aggs x {uplinks} uplinks leave some of the {cores} cores without a link"
        mistakes.append(Mistake(where, found, f"at least {-(-cores // aggs)}"))
    _check(spec, mistakes + _too_many(spec, pods * aggs * (leaves + uplinks)))
    shape = Clos(pods=pods, leaves=leaves, aggs=aggs, cores=cores, agg_uplinks=uplinks, hosts=aggs)
    return folded_clos(spec, shape, _cables(values))


def _10p10u(spec: str, values: Values) -> Fabric:
    return folded_clos(spec, SHAPES_10P10U[SIZES[values["size"]]], _cables(values))


def _campus(spec: str, values: Values) -> Fabric:
    return campus(spec, site_campus(values["sites"]), _cables(values))


def _jellyfish(spec: str, values: Values) -> Fabric:
    switches, degree = values["switches"], values["degree"]
    where = f"{spec}: degree"
    mistakes = []
    if degree >= switches:
        found = f"{degree} neighbours among {switches} switches"
        mistakes.append(Mistake(where, found, f"below {switches}"))
    if switches * degree % 2:
        found = f"{switches} switches x {degree} links each is odd, but every link has two ends"
        mistakes.append(Mistake(where, found, "an even product"))
    _check(spec, mistakes)
    return jellyfish(spec, switches, degree, values["seed"], _cables(values))


def _cables(values: Values) -> Cables:
    return Cables(capacity_bps=values["capacity"], trunk=values["trunk"])


def _too_many(spec: str, links: int) -> list[Mistake]:
    if links <= LINKS_MAX:
        return []
    return [Mistake(spec, f"makes {links} links", f"at most {LINKS_MAX}")]


def _check(spec: str, mistakes: list[Mistake]) -> None:
    if mistakes:
        raise TopologyError(mistakes)


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "leaf-spine",
            "every leaf to every spine",
            {
                "leaves": Parameter("8"),
                "spines": Parameter("8"),
                "parallel": Parameter("1", high=256),
                **SHARED,
            },
            _leaf_spine,
        ),
        Kind(
            "fat-tree",
            "k pods of k/2 leaves and k/2 aggs, (k/2)^2 cores, all switches with k ports",
            {"k": Parameter("4", low=2, high=128), **SHARED},
            _fat_tree,
        ),
        Kind(
            "clos",
            "three tiers, leaves and aggs per pod, each agg to agg_uplinks of the cores",
            {
                "pods": Parameter("2"),
                "leaves": Parameter("4"),
                "aggs": Parameter("4"),
                "cores": Parameter("8", high=65536),
                "agg_uplinks": Parameter("", high=65536),
                **SHARED,
            },
            _clos,
        ),
        Kind(
            "10p10u",
            "a model of the 10p10u fabric: parallel planes, each a three-tier Clos of 64 x 400G",
            {"size": Parameter("mini", form="choice", choices=SIZES), **SHARED},
            _10p10u,
        ),
        Kind(
            "campus",
            "16 planes of sites, each a three-tier Clos of 128-port switches, under super-cores",
            {"sites": Parameter("4", high=SITES_MAX), **SHARED},
            _campus,
        ),
        Kind(
            "jellyfish",
            "a random regular graph without tiers, the same for a seed in every version",
            {
                "switches": Parameter("40", low=3),
                "degree": Parameter("6", low=2, high=256),
                "seed": Parameter("1", low=0, high=999_999_999),
                **SHARED,
            },
            _jellyfish,
        ),
    )
}
"""All kinds of ours by name."""

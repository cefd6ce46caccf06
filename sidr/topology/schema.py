"""The native fabric file as pydantic models, and pydantic's findings as mistakes.

What single fields may hold is here; what must hold between fields is in `consistency`. Import this
module inside functions only: it loads pydantic, and is the only one that does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema

from sidr.errors import Mistake, SidrError, nearest
from sidr.model.units import RATE_WORDS, rate_bps
from sidr.topology.build import LENGTH_M
from sidr.topology.marks import Path
from sidr.topology.trunks import TRUNK_LINKS

NAME_PATTERN = r"^[A-Za-z0-9_](?:-?[A-Za-z0-9._])*$"
NAME_WORDS = "letters, digits and . _ with single - between them, at most 64"
PORT_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$"
PORT_WORDS = "a number or a name of letters, digits and . _ : / -, at most 64"
NUMBER_MAX = 10**6
"""Largest pod, plane or site number: larger is a slip of the pen."""
LENGTH_M_MAX = 2e7
"""Longest link, m: half the way round the Earth."""

_CHECKED = "checked when the file is read, and no part of the fabric or its hash"
_PORT = "number or name of the port, once per switch, at end"


def _rate(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise ValueError(RATE_WORDS)
    try:
        return rate_bps(str(value))
    except SidrError as error:
        raise ValueError(error.mistakes[0].allowed) from error


def _port(value: object) -> object:
    written = isinstance(value, (int, str)) and not isinstance(value, bool)
    if not written or not re.fullmatch(PORT_PATTERN, str(value)):
        raise ValueError(PORT_WORDS)
    return str(value)


def _trunk(value: object) -> object:
    return 0 if value in ("none", None) else value


Name = Annotated[str, Field(pattern=NAME_PATTERN, max_length=64)]
Rate = Annotated[
    int,
    BeforeValidator(_rate),
    WithJsonSchema({"type": ["string", "integer"], "examples": ["400G", 400000000000]}),
]
Port = Annotated[
    str,
    BeforeValidator(_port),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 0},
                {"type": "string", "pattern": PORT_PATTERN},
            ],
            "examples": [7, "Ethernet1/7"],
        }
    ),
]
Trunk = Annotated[
    int,
    BeforeValidator(_trunk),
    Field(ge=0, le=4096),
    WithJsonSchema({"anyOf": [{"const": "none"}, {"type": "integer", "maximum": 4096}]}),
]
Number = Annotated[int, Field(ge=0, le=NUMBER_MAX)]
Length = Annotated[float, Field(ge=0, le=LENGTH_M_MAX, allow_inf_nan=False)]
Medium = Literal["optical", "copper"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class SwitchEntry(_Strict):
    """A switch. Without tiers, every switch is a destination."""

    name: Name
    tier: Annotated[int, Field(ge=0, le=15)] | None = Field(
        None, description="0 = leaf; either all switches have a tier or none has"
    )
    pod: Number | None = None
    plane: Number = 0
    site: Number | None = None
    hosts: Annotated[int, Field(ge=0, le=65536)] | None = Field(
        None, description="host-facing ports; 1 on a destination unless said otherwise"
    )
    radix: Annotated[int, Field(ge=1, le=65536)] | None = Field(
        None, description=f"most ports, host-facing ones included; {_CHECKED}"
    )


class LinkEntry(_Strict):
    """A link between switches a and b; missing values come from `defaults`."""

    a: Annotated[str, Field(description="name of a switch")]
    b: Annotated[str, Field(description="name of a switch")]
    capacity: Rate | None = None
    length_m: Length | None = None
    medium: Medium | None = None
    srlgs: Annotated[list[Name], Field(description="links that fail together")] = []
    rank: Annotated[int, Field(ge=0, description="tells parallel links apart")] | None = None
    a_port: Port | None = Field(None, description=f"{_PORT} a; {_CHECKED}")
    b_port: Port | None = Field(None, description=f"{_PORT} b; {_CHECKED}")


class Defaults(_Strict):
    """What links have that do not say otherwise."""

    capacity: Rate = 400 * 10**9
    length_m: Length = LENGTH_M
    medium: Medium = "optical"


class FabricFile(_Strict):
    """A fabric in the native format."""

    host_rate: Rate | None = Field(None, description="of a host port; default defaults.capacity")
    links_per_host: Annotated[int, Field(ge=1, le=65536)] = 1
    trunk: Trunk = Field(TRUNK_LINKS, description="most links per connector, or none")
    defaults: Defaults = Defaults()
    switches: Annotated[list[SwitchEntry], Field(min_length=1)]
    links: list[LinkEntry] = []


_ENTRIES: dict[str, type[BaseModel]] = {
    "switches": SwitchEntry,
    "links": LinkEntry,
    "defaults": Defaults,
}


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the native format, for editors."""
    return FabricFile.model_json_schema()


def validate(data: object) -> tuple[FabricFile | None, list[tuple[Path, Mistake]]]:
    """The file's content, or None and what is wrong with single fields.

    Each mistake comes with the path of the value it is about; its `where` is still empty.
    """
    try:
        return FabricFile.model_validate(data), []
    except ValidationError as error:
        return None, list(_findings(error))


def _findings(error: ValidationError) -> Iterator[tuple[Path, Mistake]]:
    for entry in error.errors(include_url=False):
        path: Path = tuple(entry["loc"])
        kind, value = entry["type"], entry["input"]
        context = {key: str(inner) for key, inner in entry.get("ctx", {}).items()}
        if kind == "missing":
            yield path, Mistake("", f"{path[-1]} is missing")
        elif kind == "extra_forbidden":
            model = _ENTRIES.get(str(path[0]), FabricFile) if len(path) > 1 else FabricFile
            keys = list(model.model_fields)
            close = nearest(str(path[-1]), keys)
            yield path, Mistake("", f"unknown key {path[-1]!r}", ", ".join(keys), close)
        elif kind == "too_short":
            yield path, Mistake("", "no switches", "at least one")
        else:
            close = ""
            if kind == "literal_error":
                close = nearest(str(value), ("optical", "copper"))
            yield path, Mistake("", f"found {_shown(value)}", _allowed(kind, context), close)


def _allowed(kind: str, context: dict[str, str]) -> str:
    """What may stand there, by the type of pydantic's finding."""
    words = {
        "value_error": context.get("error", ""),
        "string_type": "text (put numbers in quotes)",
        "string_pattern_mismatch": NAME_WORDS,
        "string_too_long": NAME_WORDS,
        "int_type": "a whole number",
        "int_from_float": "a whole number",
        "float_type": "a number",
        "finite_number": "a finite number",
        "list_type": "a list",
        "model_type": "a mapping",
        "literal_error": context.get("expected", ""),
        "greater_than_equal": f"at least {context.get('ge')}",
        "less_than_equal": f"at most {context.get('le')}",
    }
    return words.get(kind, kind.replace("_", " "))


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."

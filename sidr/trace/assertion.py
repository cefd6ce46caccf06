"""Questions put to a summary: `sidr.repair_ns.p99 < 10ms` and its answer.

A question is a path, an operator and a number with its unit. The path starts at `protocols`
(`sidr.repair_ns.median`) or at the root (`results.tuned.bgp.cut.repair_ns.max`,
`ratios.tuned.bgp.cut-down`). Names may hold dots, dashes, commas and equals signs: the longest
key that fits is taken first. An unrecovered (null) time counts as +infinity; what is not in the
summary, such as a p99 of fewer than 200 faults, is bad input and not an answer.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence

import msgspec
from msgspec import Struct

from sidr.errors import Mistake, ResultError, SidrError, unknown
from sidr.model.units import NS, duration_ns

OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
}

_QUESTION = re.compile(r"\s*(.+?)\s*(<=|>=|==|!=|<|>)\s*(.+?)\s*")
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?x?")

TIMED = ("_ns", "_s")
"""Endings of the keys below which numbers are times."""

NO_VALUE = "has no value"

P99_FAULTS_MIN = 200
"""Below this many faults a 99th percentile is the maximum under another name: null."""


class Answer(Struct, frozen=True):
    """What the summary answers.

    Args:
        question: as it was put.
        path: the full path that was read.
        value: what stands there, in the file's unit; infinity = unrecovered.
    """

    question: str
    path: str
    value: float
    holds: bool


def evaluate_all(summary: object, questions: Sequence[str]) -> list[Answer]:
    """The answers to several questions, in order.

    Raises:
        ResultError: as `evaluate_assert`, with the mistakes of all of them.
    """
    answers: list[Answer] = []
    mistakes: list[Mistake] = []
    for question in questions:
        try:
            answers.append(evaluate_assert(summary, question))
        except ResultError as error:
            mistakes += error.mistakes
    if mistakes:
        raise ResultError(mistakes)
    return answers


def misshapen(questions: Sequence[str]) -> list[Mistake]:
    """What can be said of questions while there is no summary: which are none at all."""
    words = "PATH OPERATOR NUMBER, such as sidr.repair_ns.p99 < 10ms"
    return [
        Mistake(f"--assert {question!r}", "is no assertion", words)
        for question in questions
        if not _QUESTION.fullmatch(question)
    ]


def evaluate_assert(summary: object, question: str) -> Answer:
    """The answer of a summary (a Struct or its mapping) to a question.

    Raises:
        ResultError: no question, no such path, a value without a number, or a wrong unit.
    """
    parts = _QUESTION.fullmatch(question)
    if parts is None:
        raise ResultError(misshapen([question]))
    tree = msgspec.to_builtins(summary)
    path = _find_path(tree, parts[1], question)
    value = _value(tree, path, question)
    limit = _limit(parts[3], path, question)
    return Answer(question, ".".join(path), value, OPERATORS[parts[2]](value, limit))


def _find_path(tree: Mapping[str, object], text: str, question: str) -> list[str]:
    protocols = tree.get("protocols")
    path = _walk(protocols, text)
    if path is not None:
        return ["protocols", *path]
    path = _walk(tree, text)
    if path is not None:
        return path
    raise ResultError([_missing(tree, text, question)])


def _children(node: object) -> dict[str, object]:
    if isinstance(node, Mapping):
        return {str(key): value for key, value in node.items()}
    if isinstance(node, Sequence) and not isinstance(node, str):
        return {str(index): value for index, value in enumerate(node)}
    return {}


def _walk(node: object, text: str) -> list[str] | None:
    """The keys that `text` names below `node`, the longest that fit; None when none do."""
    children = _children(node)
    for key in sorted(children, key=len, reverse=True):
        if text == key:
            return [key]
        if text.startswith(key + "."):
            rest = _walk(children[key], text[len(key) + 1 :])
            if rest is not None:
                return [key, *rest]
    return None


def _missing(tree: Mapping[str, object], text: str, question: str) -> Mistake:
    """Name the first key that does not fit, and what may stand in its place."""
    node: object = {**tree, **_children(tree.get("protocols"))}
    done = ""
    while True:
        children = _children(node)
        fitting = [key for key in children if text.startswith(key + ".")]
        if not fitting:
            where = f"--assert {question!r}"
            return unknown(
                where,
                f"key {'under ' + done if done else 'at the start'}",
                text if not children else _first(text, children),
                children,
            )
        key = max(fitting, key=len)
        done = f"{done}.{key}" if done else key
        node, text = children[key], text[len(key) + 1 :]


def _first(text: str, children: Mapping[str, object]) -> str:
    """As much of `text` as can be one key: up to a dot, unless names here hold dots."""
    dots = max((key.count(".") for key in children), default=0)
    return ".".join(text.split(".")[: dots + 1])


def _value(tree: object, path: list[str], question: str) -> float:
    nodes = [tree]
    for key in path:
        nodes.append(_children(nodes[-1])[key])
    found = nodes[-1]
    where = f"--assert {question!r}"
    if isinstance(found, Mapping) and "ratio" in found:
        path.append("ratio")
        nodes.append(found["ratio"])
        found = nodes[-1]
    if isinstance(found, bool) or not isinstance(found, (int, float, type(None))):
        allowed = ", ".join(_children(found)) or "a path to a number"
        raise ResultError([Mistake(where, f"{'.'.join(path)} is not a number", allowed)])
    if found is not None:
        return float(found)
    return _of_null(nodes, path, where)


def _of_null(nodes: list[object], path: list[str], where: str) -> float:
    """What a null stands for: infinity where a time is unrecovered, else no value."""
    if "repair_ns" in path:
        owner = nodes[path.index("repair_ns")]
        assert isinstance(owner, Mapping), owner
        if path[-1] != "p99" or owner["faults"] >= P99_FAULTS_MIN:
            return math.inf
        found = f"{'.'.join(path)} {NO_VALUE}: {owner['faults']} faults, {P99_FAULTS_MIN} needed"
        raise ResultError([Mistake(where, found, fix="ask for max, or --sample more faults")])
    owner = nodes[-2]
    if path[-1] == "ratio" and isinstance(owner, Mapping):
        if owner["unrecovered"] not in ("", "sidr", "both"):
            return math.inf
        if owner["unrecovered"] == "sidr":
            return 0.0
        why = "both are unrecovered" if owner["unrecovered"] else "SIDR's median is 0"
        raise ResultError([Mistake(where, f"{'.'.join(path)} {NO_VALUE}: {why}")])
    raise ResultError([Mistake(where, f"{'.'.join(path)} {NO_VALUE}")])


def _limit(text: str, path: list[str], question: str) -> float:
    """The number on the right, in the unit of the path."""
    where = f"--assert {question!r}"
    unit = next((key.rpartition("_")[2] for key in reversed(path) if key.endswith(TIMED)), "")
    if unit:
        try:
            ns = duration_ns(text, where)
        except SidrError as error:
            raise ResultError(error.mistakes) from error
        return ns if unit == "ns" else ns / NS["s"]
    if not _NUMBER.fullmatch(text):
        raise ResultError([Mistake(where, f"{text!r} is not a number", "a number such as 10")])
    return float(text.rstrip("x"))

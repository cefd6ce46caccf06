"""What keeps the house tidy: checks over source text, each returning lines that say what is wrong.

`tests/test_tidy.py` runs them over the project and over bad samples.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import chain

ROWS = (
    ("cli",),
    ("campaign",),
    ("report", "sim", "live", "lab", "verify"),
    ("draw",),
    ("protocols", "trace"),
    ("plan", "fault"),
    ("topology", "forwarding"),
    ("graph",),
    ("model",),
    ("errors",),
)
"""Rooms from the top down: a room imports rooms of lower rows only."""
HEIGHT = {room: -row for row, rooms in enumerate(ROWS) for room in rooms}
PURE = {"graph", "forwarding", "topology", "plan", "fault", "protocols", "trace", "model"}
IMPURE = {
    *("asyncio", "time", "datetime", "random", "socket", "threading", "subprocess", "logging"),
    *("aiomqtt", "rich", "click"),
}
ONLY_IN = {
    "networkx": r"sidr/topology/",
    "aiomqtt": r"sidr/live/mqtt\.py",
    "starlette": r"sidr/live/web\w*\.py",
    "uvicorn": r"sidr/live/web\w*\.py",
    "pyroute2": r"sidr/lab/netlink\.py",
    "click": r"sidr/cli/",
    "rich": r"sidr/(cli|report)/",
    "jinja2": r"sidr/report/",
    "matplotlib": r"sidr/(report|draw)/",
    "numba": r"sidr/(graph|forwarding|protocols/(ospf|bgp))/",
    "concurrent": r"sidr/campaign/",
}
"""Libraries that one place translates for everyone else."""
VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
LINES_MAX, FUNCTION_LINES_MAX, POSITIONAL_MAX = 400, 60, 5


def room(path: str) -> str:
    """The room of a file: `sidr/plan/build.py` -> plan, `sidr/errors.py` -> errors."""
    return path.removeprefix("sidr/").split("/")[0].removesuffix(".py")


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and dotted name of every import, wherever it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            yield node.lineno, module
            if module == "sidr":
                yield from ((node.lineno, f"sidr.{alias.name}") for alias in node.names)


def imports(path: str, text: str) -> list[str]:
    """Imports that go up or sideways, impure ones in pure rooms, libraries out of their place."""
    found, here = [], room(path)
    for line, name in imported(ast.parse(text)):
        top, _, rest = name.partition(".")
        there = rest.split(".")[0]
        if top == "sidr" and there in HEIGHT and there != here and HEIGHT[there] >= HEIGHT[here]:
            found.append(f"{path}:{line}: {here} imports {there}, which is not below it")
        if top in IMPURE and here in PURE:
            found.append(f"{path}:{line}: pure room {here} imports {top}")
        if top in ONLY_IN and not re.match(ONLY_IN[top], path):
            found.append(f"{path}:{line}: {top} belongs to {ONLY_IN[top]}")
    return found


def sizes(path: str, text: str) -> list[str]:
    """Modules, functions and signatures that are too long."""
    found = []
    if (lines := text.count("\n")) > LINES_MAX:
        found.append(f"{path}: {lines} lines, at most {LINES_MAX}")
    for node in functions(text):
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        if lines > FUNCTION_LINES_MAX:
            found.append(f"{path}:{node.lineno}: {node.name} has {lines} lines, at most 60")
        takes = [a.arg for a in node.args.posonlyargs + node.args.args]
        takes = takes[1:] if takes[:1] in (["self"], ["cls"]) else takes
        named = is_kernel(node) or node.name.startswith("test_")  # pytest passes by name
        if len(takes) > POSITIONAL_MAX and not named:
            found.append(f"{path}:{node.lineno}: {node.name} takes {len(takes)} positions")
    return found


def functions(text: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """All functions of a module, methods and inner ones too."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return (node for node in ast.walk(ast.parse(text)) if isinstance(node, kinds))


def is_kernel(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Kernels of numba take arrays one by one."""
    return any("njit" in ast.unparse(decorator) for decorator in node.decorator_list)


def habits(path: str, text: str) -> list[str]:
    """`global`, vague names, modules and public functions that do not say what they are."""
    tree = ast.parse(text)
    found = [
        f"{path}:{node.lineno}: global" for node in ast.walk(tree) if isinstance(node, ast.Global)
    ]
    if set(path.removesuffix(".py").split("/")) & VAGUE:
        found.append(f"{path}: a name that says nothing")
    described = ast.get_docstring(tree) or ""
    if not described:
        found.append(f"{path}: no docstring")
    if re.fullmatch(r"sidr/\w+/__init__\.py", path) and "To add " not in described:
        found.append(f"{path}: the room does not say how to add to it")
    return found + [f"{path}:{line}: {what} has no docstring" for line, what in silent(tree)]


def silent(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Public functions and classes of a module without a docstring."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    for node in tree.body:
        private = isinstance(node, kinds) and node.name.startswith("_")
        if isinstance(node, kinds) and not private and not ast.get_docstring(node):
            yield node.lineno, node.name


def leaks(path: str, text: str) -> list[str]:
    """Words that belong to one machine or one workplace, never to the project."""
    pattern = re.compile(
        "|".join(
            (
                r"(?<![\w.])/(?:work|root|home)/",
                r"\.\./" + "shared",
                r"pypi\." + "org",
                r"files\.python" + "hosted",
                r"index" + r"-url",
                r"registry\.npm",
                r"deb\." + "debian",
            )
        )
    )
    return [
        f"{path}:{number}: {found[0]}"
        for number, line in enumerate(text.splitlines(), 1)
        if (found := pattern.search(line))
    ]


def unmirrored(sources: list[str], tests: list[str]) -> list[str]:
    """Modules without a test file of their own."""
    have = set(tests)
    wanted = (
        (path, f"tests/{folder}test_{name}")
        for path in sources
        for folder, name in [re.fullmatch(r"sidr/((?:\w+/)*)(\w+\.py)", path).groups()]  # type: ignore[union-attr]
        if name != "__init__.py"
    )
    return [f"{path}: {test} is missing" for path, test in wanted if test not in have]


def everything(path: str, text: str) -> list[str]:
    """All checks of one source file."""
    return list(chain(imports(path, text), sizes(path, text), habits(path, text)))

"""`sidr topo`: kinds and files, facts of a fabric, checks, format conversion, JSON Schema."""

from __future__ import annotations

from pathlib import Path

import click

from sidr.cli import options, output

SUFFIXES = (".yaml", ".yml", ".json")


@click.group()
def topo() -> None:
    """Fabric kinds and files.

    A SPEC is KIND:key=value,... such as fat-tree:k=8, or file:PATH, or a path that ends in .yaml,
    .yml or .json.
    """


@topo.command("list")
@options.output_format
def list_(format: str) -> None:
    """What a SPEC can name: kinds with their parameters, files in ./topologies, file formats."""
    from sidr.topology.files import FORMATS
    from sidr.topology.registry import survey

    here = Path("topologies")
    files = sorted(str(path) for path in here.glob("*") if path.suffix in SUFFIXES)
    kinds, mistakes = survey()
    described = [
        {
            "kind": kind.name,
            "summary": kind.summary,
            "parameters": {
                name: {"default": p.default or None, "allowed": p.allowed}
                for name, p in kind.parameters.items()
            },
        }
        for kind in kinds
    ]
    formats = {name: form.summary for name, form in FORMATS.items()}

    def table() -> None:
        rows = []
        for kind in kinds:
            taken = [(n, p.default or "-", p.allowed) for n, p in kind.parameters.items()]
            for i, row in enumerate(taken or [("", "", "")]):
                rows.append((kind.name if i == 0 else "", *row))
        output.print_table(("kind", "parameter", "default", "allowed"), rows)
        if files:
            click.echo()
            output.print_table(("file",), [(name,) for name in files])
        click.echo()
        output.print_table(("format", "what"), list(formats.items()))

    output.show(format, {"kinds": described, "files": files, "formats": formats}, table)
    for mistake in mistakes:
        output.remark(f"sidr: {mistake}")


@topo.command()
@click.argument("spec")
@options.output_format
def show(spec: str, format: str) -> None:
    """The facts of a fabric: sizes, capacity, worst latency, hash."""
    from sidr.topology import facts, load

    found = facts(load(spec))
    output.show(format, found, lambda: output.print_facts(found))


@topo.command()
@click.argument("spec")
@options.output_format
@click.pass_context
def check(ctx: click.Context, spec: str, format: str) -> None:
    """Whether a fabric is well-formed and works: exit 0 if so, 1 if not, 2 on bad input."""
    from sidr.topology import load
    from sidr.topology.facts import complaints

    fabric = load(spec)
    found = [str(mistake) for mistake in complaints(fabric)]

    def table() -> None:
        for line in found:
            click.echo(line)
        if not found:
            click.echo(f"ok: {fabric.switches} switches, {fabric.links} links")

    output.show(format, {"spec": spec, "ok": not found, "complaints": found}, table)
    if found:
        ctx.exit(1)


@topo.command()
@click.argument("spec")
@options.output_file("Write to this file; stdout without it.")
@click.option(
    "--to",
    type=click.Choice(["native", "node-link"]),
    default=None,
    help="File format; by default what the suffix of the output says, native on stdout.",
)
@options.force
def convert(spec: str, output: Path | None, to: str | None, force: bool) -> None:
    """Write a fabric as a file: native YAML or NetworkX node-link JSON."""
    from sidr.cli.output import remark
    from sidr.errors import TopologyError
    from sidr.topology import load, save
    from sidr.topology.files import FORMATS, format_of, not_kept
    from sidr.topology.spec import path_of

    name = format_of(output, to or "") if output else to or "native"
    if output and output.exists() and not force:
        raise TopologyError.one(str(output), "exists already", fix="--force overwrites it")
    fabric = load(spec)
    if output:
        save(fabric, output, name)
        remark(f"wrote {output} ({name}, {fabric.switches} switches, {fabric.links} links)")
    else:
        click.echo(FORMATS[name].write(fabric), nl=False)
    for field in FORMATS[name].loses:
        remark(f"lost: {name} cannot carry {field}")
    path = path_of(spec)
    for field in not_kept(path) if path else ():
        remark(f"lost: {field} is checked when a file is read, a fabric does not keep it")


@topo.command()
def schema() -> None:
    """JSON Schema of the native format, for editors."""
    from sidr.topology.schema import json_schema

    output.print_json(json_schema())

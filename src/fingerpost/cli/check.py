"""`fingerpost check`: whether a file describes a router that would work."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fingerpost.cli import DONE, FAILED
from fingerpost.cli.output import Model, emit, json_option

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fingerpost.addr import Interface
    from fingerpost.config.faults import FileError
    from fingerpost.config.load import RouterFile

_SECRET = b"secret"  # stands for those that are elsewhere


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--interfaces",
    multiple=True,
    metavar="NAME[=ADDRESS,...]",
    help="Of the machine that the file is for; repeat it.  [default: this machine's]",
)
@click.option("--off-box", is_flag=True, help="Know nothing of the machine, nor of secrets on it.")
@click.option(
    "--schema",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=lambda context, _, wanted: _print_schema(context) if wanted else None,
    help="Print the JSON Schema of router.yaml, for editors.",
)
@click.option("--strict", is_flag=True, help="Warnings are errors.")
@json_option
def command(
    files: tuple[Path, ...],
    interfaces: tuple[str, ...],
    off_box: bool,
    strict: bool,
    as_json: bool,
) -> int:
    """Say what of FILES would not work: faults, and what is right as such and cannot be meant.

    Unknown interfaces, next hops that nobody reaches, policies that nobody uses, keys that are
    over; of several FILES also routers that have the same id. Needs no router that runs.

    Exit code 1 where something is wrong, 2 for wrong use.
    """
    if off_box and interfaces:
        raise click.UsageError("--off-box and --interfaces contradict each other")
    machine = None if off_box else _machine(interfaces)
    model = _model(files, machine)
    emit(model, _render, as_json=as_json)
    wrong = ("error", "warning") if strict else ("error",)
    bad = any(one["severity"] in wrong for one in model["findings"])
    return FAILED if bad else DONE


def _print_schema(context: click.Context) -> None:
    import json

    from fingerpost.config.tree import schema

    click.echo(json.dumps(schema(), indent=2))
    context.exit()


def _machine(words: tuple[str, ...]) -> Mapping[str, tuple[Interface, ...]]:
    from fingerpost.cli.findings import interfaces_named, machine_interfaces

    return interfaces_named(words) if words else machine_interfaces()


def _model(paths: Iterable[Path], machine: Mapping[str, tuple[Interface, ...]] | None) -> Model:
    import time

    from fingerpost.config.build import build
    from fingerpost.config.check import check, check_together
    from fingerpost.config.faults import FileError
    from fingerpost.config.load import load

    findings: list[Model] = []
    files: list[RouterFile] = []
    for path in paths:
        try:
            file = load(path)
        except FileError as error:
            findings += _faults(error)
            continue
        try:
            build(file, placeholder=_SECRET if machine is None else None)
        except FileError as error:
            findings += _faults(error)
        files.append(file)
        findings += [one.as_dict() for one in check(file, machine, time.time_ns())]
    if len(files) > 1:
        findings += [one.as_dict() for one in check_together(files)]
    counts = {
        severity: sum(one["severity"] == severity for one in findings)
        for severity in ("error", "warning", "note")
    }
    return {"files": [str(one) for one in paths], "counts": counts, "findings": findings}


def _faults(error: FileError) -> list[Model]:
    return [
        {
            "severity": "error",
            "kind": "fault",
            "file": error.file,
            "line": fault.line,
            "column": fault.column,
            "field": fault.field,
            "message": fault.message,
        }
        for fault in error.faults
    ]


def _render(model: Model) -> None:
    for one in model["findings"]:
        place = ":".join([one["file"], *(str(n) for n in (one["line"], one["column"]) if n)])
        field = f"{one['field']}: " if one["field"] else ""
        click.echo(f"{place}: {one['severity']}: {field}{one['message']}")
    said = [f"{n} {severity}{'s' if n > 1 else ''}" for severity, n in model["counts"].items() if n]
    click.echo(f"{', '.join(model['files'])}: {', '.join(said) or 'nothing is wrong'}")

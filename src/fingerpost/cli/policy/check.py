"""`fingerpost policy check`: lines of policies that can never do anything."""

from __future__ import annotations

from pathlib import Path

import click

from fingerpost.cli import DONE, FAILED
from fingerpost.cli.output import Model, emit, json_option


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
def command(file: Path, as_json: bool) -> int:
    """Say which lines of the policies and prefix lists of FILE can never do anything.

    `dead`: nothing reaches it, or nothing can fit it. `shadowed`: an earlier line ends with all
    that it means. FILE is a router.yaml or has policies alone. Its policy-tests are run too.

    Exit code 1 where a line or a test is wrong, 2 for wrong use.
    """
    from fingerpost.config.policy_file import load_policies

    held = load_policies(file)
    findings: list[Model] = []
    for one in held.findings():
        line, column = held.line_of(one)
        place: Model = {"file": held.source, "line": line, "column": column}
        what: Model = {"policy": one.policy, "name": one.line, "sort": one.sort, "why": one.why}
        findings.append({**place, **what})
    failed = [result for one in held.tests if (result := one.run(held.policies)).wrong]
    model: Model = {
        "file": held.source,
        "policies": len(held.policies),
        "findings": findings,
        "tests": {"run": len(held.tests), "failed": [one.as_dict() for one in failed]},
    }
    emit(model, _render, as_json=as_json)
    return FAILED if findings or failed else DONE


def _render(model: Model) -> None:
    for one in model["findings"]:
        place = f"{one['file']}:{one['line']}:{one['column']}"
        click.echo(f"{place}: {one['policy']} line {one['name']}: {one['sort']}, {one['why']}")
    for one in model["tests"]["failed"]:
        for wrong in one["wrong"]:
            click.echo(f"{model['file']}:{one['line_number']}: {one['text']}: {wrong}")
    said = [_counted(model["policies"], "policy", "policies")]
    if model["findings"]:
        said.append(_counted(len(model["findings"]), "useless line", "useless lines"))
    if model["tests"]["run"]:
        failed = len(model["tests"]["failed"])
        said.append(f"{_counted(model['tests']['run'], 'test', 'tests')}, {failed} failed")
    click.echo(f"{model['file']}: {', '.join(said)}")


def _counted(count: int, one: str, several: str) -> str:
    return f"{count:,} {one if count == 1 else several}"

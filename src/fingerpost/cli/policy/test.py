"""`fingerpost policy test`: routes through a policy, and which line decides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fingerpost.cli import DONE, FAILED
from fingerpost.cli.output import Model, emit, json_option
from fingerpost.cli.policy.routes_asked import routes_asked
from fingerpost.errors import UsageError
from fingerpost.rib import explain_text

if TYPE_CHECKING:
    from fingerpost.config.policy_file import AnyPolicy, PolicyFile


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("policy", required=False)
@click.argument("routes", nargs=-1, metavar="[ROUTE]...")
@click.option("--routes", "source", metavar="PATH", help="A file of routes, or - for stdin.")
@click.option(
    "--expect", type=click.Choice(["accept", "reject"]), help="What every route should meet."
)
@json_option
def command(
    file: Path,
    policy: str | None,
    routes: tuple[str, ...],
    source: str | None,
    expect: str | None,
    as_json: bool,
) -> int:
    """Run routes through POLICY of FILE: which line decides, and what is changed.

    A ROUTE is written like "10.1.0.0/16 rip metric 3 tag 7 via 10.0.0.2 dev eth0"; a file of
    routes has such lines, JSON lines or a JSON list. Without routes the policy-tests of FILE are
    run, all or those of POLICY. FILE is a router.yaml, has policies alone, or is a Python file
    with functions that `policy.of` made policies of.

    Exit code 1 where a test failed or a route did not meet --expect, 2 for wrong use.
    """
    from fingerpost.config.policy_file import load_policies

    held = load_policies(file)
    if policy is not None:
        policy_of(held, policy)
    if not routes and source is None:
        return _run_tests(held, policy, expect, as_json=as_json)
    if policy is None:
        raise UsageError("name the policy before the routes")
    model = _tried(held, policy, routes_asked(routes, source), expect)
    emit(model, _render, as_json=as_json)
    return FAILED if any(one["wrong"] for one in model["results"]) else DONE


def policy_of(held: PolicyFile, name: str) -> AnyPolicy:
    """A policy by name; raises `UsageError` with the names there are."""
    if name not in held.policies:
        known = ", ".join(held.policies) or "none"
        raise UsageError(f"{held.source} has no policy {name!r}; it has {known}")
    return held.policies[name]


def _tried(held: PolicyFile, policy: str, routes: Iterable[object], expect: str | None) -> Model:
    from fingerpost.config.policy_test import PolicyTest
    from fingerpost.rib.route import RibRoute

    tests = (PolicyTest(policy, one, expect) for one in routes if isinstance(one, RibRoute))
    results = [one.run(held.policies).as_dict() for one in tests]
    return {"file": held.source, "results": results}


def _run_tests(held: PolicyFile, policy: str | None, expect: str | None, *, as_json: bool) -> int:
    tests = [one for one in held.tests if policy in (None, one.policy)]
    if not tests or expect is not None:
        raise UsageError(f"{held.source}: no route is given, and no policy-tests are there")
    model: Model = {
        "file": held.source,
        "results": [one.run(held.policies).as_dict() for one in tests],
    }
    emit(model, _render, as_json=as_json)
    return FAILED if any(one["wrong"] for one in model["results"]) else DONE


def _render(model: Model) -> None:
    for one in model["results"]:
        for line in _lines(one):
            click.echo(line)
    results = model["results"]
    accepted = sum(one["is_accepted"] for one in results)
    failed = sum(bool(one["wrong"]) for one in results)
    routes = "1 route" if len(results) == 1 else f"{len(results):,} routes"
    said = f"{routes}: {accepted:,} accepted, {len(results) - accepted:,} rejected"
    click.echo(f"{said}; {failed} not as expected" if failed else said)


def _lines(one: Model) -> Iterator[str]:
    """A route: the outcome and the deciding line, all lines that meant it, what was changed."""
    outcome = "accept" if one["is_accepted"] else "reject"
    yield f"{one['text']}: {outcome} by line {one['line']}"
    for line in one["policy"]:
        yield f"  {explain_text.policy_line(line)}"
    if one["changes"]:
        yield f"  changed {', '.join(map(explain_text.change, one['changes']))}"
    for wrong in one["wrong"]:
        place = f"line {one['line_number']} of the file: " if one["line_number"] else ""
        yield f"  WRONG: {place}{wrong}"

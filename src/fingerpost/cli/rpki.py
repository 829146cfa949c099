"""`fingerpost rpki`: who may originate what, and what AS paths are worth, by files of VRPs."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fingerpost.cli import FAILED
from fingerpost.cli.output import Model, emit, json_option
from fingerpost.errors import LoadError

if TYPE_CHECKING:
    from collections.abc import Callable

    from fingerpost.rpki.files import Payloads

_FROM = ("customer", "peer", "provider")


@click.group()
def command() -> None:
    """Who may originate what (RFC 6811), and who provides for whom (ASPA)."""


def _files() -> Callable[[Callable[..., None]], Callable[..., None]]:
    return click.option(
        "--vrps",
        "files",
        multiple=True,
        required=True,
        metavar="FILE",
        help="JSON as rpki-client writes it; several are taken together.",
    )


@command.command()
@click.argument("prefix")
@click.argument("asn", metavar="AS")
@_files()
@click.option("--slurm", metavar="FILE", help="Local exceptions (RFC 8416).")
@json_option
@click.pass_context
def validate(
    ctx: click.Context,
    prefix: str,
    asn: str,
    files: tuple[str, ...],
    slurm: str | None,
    as_json: bool,
) -> None:
    """Say whether AS may originate PREFIX, and what each VRP has against it that covers it."""
    from fingerpost.addr import Prefix
    from fingerpost.bgp.asn_text import parse_asn
    from fingerpost.rpki.files import exceptions
    from fingerpost.rpki.validity import Validity, Vrp, verdict

    asked, origin = Prefix(prefix, strict=True), parse_asn(asn.upper().removeprefix("AS"))
    vrps = _read(files).vrps
    if slurm is not None:
        vrps = exceptions(_octets(slurm), slurm).applied(vrps)
    state = Validity(vrps.validate(asked, origin))
    covering = [Vrp(*row) for row in vrps.covering(asked)]
    model = {
        "prefix": str(asked),
        "origin": origin,
        "state": str(state),
        "covering": [{"vrp": str(one), "verdict": verdict(one, asked, origin)} for one in covering],
    }
    emit(model, _render, as_json=as_json)
    if state is Validity.INVALID:
        ctx.exit(FAILED)


@command.command()
@click.argument("numbers", metavar="PATH")
@_files()
@click.option("--from", "heard", type=click.Choice(_FROM), required=True, help="Who told it.")
@json_option
@click.pass_context
def path(
    ctx: click.Context, numbers: str, files: tuple[str, ...], heard: str, as_json: bool
) -> None:
    """Say what an AS PATH is worth by ASPA: its members in quotes, the neighbor's first."""
    from fingerpost.bgp.asn_text import parse_asn
    from fingerpost.rpki.aspa import PathState, hop, verify

    aspas = _read(files).aspas
    members = [parse_asn(one) for one in numbers.split()]
    neighbor = members[0] if members else None
    state = verify(aspas, members, neighbor, from_provider=heard == "provider")
    inward = [one for at, one in enumerate(members) if at == 0 or members[at - 1] != one][::-1]
    model = {
        "path": members,
        "from": heard,
        "state": str(state),
        "hops": [
            {"customer": low, "provider": high, "attested": hop(aspas, low, high).value}
            for low, high in pairwise(inward)
        ],
    }
    emit(model, _render_path, as_json=as_json)
    if state is PathState.INVALID:
        ctx.exit(FAILED)


def _render(model: Model) -> None:
    click.echo(f"{model['prefix']} by AS{model['origin']}: {model['state']}")
    if not model["covering"]:
        click.echo("  no VRP covers it")
    for one in model["covering"]:
        click.echo(f"  {one['vrp']}: {one['verdict']}")


def _render_path(model: Model) -> None:
    click.echo(f"{' '.join(map(str, model['path']))} from a {model['from']}: {model['state']}")
    for one in model["hops"]:
        click.echo(f"  AS{one['customer']} to AS{one['provider']}: {one['attested']}")


def _octets(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise LoadError(f"{name} cannot be read: {error.strerror}") from None


def _read(names: tuple[str, ...]) -> Payloads:
    from fingerpost.rpki.files import Payloads, payloads

    whole = Payloads()
    for name in names:
        one = payloads(_octets(name), name, now_s=time.time())
        if one.expired:
            click.echo(f"{name}: {one.expired:,} entries have expired and do not count", err=True)
        whole = Payloads(whole.vrps.union(one.vrps), {**whole.aspas, **one.aspas})
    return whole

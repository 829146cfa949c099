"""What commands about one neighbour share: which it is, asking, and how it is afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from fingerpost.cli.output import Model, emit, json_option
from fingerpost.cli.router_asked import router_options
from fingerpost.config.names import meant
from fingerpost.errors import UsageError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from fingerpost.api.client import Client

LONGEST_TEXT = 255  # octets of UTF-8 (RFC 9003 2)


def _names(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete neighbours of the router that runs here; nothing where none does."""
    from click.shell_completion import CompletionItem

    from fingerpost.api.client import Client
    from fingerpost.api.places import socket_asked

    try:
        client = Client(str(socket_asked(None, None)), timeout=1)
        found = [one for held in _instances(client, None) for one in held["status"]["neighbors"]]
    except (UsageError, OSError):
        return []
    return [
        CompletionItem(one["name"], help=one["description"] or one["state"])
        for one in found
        if one["name"].startswith(incomplete)
    ]


def neighbor_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add NEIGHBOR, --instance, --name, --socket and --json."""
    instance = click.option(
        "--instance", metavar="NAME", help="bgp or bgp:NAME, where several have such a neighbor."
    )
    who = click.argument("neighbor", metavar="NEIGHBOR", shell_complete=_names)
    return who(instance(router_options(json_option(command))))


def text_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --text, which is checked."""
    help_ = "What the neighbor is told of why, up to 255 octets (RFC 9003)."
    return click.option("--text", metavar="WORDS", default="", callback=_text, help=help_)(command)


def _text(_: click.Context, __: click.Parameter, given: str) -> str:
    octets = len(given.encode())
    if octets > LONGEST_TEXT:
        raise click.BadParameter(
            f"{octets} octets of UTF-8, expected at most {LONGEST_TEXT} (RFC 9003 2)"
        )
    return given


def ask(
    client: Client,
    neighbor: str,
    instance: str | None,
    asked: dict[str, str],
    done: str,
    *,
    as_json: bool,
) -> None:
    """Ask something of a neighbour by its name or address, and say how it is then.

    Raises `UsageError` for one that no instance has, and where several have it.
    """
    name, who = _place(_instances(client, instance), neighbor)
    model = client.post(f"/v1/bgp/{name}/neighbors/{who}", asked)

    def say(one: Model) -> None:
        click.echo(f"{one['name']}: {done}; it is {one['state']}")

    emit(model, say, as_json=as_json)


def _instances(client: Client, instance: str | None) -> list[Model]:
    found: list[Model] = client.get("/v1/bgp", instance=instance)["instances"]
    return found


def _place(instances: list[Model], neighbor: str) -> tuple[str, str]:
    """The instance and the whole name of a neighbour."""
    held = [(one["name"], row) for one in instances for row in one["status"]["neighbors"]]
    named = [(name, row) for name, row in held if row["name"] == neighbor]
    found = named or [(name, row) for name, row in held if row["address"] == neighbor]
    if not found:
        hint = meant(neighbor, [row["name"] for _, row in held])
        raise UsageError(f"there is no neighbor {neighbor!r}{hint}")
    if len(found) > 1:
        choice = ", ".join(f"{row['name']} of {name}" for name, row in found)
        raise UsageError(f"{neighbor!r} is {choice}: say which, by --instance or its name")
    name, row = found[0]
    return name, row["name"]

"""The router that a command talks to: its options, its client, how its refusals end."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from fingerpost.cli import FAILED, MISUSED

if TYPE_CHECKING:
    from collections.abc import Callable

    from fingerpost.api.client import Client

UNPROCESSABLE = (400, 404, 422)  # the question itself was wrong


class RefusedByRouterError(click.ClickException):
    """What a router refused, for people and with --json."""

    def __init__(self, message: str, status: int) -> None:
        """A question that cannot be answered is misuse; an answer that is no is a failure."""
        super().__init__(message)
        self._code = MISUSED if status in UNPROCESSABLE else FAILED

    @property
    def exit_code(self) -> int:  # type: ignore[override]  # click has it as a plain attribute
        """The exit code of the command."""
        return self._code


def router_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --name and --socket; the command gets a `client` in their place."""

    @click.option("--name", metavar="NAME", help="The router of this name, where several run.")
    @click.option("--socket", metavar="PATH", help="Its socket, wherever that is.")
    @wraps(command)
    def asked(
        *args: Any,  # noqa: ANN401 - click's
        name: str | None,
        socket: str | None,
        **options: Any,  # noqa: ANN401 - click's
    ) -> Any:  # noqa: ANN401 - the command's
        from fingerpost.api.client import Client, RefusedError
        from fingerpost.api.places import socket_asked

        client: Client = Client(str(socket_asked(socket, name)))
        try:
            return command(*args, client=client, **options)
        except RefusedError as refused:
            raise RefusedByRouterError(str(refused), refused.status) from None

    return asked

"""`fingerpost bmp listen`: routers connect, and what they say is printed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from fingerpost.cli import FAILED
from fingerpost.cli.output import json_option
from fingerpost.errors import DecodeError, UsageError

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter

    from fingerpost.bgp.records.monitored import Views
    from fingerpost.bmp import Message, UnknownMessage

CHUNK = 1 << 16
PORT = 11019


@click.command()
@click.option("--at", "address", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True)
@click.option("--count", "-n", type=click.IntRange(min=1), help="Stop after so many lines.")
@click.option("--once", is_flag=True, help="Stop when the first router has left.")
@json_option
@click.pass_context
def command(
    ctx: click.Context, address: str, port: int, count: int | None, once: bool, as_json: bool
) -> None:
    """Print a line for each prefix that a router announces or withdraws in a table, and for each
    session that comes or goes (RFC 7854, RFC 8671, RFC 9069).

    A line is that of `bgpdump -m` with BMP and the table in place of the type. Who does not speak
    BMP is disconnected; the exit code is then 1.

    \b
    fingerpost bmp listen --at 192.0.2.1
    fingerpost bmp listen --once --json
    """
    import asyncio

    station = Listening(count, is_once=once, as_json=as_json)
    try:
        asyncio.run(station.run(address, port))
    except OSError as error:
        raise UsageError(f"{address} port {port}: {error.strerror or error}") from error
    if station.faults:
        ctx.exit(FAILED)


class Listening:
    """The routers that are connected, and what is left to print."""

    def __init__(self, count: int | None, *, is_once: bool, as_json: bool) -> None:
        """Print `count` lines, or all."""
        import asyncio

        self._left = count
        self._is_once = is_once
        self._as_json = as_json
        self._is_over = asyncio.Event()
        self.faults = 0

    async def run(self, address: str, port: int) -> None:
        """Until that is over."""
        import asyncio

        server = await asyncio.start_server(self._serve, address, port)
        bound = server.sockets[0].getsockname()
        click.echo(f"listening at {bound[0]} port {bound[1]}", err=True)
        async with server:
            await self._is_over.wait()

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        from fingerpost.bgp.records.monitored import Views
        from fingerpost.bmp import Receiver

        receiver, views = Receiver(), Views()
        who = str(writer.get_extra_info("peername")[0])
        try:
            while not self._is_over.is_set() and (data := await reader.read(CHUNK)):
                for message in receiver.receive(data):
                    self._print(message, views, who)
        except DecodeError as error:
            self.faults += 1
            click.echo(f"{who}: {error}", err=True)
        except ConnectionError as error:
            click.echo(f"{who}: {error}", err=True)
        finally:
            writer.close()
            if self._is_once:
                self._is_over.set()

    def _print(self, message: Message | UnknownMessage, views: Views, who: str) -> None:
        from fingerpost.bgp.records.model import model_of
        from fingerpost.bgp.records.monitored import line_of_message

        try:
            for one in views.heard_in(message):
                data = {"view": one.view, **model_of(one.heard)} if self._as_json else None
                self._put(one.line() if data is None else json.dumps(data))
        except DecodeError as error:  # what a neighbor of the router has told may be anything
            click.echo(f"{who}: {error}", err=True)
        line = line_of_message(message)
        if line is not None and not self._as_json:
            self._put(line)

    def _put(self, line: str) -> None:
        if self._left == 0:
            return
        click.echo(line)
        if self._left is not None:
            self._left -= 1
            if self._left == 0:
                self._is_over.set()

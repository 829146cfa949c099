"""What every endpoint gets: the daemon that is asked, and the types of common queries."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query, Request

from fingerpost.addr import Address, Prefix
from fingerpost.api.daemon import Daemon
from fingerpost.api.machines import MachineT, Protocol, machines_of
from fingerpost.api.problem import RefusalError
from fingerpost.errors import AddressError
from fingerpost.rib.table import Rib
from fingerpost.router.config import MAIN

LINES = "application/jsonl"
MOST = 5_000  # rows of one page


async def _the_daemon(request: Request) -> Daemon:
    daemon = request.app.state.daemon
    assert isinstance(daemon, Daemon)
    return daemon


async def _wants_lines(request: Request) -> bool:
    return LINES in request.headers.get("accept", "")


Asked = Annotated[Daemon, Depends(_the_daemon)]
WantsLines = Annotated[bool, Depends(_wants_lines)]
TableName = Annotated[str, Query(alias="table", max_length=64, description="A routing table.")]
InstanceName = Annotated[str | None, Query(max_length=64, description="Only this instance.")]
Limit = Annotated[int, Query(ge=1, le=MOST, description="Rows of one answer.")]


def table_of(daemon: Daemon, name: str) -> Rib:
    """The table of a name. Raises `RefusalError` where there is none."""
    tables = daemon.routing.tables.tables
    if name not in tables:
        raise RefusalError(404, f"there is no table {name!r}; there is {', '.join(tables)}")
    return tables[name]


def instances(
    daemon: Daemon, protocol: Protocol[MachineT], name: str | None = None
) -> list[tuple[str, MachineT]]:
    """The running instances of a protocol, with their machines.

    Raises `RefusalError` where none is of the name that is asked for.
    """
    found = [one for one in machines_of(daemon, protocol).items() if name in (None, one[0])]
    if name is not None and not found:
        raise RefusalError(404, f"there is no instance {name!r} of {protocol.name}")
    return found


def prefix_asked(text: str) -> Prefix:
    """A prefix of a query. Raises `RefusalError` for what is none."""
    try:
        return Prefix(text)
    except AddressError as error:
        raise RefusalError(422, str(error)) from None


def address_asked(text: str) -> Address:
    """An address of a query. Raises `RefusalError` for what is none."""
    try:
        return Address(text)
    except AddressError as error:
        raise RefusalError(422, str(error)) from None


__all__ = [
    "LINES",
    "MAIN",
    "MOST",
    "Asked",
    "InstanceName",
    "Limit",
    "TableName",
    "WantsLines",
    "address_asked",
    "instances",
    "prefix_asked",
    "table_of",
]

"""Sections about the router as a whole: its name, log, kernel, API and stored configurations."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated

from pydantic import Field, PlainValidator, WithJsonSchema

from fingerpost.addr import Address
from fingerpost.config.costs import FREE, Changing, Cost
from fingerpost.config.fields import Interfaces, Name, Shown, enumerated, one_of
from fingerpost.config.tree.base import (
    POLICY,
    Entry,
    KernelMetric,
    KernelProtocol,
    KernelTable,
    RouterId,
    Several,
    Word,
    or_nothing,
)
from fingerpost.errors import AddressError

KERNEL_PROTOCOL = 70  # `host.linux.kernel_fib.PROTOCOL`; FRR has 186 to 199, BIRD 12
MAIN_TABLE = 254
_API = Changing(Cost.RESET, "the API")
_KERNEL = Changing(Cost.RESET, "the routes in the kernel")


class Level(StrEnum):
    """What is logged, and all above it."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogForm(StrEnum):
    """A line a record in either."""

    TEXT = "text"
    JSON = "json"


class OnExit(StrEnum):
    """What becomes of the routes in the kernel when the router ends."""

    WITHDRAW = "withdraw"
    KEEP = "keep"
    RESTART = "restart"


def _mode(value: object) -> int:
    if not isinstance(value, str) or not re.fullmatch(r"0?[0-7]{3}", value):
        raise ValueError('write permissions in quotes, as chmod takes them: "0660"')
    return int(value, 8)


def _listening(value: object) -> tuple[Address, int]:
    """Read ADDRESS:PORT, an IPv6 address in brackets."""
    right = "an address of this machine and a port: 127.0.0.1:9100, [::1]:9100"
    text = value if isinstance(value, str) else ""
    match = re.fullmatch(r"(?:\[(.+)\]|([^:]+)):([0-9]{1,5})", text)
    if match is None or not 1 <= int(match[3]) <= 65535:
        raise ValueError(f"write {right}")
    try:
        return Address(match[1] or match[2]), int(match[3])
    except AddressError as error:
        raise ValueError(f"{error}; write {right}") from None


def _listening_text(value: tuple[Address, int]) -> str:
    address, port = value
    return f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}"


Mode = Annotated[
    int,
    PlainValidator(_mode),
    WithJsonSchema({"type": "string", "pattern": "^0?[0-7]{3}$"}),
    Shown(lambda mode: f"{mode:04o}"),
]
Listening = Annotated[
    tuple[Address, int],
    PlainValidator(_listening),
    WithJsonSchema({"type": "string", "examples": ["127.0.0.1:9100", "[::1]:9100"]}),
    Shown(_listening_text),
]
LevelWord = Annotated[Level, PlainValidator(one_of(Level)), enumerated(Level)]
LogFormWord = Annotated[LogForm, PlainValidator(one_of(LogForm)), enumerated(LogForm)]
OnExitWord = Annotated[OnExit, PlainValidator(one_of(OnExit)), enumerated(OnExit)]


class LogEntry(Entry):
    """Where the log goes and what is in it."""

    level: Annotated[LevelWord, FREE] = Level.INFO
    format: Annotated[LogFormWord, FREE] = LogForm.TEXT
    file: Annotated[Word | None, FREE] = Field(
        default=None, description="Left out: standard error, which systemd takes."
    )


class RouterEntry(Entry):
    """Who this router is."""

    name: Annotated[Name | None, _API] = Field(
        default=None, description="Names the socket and the log; left out: the file's."
    )
    id: Annotated[RouterId | None, FREE] = Field(
        default=None, description="Four bytes that no other router has, written as an address."
    )
    log: Annotated[LogEntry, or_nothing(LogEntry)] = LogEntry()


class InterfaceEntry(Entry):
    """What is known of an interface. fingerpost sets no addresses: it expects these."""

    description: Annotated[Word | None, FREE] = None
    addresses: Annotated[Interfaces, FREE] = Field(
        default=(), description="What the machine should have here: compared, never set."
    )
    optional: Annotated[bool, FREE] = Field(
        default=False, description="The machine need not have it now."
    )
    passive: Annotated[bool, FREE] = Field(
        default=False, description="Protocols listen here and say nothing, unless they say else."
    )


class KernelEntry(Entry):
    """How the routing table goes into the kernel."""

    enabled: Annotated[bool, _KERNEL] = Field(
        default=True, description="false: routes are computed and shown, not installed."
    )
    protocol: Annotated[KernelProtocol, _KERNEL] = Field(
        default=KERNEL_PROTOCOL, description="The number by which our routes are known as ours."
    )
    table: Annotated[KernelTable, _KERNEL] = Field(
        default=MAIN_TABLE, description="The kernel's table for our table main."
    )
    metric: Annotated[KernelMetric, _KERNEL] = Field(
        default=70, description="The kernel's priority of our routes; less is better."
    )
    export: Annotated[Name | None, Changing(Cost.REFEED, "the kernel"), POLICY] = Field(
        default=None, description="A policy: which routes are installed."
    )
    on_exit: Annotated[OnExitWord, FREE] = Field(
        default=OnExit.WITHDRAW,
        description="keep: forwarding goes on without the router; restart: "
        "and neighbors that can are asked to wait for the next one.",
    )


class ApiEntry(Entry):
    """How the router is asked and told."""

    socket: Annotated[Word | None, _API] = Field(
        default=None, description="Left out: /run/fingerpost/NAME.sock."
    )
    mode: Annotated[Mode, FREE] = Field(default=0o660, description="Permissions of the socket.")
    group: Annotated[Word | None, FREE] = Field(
        default=None, description="The group that may use the socket."
    )
    metrics: Annotated[Listening | None, Changing(Cost.RESET, "the endpoint of metrics")] = Field(
        default=None, description="Where metrics are served over TCP; left out: nowhere."
    )
    birdwatcher: Annotated[
        Listening | None, Changing(Cost.RESET, "the endpoint of looking glasses")
    ] = Field(
        default=None,
        description="Where looking glasses ask over TCP, as of birdwatcher; left out: nowhere.",
    )


class RollbackEntry(Entry):
    """Where applied configurations are kept."""

    directory: Annotated[Word | None, FREE] = Field(
        default=None, description="Left out: /var/lib/fingerpost/NAME."
    )
    keep: Annotated[Several, FREE] = Field(default=50, description="How many are kept.")

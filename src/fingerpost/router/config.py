"""What an operator says to a router, as values: tables, static routes, protocols, channels.

A file is read into this by `fingerpost.config`; a program writes it down itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from fingerpost.errors import UsageError
from fingerpost.router.kinds import KINDS

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.rib.limit import Limit
    from fingerpost.rib.static import StaticRoute
    from fingerpost.rib.tables import Leak
    from fingerpost.rib.verdict import Filter

MAIN = "main"
FAMILIES: Final = MappingProxyType({"rip": 4, "ripng": 6, "ospf": 4, "ospf3": 6})
"""Which family each protocol of one family routes, unless an instance says otherwise."""


@dataclass(frozen=True, slots=True)
class ChannelConfig:
    """What passes between a source and its table; see `rib.channel.Channel`."""

    import_policy: Filter | None = None
    export_policy: Filter | None = None
    limit: Limit | None = None
    tag: int = 0


@dataclass(frozen=True, slots=True)
class ProtocolConfig:
    """One instance: its kind ("rip", "ripng"), what that kind is told, its table and channel."""

    kind: str
    settings: object
    channel: ChannelConfig = ChannelConfig()
    table: str = MAIN


@dataclass(frozen=True, slots=True)
class TableConfig:
    """One table; see `rib.table.Rib`. `export_policy` judges what is forwarded by."""

    statics: tuple[StaticRoute, ...] = ()
    width: int = 16
    via_default: bool = False
    export_policy: Filter | None = None


@dataclass(frozen=True, slots=True)
class RouterConfig:
    """All of it. The table "main" is there in any case, and has the connected routes."""

    router_id: Address | None = None
    tables: Mapping[str, TableConfig] = field(default_factory=lambda: MappingProxyType({}))
    leaks: tuple[Leak, ...] = ()
    protocols: Mapping[str, ProtocolConfig] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        """Refuse protocols of unknown kinds, and tables that are named but not there."""
        for name, protocol in self.protocols.items():
            kind = KINDS.get(protocol.kind)
            if kind is None:
                known = ", ".join(KINDS)
                raise UsageError(f"protocol {name}: no kind {protocol.kind!r}, expected {known}")
            kind.check(name, protocol.settings)
            self._check_table(f"protocol {name}", protocol.table)
        for leak in self.leaks:
            self._check_table(f"leak from {leak.origin} to {leak.target}", leak.origin)
            self._check_table(f"leak from {leak.origin} to {leak.target}", leak.target)

    def _check_table(self, who: str, table: str) -> None:
        if table != MAIN and table not in self.tables:
            known = ", ".join(self.all_tables())
            raise UsageError(f"{who}: no table {table!r}, expected {known}")

    def all_tables(self) -> dict[str, TableConfig]:
        """Every table with what is said of it, the main one first."""
        return {name: self.table(name) for name in dict.fromkeys((MAIN, *self.tables))}

    def table(self, name: str) -> TableConfig:
        """What is said of a table; the defaults if nothing."""
        return self.tables.get(name, TableConfig())

"""What a calculation is told: LSAs by scope, areas, options, first hops."""

from __future__ import annotations

from dataclasses import dataclass, field

from fingerpost.addr import Address, Prefix
from fingerpost.ospf.lsa.header import LsaKey

Lsas = dict[tuple[int, LsaKey], bytes]
FirstHops = dict[tuple[int, int, int], int]  # kind, id, data: interface or scope


@dataclass
class AreaTold:
    """An area; its number is the scope of its LSAs."""

    id: int
    kind: int = 0
    imports_summaries: bool = True
    ranges: tuple[Prefix, ...] = ()
    first_hops: FirstHops = field(default_factory=dict)
    addresses: dict[tuple[int, int], Address] = field(default_factory=dict)
    connected: dict[Prefix, int] = field(default_factory=dict)


@dataclass
class World:
    """All of it, for one router."""

    version: int
    family: int
    router_id: int
    areas: dict[int, AreaTold] = field(default_factory=dict)
    lsas: Lsas = field(default_factory=dict)
    is_area_border: bool = False
    rfc1583: bool = False
    maximum_paths: int = 64
    is_provider_edge: bool = False

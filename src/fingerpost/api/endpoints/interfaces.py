"""The machine's interfaces, as the router sees them."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from fingerpost.api.endpoints.asked import Asked
from fingerpost.host.linux.kernel_interface import KernelInterface

router = APIRouter(tags=["interfaces"])


class InterfaceRow(BaseModel):
    """One interface. `is_up`: it carries packets, so enabled and with carrier."""

    name: str
    index: int
    is_up: bool
    is_enabled: bool
    has_carrier: bool
    is_loopback: bool
    kind: str | None
    mac: str
    mtu: int
    addresses: list[str]
    protocols: list[str]


class Interfaces(BaseModel):
    """All interfaces, by index."""

    interfaces: list[InterfaceRow]


def _row(one: KernelInterface, protocols: list[str]) -> InterfaceRow:
    return InterfaceRow(
        name=one.name,
        index=one.index,
        is_up=one.is_up,
        is_enabled=one.is_enabled,
        has_carrier=one.has_carrier,
        is_loopback=one.interface.is_loopback,
        kind=one.kind,
        mac=str(one.interface.mac),
        mtu=one.interface.mtu,
        addresses=[str(own) for own in one.addresses],
        protocols=protocols,
    )


@router.get("/interfaces")
async def interfaces(daemon: Asked, up: bool | None = None) -> Interfaces:
    """Every interface with its state, its addresses and the protocols that speak on it."""
    on: dict[str, list[str]] = {}
    for running in daemon.routing.protocols.values():
        for one in getattr(running.config.settings, "interfaces", ()):
            on.setdefault(one.name, []).append(running.name)
    rows = [_row(one, on.get(one.name, [])) for one in daemon.host.interfaces]
    return Interfaces(interfaces=[row for row in rows if up in (None, row.is_up)])

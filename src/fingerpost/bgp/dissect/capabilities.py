"""The capabilities of an OPEN as fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.bgp.config import Role
from fingerpost.bgp.constants import CapabilityCode
from fingerpost.bgp.packet import capabilities as of
from fingerpost.wire.dissect.tree import Field
from fingerpost.wire.dissect.words import hex_text
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMES = {int(one): one.name.lower() for one in CapabilityCode}
_ROLES = {one.value: one.name.lower().replace("_", " ") for one in Role}


def capability_fields(packet: bytes, start: int, end: int, *, is_extended: bool) -> Iterator[Field]:
    """Give each capability of optional parameters that have been found right."""
    at = start
    head = 3 if is_extended else 2
    while at + head <= end:
        behind = at + head + int.from_bytes(packet[at + 1 : at + head], "big")
        reader = Reader(packet[at + head : behind], "bgp")
        while reader:
            first = at + head + reader.at
            one = of.read_capability(reader)
            size = at + head + reader.at - first
            name = _NAMES.get(one.code, f"capability_{one.code}")
            yield Field(name, one.value().hex(), capability_text(one), first, size)
        at = behind


def capability_text(one: of.Capability) -> str:
    """Give what a capability says in words; "yes" for one that is there or not."""
    match one:
        case of.Multiprotocol():
            return str(one.family)
        case of.As4():
            return str(one.asn)
        case of.RoleCapability():
            return _ROLES.get(one.role, str(one.role))
        case of.Fqdn() | of.SoftwareVersion():
            return str(one)
        case of.UnknownCapability():
            return hex_text(one.octets) or "yes"
    return _families_text(one) or "yes"


def _families_text(one: of.Capability) -> str:
    match one:
        case of.ExtendedNextHop():
            return ", ".join(f"{row.family} by AFI {row.next_hop_afi}" for row in one.families)
        case of.AddPath():
            return ", ".join(f"{row.family} {_mode(row)}" for row in one.families)
        case of.GracefulRestart():
            flags = [f"{one.restart_s} s"]
            flags += ["restarted"] * one.has_restarted + ["notification"] * one.for_notification
            kept = (f"{row.family}{' forwarding' * row.is_forwarding}" for row in one.families)
            return ", ".join((*flags, *kept))
        case of.LongLivedGracefulRestart():
            return ", ".join(
                f"{row.family} {row.stale_s} s{' forwarding' * row.is_forwarding}"
                for row in one.families
            )
    return ""


def _mode(row: of.AddPathFamily) -> str:
    said = [word for word, is_so in (("receives", row.receives), ("sends", row.sends)) if is_so]
    return " and ".join(said) or f"mode {row.mode}"

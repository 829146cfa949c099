"""The extension structure of multi-part ICMP and ICMPv6 messages (RFC 4884) and its objects.

Router names on a trace: `MplsLabelStack` (RFC 4950), `InterfaceInformation` (RFC 5837), and what
PROBE asks about, `InterfaceByName`, `InterfaceByIndex`, `InterfaceByAddress` (RFC 8335).

A fault never costs the message that carries it: an object whose payload does not read becomes an
`UnknownObject`, a structure whose header, checksum or object lengths do not hold becomes one
`UnreadableExtensions`. Both keep their bytes.
"""

from __future__ import annotations

from fingerpost.wire.icmp_extension.identification import (
    InterfaceByAddress,
    InterfaceByIndex,
    InterfaceByName,
)
from fingerpost.wire.icmp_extension.interface import InterfaceInformation, InterfaceRole
from fingerpost.wire.icmp_extension.mpls import MplsLabel, MplsLabelStack
from fingerpost.wire.icmp_extension.objects import ExtensionObject, ObjectClass, UnknownObject
from fingerpost.wire.icmp_extension.structure import (
    UnreadableExtensions,
    decode,
    encode,
    read,
)

__all__ = [
    "ExtensionObject",
    "InterfaceByAddress",
    "InterfaceByIndex",
    "InterfaceByName",
    "InterfaceInformation",
    "InterfaceRole",
    "MplsLabel",
    "MplsLabelStack",
    "ObjectClass",
    "UnknownObject",
    "UnreadableExtensions",
    "decode",
    "encode",
    "read",
]

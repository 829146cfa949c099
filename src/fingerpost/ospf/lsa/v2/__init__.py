"""LSAs of version 2 (RFC 2328 A.4), one file a body; a type without a class is kept as it came.

Of the opaque types 9, 10 and 11 (RFC 5250 A.2) the first byte of the link state id says what the
body is, whatever the scope.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from fingerpost.ospf.lsa.grace import GraceLsa
from fingerpost.ospf.lsa.router_information import RouterInformationLsa
from fingerpost.ospf.lsa.traffic_engineering import TrafficEngineeringLsa
from fingerpost.ospf.lsa.types import LsaTypeV2
from fingerpost.ospf.lsa.v2.extended_link import ExtendedLinkLsa
from fingerpost.ospf.lsa.v2.extended_prefix import ExtendedPrefixLsa
from fingerpost.ospf.lsa.v2.external import ExternalLsa, TosPath
from fingerpost.ospf.lsa.v2.network import NetworkLsa
from fingerpost.ospf.lsa.v2.opaque import OPAQUE_BODIES, OpaqueBody, opaque_id, opaque_type
from fingerpost.ospf.lsa.v2.router import LinkType, RouterLink, RouterLsa
from fingerpost.ospf.lsa.v2.summary import SummaryLsa
from fingerpost.ospf.lsa.whole import Lsa, UnknownLsa, closed, opened

if TYPE_CHECKING:
    from typing_extensions import Buffer

Body: TypeAlias = RouterLsa | NetworkLsa | SummaryLsa | ExternalLsa | OpaqueBody | UnknownLsa
BODIES: dict[int, type[Body]] = {
    LsaTypeV2.ROUTER: RouterLsa,
    LsaTypeV2.NETWORK: NetworkLsa,
    LsaTypeV2.SUMMARY: SummaryLsa,
    LsaTypeV2.ASBR_SUMMARY: SummaryLsa,
    LsaTypeV2.EXTERNAL: ExternalLsa,
    LsaTypeV2.NSSA: ExternalLsa,
}
_OPAQUE = range(LsaTypeV2.OPAQUE_LINK, LsaTypeV2.OPAQUE_AS + 1)


def decode_lsa(data: Buffer) -> Lsa[Body]:
    """Take an LSA apart; raises `DecodeError`, nothing else. Its checksum is not looked at."""
    header, reader = opened(data, 2)
    if header.type in _OPAQUE:
        form: type[Body] = OPAQUE_BODIES.get(opaque_type(header.id), UnknownLsa)
    else:
        form = BODIES.get(header.type, UnknownLsa)
    return Lsa(header, form.read(reader))


def encode_lsa(lsa: Lsa[Body]) -> bytes:
    """Give an LSA with its length and checksum; raises `UsageError` for a field out of range."""
    return closed(lsa, 2)


__all__ = [
    "BODIES",
    "OPAQUE_BODIES",
    "Body",
    "ExtendedLinkLsa",
    "ExtendedPrefixLsa",
    "ExternalLsa",
    "GraceLsa",
    "LinkType",
    "Lsa",
    "NetworkLsa",
    "RouterInformationLsa",
    "RouterLink",
    "RouterLsa",
    "SummaryLsa",
    "TosPath",
    "TrafficEngineeringLsa",
    "UnknownLsa",
    "decode_lsa",
    "encode_lsa",
    "opaque_id",
    "opaque_type",
]

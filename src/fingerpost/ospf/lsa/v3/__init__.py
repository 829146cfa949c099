"""LSAs of version 3 (RFC 5340 A.4), one file a body; a type without a class is kept as it came."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from fingerpost.ospf.lsa.grace import GraceLsa
from fingerpost.ospf.lsa.router_information import RouterInformationLsa
from fingerpost.ospf.lsa.traffic_engineering import TrafficEngineeringLsa
from fingerpost.ospf.lsa.types import LsaTypeV3
from fingerpost.ospf.lsa.v3.extended import (
    ExtendedIntraAreaPrefixLsa,
    ExtendedLsa,
    ExtendedLsaWithOptions,
)
from fingerpost.ospf.lsa.v3.external import ExternalLsa
from fingerpost.ospf.lsa.v3.inter_area import InterAreaPrefixLsa, InterAreaRouterLsa
from fingerpost.ospf.lsa.v3.intra_area_prefix import IntraAreaPrefixLsa, PrefixWithMetric
from fingerpost.ospf.lsa.v3.link import LinkLsa
from fingerpost.ospf.lsa.v3.network import NetworkLsa
from fingerpost.ospf.lsa.v3.prefix import LsaPrefix
from fingerpost.ospf.lsa.v3.router import LinkType, RouterLink, RouterLsa
from fingerpost.ospf.lsa.whole import Lsa, UnknownLsa, closed, opened

if TYPE_CHECKING:
    from typing_extensions import Buffer

Body: TypeAlias = (
    RouterLsa
    | NetworkLsa
    | InterAreaPrefixLsa
    | InterAreaRouterLsa
    | ExternalLsa
    | LinkLsa
    | IntraAreaPrefixLsa
    | GraceLsa
    | RouterInformationLsa
    | TrafficEngineeringLsa
    | ExtendedLsa
    | ExtendedLsaWithOptions
    | ExtendedIntraAreaPrefixLsa
    | UnknownLsa
)
BODIES: dict[int, type[Body]] = {
    LsaTypeV3.ROUTER: RouterLsa,
    LsaTypeV3.NETWORK: NetworkLsa,
    LsaTypeV3.INTER_AREA_PREFIX: InterAreaPrefixLsa,
    LsaTypeV3.INTER_AREA_ROUTER: InterAreaRouterLsa,
    LsaTypeV3.EXTERNAL: ExternalLsa,
    LsaTypeV3.NSSA: ExternalLsa,
    LsaTypeV3.LINK: LinkLsa,
    LsaTypeV3.INTRA_AREA_PREFIX: IntraAreaPrefixLsa,
    LsaTypeV3.INTRA_AREA_TE: TrafficEngineeringLsa,
    LsaTypeV3.GRACE: GraceLsa,
    LsaTypeV3.ROUTER_INFORMATION_LINK: RouterInformationLsa,
    LsaTypeV3.ROUTER_INFORMATION_AREA: RouterInformationLsa,
    LsaTypeV3.ROUTER_INFORMATION_AS: RouterInformationLsa,
    LsaTypeV3.E_ROUTER: ExtendedLsaWithOptions,
    LsaTypeV3.E_NETWORK: ExtendedLsaWithOptions,
    LsaTypeV3.E_INTER_AREA_PREFIX: ExtendedLsa,
    LsaTypeV3.E_INTER_AREA_ROUTER: ExtendedLsa,
    LsaTypeV3.E_EXTERNAL: ExtendedLsa,
    LsaTypeV3.E_NSSA: ExtendedLsa,
    LsaTypeV3.E_LINK: ExtendedLsaWithOptions,
    LsaTypeV3.E_INTRA_AREA_PREFIX: ExtendedIntraAreaPrefixLsa,
}


def decode_lsa(data: Buffer) -> Lsa[Body]:
    """Take an LSA apart; raises `DecodeError`, nothing else. Its checksum is not looked at."""
    header, reader = opened(data, 3)
    return Lsa(header, BODIES.get(header.type, UnknownLsa).read(reader))


def encode_lsa(lsa: Lsa[Body]) -> bytes:
    """Give an LSA with its length and checksum; raises `UsageError` for a field out of range."""
    return closed(lsa, 3)


__all__ = [
    "BODIES",
    "Body",
    "ExtendedIntraAreaPrefixLsa",
    "ExtendedLsa",
    "ExtendedLsaWithOptions",
    "ExternalLsa",
    "GraceLsa",
    "InterAreaPrefixLsa",
    "InterAreaRouterLsa",
    "IntraAreaPrefixLsa",
    "LinkLsa",
    "LinkType",
    "Lsa",
    "LsaPrefix",
    "NetworkLsa",
    "PrefixWithMetric",
    "RouterInformationLsa",
    "RouterLink",
    "RouterLsa",
    "TrafficEngineeringLsa",
    "UnknownLsa",
    "decode_lsa",
    "encode_lsa",
]

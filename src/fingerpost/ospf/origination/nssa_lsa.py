"""Type 7 LSAs of others, as a translator reads them (RFC 3101 3.2, RFC 5340 4.4.3.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.addr import Address, Prefix
from fingerpost.errors import DecodeError
from fingerpost.ospf.lsa import v2, v3
from fingerpost.ospf.lsa.options import OptionsV2, PrefixOptions
from fingerpost.ospf.origination.external import External
from fingerpost.ospf.text import dotted

if TYPE_CHECKING:
    from fingerpost.ospf.lsa.header import LsaHeader


def translatable(lsa: bytes, version: int, family: int) -> External | None:
    """Give what a type 7 LSA tells if it is to be translated: P is set, and an address named."""
    try:
        if version == 2:
            held = v2.decode_lsa(lsa)
            return _of_v2(held.header, held.body) if isinstance(held.body, v2.ExternalLsa) else None
        wide = v3.decode_lsa(lsa)
    except DecodeError:
        return None
    if not isinstance(wide.body, v3.ExternalLsa):
        return None
    return _of_v3(wide.header, wide.body, family)


def prefix_of(lsa: bytes, version: int, family: int) -> Prefix | None:
    """Give the prefix that a type 7 LSA is about; None where it cannot be read."""
    try:
        if version == 2:
            held = v2.decode_lsa(lsa)
            if not isinstance(held.body, v2.ExternalLsa):
                return None
            return Prefix(Address(held.header.id, 4), held.body.mask.bit_count())
        wide = v3.decode_lsa(lsa)
    except DecodeError:
        return None
    return wide.body.prefix.prefix(family) if isinstance(wide.body, v3.ExternalLsa) else None


def _of_v2(header: LsaHeader, body: v2.ExternalLsa) -> External | None:
    if not header.options & OptionsV2.NP or body.forwarding == 0:
        return None
    forwarding = Address(body.forwarding, 4)
    return _external(header, body, forwarding, body.tag)


def _of_v3(header: LsaHeader, body: v3.ExternalLsa, family: int) -> External | None:
    forwarding = body.forwarding
    if not body.prefix.options & PrefixOptions.P or forwarding is None or int(forwarding) == 0:
        return None
    if family == 4:
        forwarding = Address(forwarding.packed[:4])  # RFC 5838 2.5
    return _external(header, body, forwarding, body.tag or 0)


def _external(
    header: LsaHeader, body: v2.ExternalLsa | v3.ExternalLsa, forwarding: Address, tag: int
) -> External:
    source = f"type 7 of {dotted(header.router)}"
    return External(body.metric, body.is_type_2, tag, None, forwarding, source)

"""What we say of other areas and of the outside in version 3 (RFC 5340 4.4.3.4 to 4.4.3.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.addr import Address
from fingerpost.ospf.lsa.options import PrefixOptions
from fingerpost.ospf.lsa.v3.external import ExternalLsa
from fingerpost.ospf.lsa.v3.inter_area import InterAreaPrefixLsa, InterAreaRouterLsa
from fingerpost.ospf.lsa.v3.prefix import LsaPrefix

if TYPE_CHECKING:
    from fingerpost.addr import Prefix
    from fingerpost.ospf.origination.external import External


def summary_lsa(prefix: Prefix, metric: int) -> InterAreaPrefixLsa:
    """Tell a prefix of other areas."""
    return InterAreaPrefixLsa(metric, LsaPrefix.of(prefix))


def boundary_router_lsa(router: int, options: int, metric: int) -> InterAreaRouterLsa:
    """Tell an AS boundary router of other areas."""
    return InterAreaRouterLsa(options, metric, router)


def external_lsa(
    prefix: Prefix, external: External, forwarding: Address | None, *, propagates: bool = False
) -> ExternalLsa:
    """Tell a destination outside; `propagates`: translators pass it on (the P bit, A.4.1.1)."""
    if forwarding is not None and forwarding.version == 4:
        forwarding = Address(forwarding.packed + bytes(12))  # RFC 5838 2.5
    return ExternalLsa(
        external.metric,
        LsaPrefix.of(prefix, int(PrefixOptions.P) if propagates else 0),
        external.is_type_2,
        forwarding,
        external.tag or None,
    )

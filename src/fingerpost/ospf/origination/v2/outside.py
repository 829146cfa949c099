"""What we say of other areas and of the outside in version 2 (RFC 2328 12.4.3, 12.4.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.ospf.lsa.v2.external import ExternalLsa
from fingerpost.ospf.lsa.v2.summary import SummaryLsa

if TYPE_CHECKING:
    from fingerpost.addr import Address, Prefix
    from fingerpost.ospf.origination.external import External


def summary_lsa(prefix: Prefix, metric: int) -> SummaryLsa:
    """Tell a network of other areas (type 3)."""
    return SummaryLsa(int(prefix.netmask), metric)


def boundary_router_lsa(metric: int) -> SummaryLsa:
    """Tell an AS boundary router of other areas (type 4): its id is that of the LSA."""
    return SummaryLsa(0, metric)


def external_lsa(prefix: Prefix, external: External, forwarding: Address | None) -> ExternalLsa:
    """Tell a destination outside (types 5 and 7)."""
    return ExternalLsa(
        int(prefix.netmask),
        external.metric,
        external.is_type_2,
        0 if forwarding is None else int(forwarding),
        external.tag,
    )

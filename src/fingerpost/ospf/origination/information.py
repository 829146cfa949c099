"""What our router information LSA says (RFC 7770 2.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.ospf.lsa.router_information import (
    Capability,
    InformationalCapabilities,
    RouterInformationLsa,
)

if TYPE_CHECKING:
    from fingerpost.ospf.config import GracefulRestart


def router_information(graceful_restart: GracefulRestart) -> RouterInformationLsa:
    """Tell what we can do: graceful restart as it is configured, and to be a stub router."""
    capabilities = [Capability.STUB_ROUTER]
    if graceful_restart.is_enabled:
        capabilities.append(Capability.GRACEFUL_RESTART)
    if graceful_restart.helps:
        capabilities.append(Capability.GRACEFUL_RESTART_HELPER)
    return RouterInformationLsa((InformationalCapabilities.of(*capabilities),))

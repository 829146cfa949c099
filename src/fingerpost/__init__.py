"""fingerpost: a complete IP router that you can import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.addr import Address, Interface, Prefix, PrefixSet
from fingerpost.fib import Fib

if TYPE_CHECKING:
    from fingerpost.addr import classify
    from fingerpost.lab.network import Network
    from fingerpost.router import Router, RouterConfig, Routing
    from fingerpost.speaker import Speaker
else:
    _LATE = {
        "Network": "fingerpost.lab.network",
        "Router": "fingerpost.router",
        "RouterConfig": "fingerpost.router",
        "Routing": "fingerpost.router",
        "Speaker": "fingerpost.speaker",
        "classify": "fingerpost.addr",
    }

    def __getattr__(name):  # noqa: ANN001, ANN202 - type checkers read the import above
        """Import a late name (PEP 562)."""
        if name not in _LATE:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        return getattr(import_module(_LATE[name]), name)


__all__ = [
    "Address",
    "Fib",
    "Interface",
    "Network",
    "Prefix",
    "PrefixSet",
    "Router",
    "RouterConfig",
    "Routing",
    "Speaker",
    "classify",
]

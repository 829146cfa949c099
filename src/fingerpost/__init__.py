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
    from fingerpost.late import late

    __getattr__ = late(
        __name__,
        {
            "Network": "fingerpost.lab.network",
            "Router": "fingerpost.router",
            "RouterConfig": "fingerpost.router",
            "Routing": "fingerpost.router",
            "Speaker": "fingerpost.speaker",
            "classify": "fingerpost.addr",
        },
    )


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

"""fingerpost: a complete IP router that you can import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.addr import Address, Interface, Prefix, PrefixSet
from fingerpost.fib import Fib

if TYPE_CHECKING:
    from fingerpost.addr import classify
else:

    def __getattr__(name):  # noqa: ANN001, ANN202 - type checkers read the import above
        """Import a late name (PEP 562)."""
        if name != "classify":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from fingerpost import addr

        return addr.classify


__all__ = ["Address", "Fib", "Interface", "Prefix", "PrefixSet", "classify"]

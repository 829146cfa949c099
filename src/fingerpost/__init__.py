"""fingerpost: a complete IP router that you can import."""

from __future__ import annotations

from fingerpost.addr import Address, Interface, Prefix, classify

__all__ = ["Address", "Interface", "Prefix", "classify"]

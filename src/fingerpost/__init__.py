"""fingerpost: a complete IP router that you can import."""

from __future__ import annotations

from fingerpost.addr import Address, Prefix

__all__ = ["Address", "Prefix"]

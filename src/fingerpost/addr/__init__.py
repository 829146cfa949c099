"""Addresses, prefixes and their arithmetic."""

from __future__ import annotations

from fingerpost._core import Address, Prefix

__all__ = ["Address", "Prefix"]

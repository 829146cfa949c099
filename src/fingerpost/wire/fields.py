"""Checks of values on their way to the wire: what does not fit is the caller's fault.

Values are built unchecked; `encode` calls these. Each gives what it was given, or raises
`UsageError` that names the field ("ipv4 ttl"), the value and the range.
"""

from __future__ import annotations

from typing import NoReturn

from fingerpost.addr import Address
from fingerpost.errors import UsageError


def unfit(field: str, value: object, expected: str) -> NoReturn:
    """Raise the `UsageError` for a value that the format has no room for."""
    raise UsageError(f"{field} is {value!r}, expected {expected}")


def unsigned(value: int, bits: int, field: str) -> int:
    """Give a whole number that fits into so many bits."""
    if not isinstance(value, int) or value < 0 or value >> bits:
        unfit(field, value, f"a number from 0 to {(1 << bits) - 1}")
    return value


def packed(address: Address, version: int, field: str) -> bytes:
    """Give the bytes of an address of this IP version."""
    if not isinstance(address, Address) or address.version != version:
        unfit(field, address, f"an IPv{version} Address")
    return address.packed


def octets(value: bytes, length: int, field: str) -> bytes:
    """Give bytes of exactly this length."""
    if not isinstance(value, bytes) or len(value) != length:
        unfit(field, value, f"{length} bytes")
    return value


def at_most(value: bytes, longest: int, field: str) -> bytes:
    """Give bytes that are no longer than a length field can say."""
    if not isinstance(value, bytes):
        unfit(field, value, f"at most {longest} bytes")
    if len(value) > longest:
        raise UsageError(f"{field} is {len(value)} bytes long, expected at most {longest}")
    return value

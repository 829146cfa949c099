"""Router, area and link state ids as people write them: four numbers with dots."""

from __future__ import annotations


def dotted(value: int) -> str:
    """Write an id of 32 bits as 10.0.0.1 (RFC 2328 A.1)."""
    return f"{value >> 24}.{value >> 16 & 255}.{value >> 8 & 255}.{value & 255}"


def undotted(text: str) -> int:
    """Read an id, written as 10.0.0.1 or as one number. Raises `ValueError`."""
    if text.isdecimal() and text.isascii() and len(text) <= 10 and int(text) < 2**32:
        return int(text)
    parts = text.split(".")
    if len(parts) != 4 or not all(p.isdecimal() and p.isascii() and len(p) <= 3 for p in parts):
        raise ValueError(f"{text!r} is no id, write 10.0.0.1 or a number below 4294967296")
    if any(int(part) > 255 for part in parts):
        raise ValueError(f"{text!r} is no id, each of its numbers is at most 255")
    return int.from_bytes(bytes(map(int, parts)), "big")

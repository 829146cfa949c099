"""AS numbers as text (RFC 5396): asplain "65546", asdot "1.10"."""

from __future__ import annotations

from fingerpost.errors import UsageError


def asn_text(asn: int, *, is_dotted: bool = False) -> str:
    """Give an AS number as asplain, or as asdot: dotted where it has more than 16 bits."""
    if not is_dotted or asn <= 0xFFFF:
        return str(asn)
    return f"{asn >> 16}.{asn & 0xFFFF}"


def parse_asn(text: str) -> int:
    """Read asplain, asdot or asdot+, with or without "AS" before it.

    Raises `UsageError` for what is none; 0 is none (RFC 7607).
    """
    bare = text[2:] if text[:2].upper() == "AS" else text
    high, dot, low = bare.rpartition(".")
    parts = (high, low) if dot else (low,)
    number = 0
    for part in parts:
        most = 0xFFFF if dot else 0xFFFF_FFFF
        number = number << 16 | plain_number(part, most, "AS number", text)
    if not number:
        raise UsageError(f"{text!r} is no AS number, expected 1 to 4294967295 (RFC 7607)")
    return number


def plain_number(text: str, most: int, what: str, whole: str) -> int:
    """Read decimal digits up to `most`; `whole` is what a message names."""
    if not (text.isascii() and text.isdigit()) or len(text) > 20 or int(text) > most:
        raise UsageError(f"{whole!r} is no {what}: {text!r}, expected a number from 0 to {most}")
    return int(text)

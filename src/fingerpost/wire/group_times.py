"""The floating-point times of IGMPv3 (RFC 3376 4.1.1, 4.1.7) and MLDv2 (RFC 3810 5.1.3, 5.1.9).

    bit   0   1..3   4..7          a byte: IGMP's maximum response code, the querier's interval
        +---+------+------+
        | 1 | exp  | mant |        value = (mant | 0x10) << (exp + 3)
        +---+------+------+

    bit   0   1..3   4..15         16 bits: MLD's maximum response code
        +---+------+------+
        | 1 | exp  | mant |        value = (mant | 0x1000) << (exp + 3)
        +---+------+------+

A code without its first bit is the value itself.
"""

from __future__ import annotations

from fingerpost.errors import UsageError

SUPPRESS = 0x08


def time_of_byte(code: int) -> int:
    """Give the value of an 8-bit code."""
    return code if code < 0x80 else (code & 0x0F | 0x10) << ((code >> 4 & 7) + 3)


def time_of_word(code: int) -> int:
    """Give the value of a 16-bit code."""
    return code if code < 0x8000 else (code & 0x0FFF | 0x1000) << ((code >> 12 & 7) + 3)


def byte_of_time(value: int) -> int:
    """Give the 8-bit code of the greatest value that is not above `value`."""
    return _code(value, 4)


def word_of_time(value: int) -> int:
    """Give the 16-bit code of the greatest value that is not above `value`."""
    return _code(value, 12)


def querier_flags(suppress: bool, robustness: int) -> int:
    """Give the byte of the S flag and QRV (RFC 3376 4.1.5 and 4.1.6, RFC 3810 5.1.7 and 5.1.8)."""
    if not 0 <= robustness <= 7:
        raise UsageError(f"robustness {robustness}: the querier sends 0 to 7, 0 for more")
    return suppress << 3 | robustness


def _code(value: int, mantissa_bits: int) -> int:
    first = 1 << mantissa_bits + 3
    if value < first:
        return max(value, 0)
    exponent = min(value.bit_length() - mantissa_bits - 4, 7)
    mantissa = min((value >> exponent + 3) - (1 << mantissa_bits), (1 << mantissa_bits) - 1)
    return first | exponent << mantissa_bits | mantissa

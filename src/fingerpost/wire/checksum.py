"""The Internet checksum, whole (RFC 1071) and incremental (RFC 1624).

The sum of the 16-bit words of a message in ones' complement is the message, read as one number,
modulo 0xffff, because 0x10000 is 1 modulo 0xffff. The core adds up the words.

Ones' complement has two zeros. Only a message of zero bytes sums to 0x0000; every other multiple of
0xffff sums to 0xffff. The functions here keep the two apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost._core import ones_sum as _sum_of_words

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from fingerpost.addr import Address

ONES = 0xFFFF


def ones_sum(data: Buffer, initial: int = 0) -> int:
    """Give the ones' complement sum of the 16-bit words of `data`, 0 to 0xffff.

    An odd last byte counts as the high half of a word (RFC 1071 1). `initial` is a sum to go on
    from, such as `pseudo_sum` gives.
    """
    number = _sum_of_words(data if type(data) is bytes else bytes(data))
    if not initial:
        return number
    number += initial
    return number % ONES or (ONES if number else 0)


def checksum(data: Buffer, initial: int = 0) -> int:
    """Give the complement of `ones_sum`, ready for the checksum field.

    Over a message whose checksum field is zero it is what the field must hold; over a received
    message it is 0 exactly when the checksum is right (and the message is not all zero).
    """
    return ones_sum(data, initial) ^ ONES


def updated(check: int, old_word: int, new_word: int) -> int:
    """Give the checksum field after one 16-bit word of the message has changed.

    RFC 1624 equation 3, HC' = ~(~HC + ~m + m'): it gives 0x0000 where equation 2, that of RFC 1141,
    would give 0xffff, and so is equal to the sum made anew for every message with a word that is
    not zero, as every IP header has.
    """
    total = (check ^ ONES) + (old_word ^ ONES) + new_word
    total = (total & ONES) + (total >> 16)
    return ((total & ONES) + (total >> 16)) ^ ONES


def pseudo_sum(source: Address, destination: Address, protocol: int, length: int) -> int:
    """Give the sum of the pseudo-header above which UDP, TCP and ICMPv6 checksums begin.

    RFC 768 and RFC 9293 3.1 for IPv4, RFC 8200 8.1 for IPv6: both hold the same words, the IPv6
    form only with more zeros. `length` is that of the upper-layer header and data in bytes.
    """
    number = int(source) + int(destination) + protocol + length
    return number % ONES or (ONES if number else 0)

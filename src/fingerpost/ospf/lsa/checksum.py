"""The checksum of an LSA: Fletcher's, as RFC 905 annex B lays it out (RFC 2328 12.1.7).

It covers all but the age, which changes on the way. Two sums modulo 255 run over the bytes: C0 adds
each byte, C1 adds each value that C0 takes. The two check bytes are chosen so that both end at 0.
RFC 2328 B counts the octets of the checksum from the LSA's start: 17 and 18.
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Buffer

COVERED = 2  # the first byte that is covered: the age lies before it
CHECK_AT = 16  # where the two check bytes stand in the LSA


def fletcher(data: Buffer) -> tuple[int, int]:
    """Give C0 and C1 over `data`, each 0 to 254."""
    octets = data if type(data) is bytes else bytes(data)
    return sum(octets) % 255, sum(accumulate(octets)) % 255


def is_right(lsa: bytes) -> bool:
    """Tell whether an LSA, given from its age to its end, has the checksum that it says.

    A checksum of 0 says that there is none, and which no LSA may have (RFC 2328 12.1.7).
    """
    return fletcher(lsa[COVERED:]) == (0, 0) and lsa[CHECK_AT : CHECK_AT + 2] != b"\0\0"


def checksum(lsa: bytes) -> int:
    """Give what the checksum field of an LSA must hold; what stands there now does not matter.

    With both check bytes zero, let the sums be C0 and C1 over L bytes, and n the place of the first
    check byte, counted from 1. Then X = (L - n) C0 - C1 and Y = C1 - (L - n + 1) C0 make both sums
    0 (RFC 905 B.3). Where either is 0 it is written as 255, its other form, so that the field is
    never 0.
    """
    octets = lsa[COVERED:CHECK_AT] + b"\0\0" + lsa[CHECK_AT + 2 :]
    c0, c1 = fletcher(octets)
    behind = len(octets) - (CHECK_AT - COVERED + 1)  # L - n
    x = (behind * c0 - c1) % 255 or 255
    y = (c1 - (behind + 1) * c0) % 255 or 255
    return x << 8 | y


def sealed(lsa: bytes) -> bytes:
    """Give the LSA with its checksum filled in."""
    return lsa[:CHECK_AT] + checksum(lsa).to_bytes(2, "big") + lsa[CHECK_AT + 2 :]

"""Who is too far away to be a neighbour: the generalized TTL security mechanism (RFC 5082).

Nobody can raise a hop limit on the way, so what still has 255 when it comes has passed no router.
Off unless it is asked for, as both sides must send with 255. Then packets are believed whose sender
is at most `hops` links away: 1 on a network that both are on, more for virtual links.
"""

from __future__ import annotations

from typing import Final

SENT: Final = 255


def least(hops: int) -> int:
    """The least hop limit that a packet may come with from `hops` links away (RFC 5082 3)."""
    return SENT + 1 - hops


def refusal(hop_limit: int | None, hops: int | None) -> str | None:
    """Why a packet is not believed; None where it is, or where `hops` is None and nobody asks.

    `hop_limit` is None where the host cannot tell, and then nothing is believed.
    """
    if hops is None:
        return None
    if hop_limit is None:
        return f"hop limit: theirs unknown, ours at least {least(hops)}"
    if hop_limit >= least(hops):
        return None
    return f"hop limit: theirs {hop_limit}, ours at least {least(hops)}"

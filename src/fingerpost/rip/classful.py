"""Masks that are guessed, and what may be said to who guesses (RFC 1058 3.2, RFC 2453 3.7, 4.3).

An entry of version 1, or of version 2 without a mask, has a mask to be guessed: that of our own
network if it lies in the same classful network, else that of its class; with bits behind that mask
it is a host.

Who may be guessed at is told nothing that would be guessed wrongly: subnets of a network that the
link is not part of go as that one network, with the best of their metrics; what else would be
misread stays unsaid.

Ours: host routes go as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.addr import Address, Prefix
from fingerpost.rip.dialect import Offer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fingerpost.rip.interface import Link

ZERO = Address("0.0.0.0")


def guessed_length(address: Address, link: Link) -> int:
    """The length that a mask would have had."""
    if address == ZERO:
        return 0
    natural = _class_length(address)
    network = Prefix(address, natural)
    inside = [one for one in link.own if one.length >= natural and one.address in network]
    length = inside[0].length if inside else natural
    return length if Prefix(address, length).network == address else 32


def summarized(link: Link, offers: Iterable[Offer]) -> list[Offer]:
    """Give what may be said of these to those who guess masks, by prefix."""
    said: dict[Prefix, Offer] = {}
    whole: dict[Prefix, Offer] = {}
    for offer in offers:
        prefix = offer.prefix
        if guessed_length(prefix.network, link) == prefix.length:
            said[prefix] = offer
            continue
        natural = Prefix(prefix.network, min(_class_length(prefix.network), prefix.length))
        if natural == prefix or any(one.address in natural for one in link.own):
            continue
        best = whole.get(natural)
        if best is None or offer.metric < best.metric:
            whole[natural] = Offer(natural, offer.metric)
    return sorted((whole | said).values())


def _class_length(address: Address) -> int:
    first = int(address) >> 24
    return 8 if first < 128 else 16 if first < 192 else 24

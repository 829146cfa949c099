"""What an aggregate has of the paths that it stands for (RFC 4271 9.2.2.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fingerpost.bgp.attributes.attribute import framed, split_canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fingerpost.bgp.config import Aggregate, BgpConfig

_WELL_KNOWN, _OPTIONAL_TRANSITIVE = 0x40, 0xC0
_ORIGIN, _AS_PATH, _ATOMIC, _AGGREGATOR = 1, 2, 6, 7
_KINDS: Final = {8: 4, 16: 8, 32: 12}  # communities by type of attribute, with their octets
_AS_SET, _AS_SEQUENCE = 1, 2
_SET_MOST: Final = 255


@dataclass(frozen=True, slots=True)
class Contribution:
    """Of one path: ORIGIN, AS numbers in order, communities by their attribute."""

    origin: int
    path: tuple[int, ...]
    communities: tuple[tuple[int, bytes], ...]


def contribution_of(octets: bytes) -> Contribution:
    """Of the canonical bytes of a path."""
    origin, path, communities = 0, list[int](), list[tuple[int, bytes]]()
    for _, code, value in split_canonical(octets):
        if code == _ORIGIN and value:
            origin = value[0]
        elif code == _AS_PATH:
            path += _numbers(value)
        elif code in _KINDS:
            size = _KINDS[code]
            communities += [(code, value[at : at + size]) for at in range(0, len(value), size)]
    return Contribution(origin, tuple(path), tuple(communities))


def _numbers(value: bytes) -> Iterator[int]:
    at = 0
    while at + 2 <= len(value):
        count = value[at + 1]
        at += 2
        for _ in range(count):
            yield int.from_bytes(value[at : at + 4], "big")
            at += 4


def united(given: Iterable[Contribution], config: Aggregate, bgp: BgpConfig) -> bytes:
    """Canonical bytes of the aggregate of paths."""
    origin, numbers = 0, dict[int, None]()
    communities: dict[int, dict[bytes, None]] = {code: {} for code in _KINDS}
    for one in given:
        origin = max(origin, one.origin)  # INCOMPLETE over EGP over IGP
        numbers.update(dict.fromkeys(one.path))
        for code, value in one.communities:
            communities[code][value] = None
    is_set = config.keeps_path and bool(numbers)
    made = framed(_WELL_KNOWN, _ORIGIN, bytes((origin,)))
    made += framed(_WELL_KNOWN, _AS_PATH, _set(sorted(numbers)) if is_set else b"")
    if numbers and not is_set:
        made += framed(_WELL_KNOWN, _ATOMIC, b"")
    us = bgp.asn.to_bytes(4, "big") + bgp.router_id.to_bytes(4, "big")
    made += framed(_OPTIONAL_TRANSITIVE, _AGGREGATOR, us)
    if config.keeps_communities:
        for code, held in communities.items():
            if held:
                made += framed(_OPTIONAL_TRANSITIVE, code, b"".join(sorted(held)))
    return made


def _set(numbers: list[int]) -> bytes:
    told = numbers[:_SET_MOST]
    return bytes((_AS_SET, len(told))) + b"".join(one.to_bytes(4, "big") for one in told)

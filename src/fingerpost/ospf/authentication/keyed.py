"""What signing has in common in both versions: keys with their times, and rising numbers."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fingerpost.forwarding.durations import SECOND
from fingerpost.ospf.authentication.keyring import KeyedDigest, KeyRing
from fingerpost.ospf.authentication.layout import ROUTER
from fingerpost.ospf.authentication.sequence import HeardNumbers, SequenceNumbers
from fingerpost.ospf.authentication.verdict import Check, Verdict
from fingerpost.protocol.keys import Algorithm

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.ospf.authentication.settings import KeyChain
    from fingerpost.protocol.keys import Key


class Keyed:
    """Of one interface: the ring of its keys, our numbers, and those of its neighbours."""

    __slots__ = ("_by_router", "_chain", "_heard", "_numbers", "_ring")

    covers_checksum = True

    def __init__(
        self,
        chain: KeyChain,
        numbers: SequenceNumbers,
        heard: HeardNumbers,
        *,
        by_router: bool,
        suffix: bytes = b"",
    ) -> None:
        """`by_router`: neighbours are known by their router id; `suffix`: see `KeyedDigest`."""
        self._chain = chain
        self._ring = KeyRing(chain, suffix, hashes_long=not chain.plain_hmac)
        self._numbers = numbers
        self._heard = heard
        self._by_router = by_router

    def _peer(self, router_id: bytes, source: Address) -> bytes:
        return router_id if self._by_router else router_id + source.packed

    def _find(self, key_id: int, now: int) -> KeyedDigest | Verdict:
        """The key that a packet names, or why it is not believed."""
        keyed = self._ring.get(key_id)
        if keyed is None:
            ours = ", ".join(map(str, self._ring.ids))
            return Verdict(Check.KEY, f"key {key_id}", f"key {ours}")
        if not self._ring.is_accepted(keyed, now):
            return Verdict(Check.LIFETIME, f"key {key_id}", _lifetime(keyed.key))
        return keyed

    def _stale(self, peer: bytes, kind: int, sequence: int, *, rises: bool) -> Verdict | None:
        """Refuse a number that a neighbour has used up; `rises`: equal is too low as well."""
        last = self._heard.last(peer, kind)
        if sequence > last or (sequence == last and not rises):
            return None
        ours = f"more than {last}" if rises else f"at least {last}"
        hint = "replayed, or its router counts anew" if sequence < last else "it came before"
        return Verdict(Check.SEQUENCE, str(sequence), ours, hint)

    def _fits(self, keyed: KeyedDigest, message: bytes, digest: bytes, pad: bytes | None) -> bool:
        """Whether a digest is that of a message; either way of keying with long secrets counts."""
        if hmac.compare_digest(keyed.digest(message, pad), digest):
            return True
        other = self._ring.other(keyed)
        return other is not None and hmac.compare_digest(other.digest(message, pad), digest)

    def forget(self, router_id: int, source: Address) -> None:
        """Let a neighbour count anew: its state has become Down (RFC 2328 D.3)."""
        self._heard.forget(self._peer(router_id.to_bytes(4, "big"), source))

    def is_expired(self, now: int) -> bool:
        """Whether no key may send any more; the last stays in use."""
        return self._chain.is_expired(now)

    def heard(self, router_id: int, source: Address) -> dict[str, object]:
        """Give `key_id` and `sequence` last believed of a neighbour; empty if nothing was."""
        found = self._heard.get(self._peer(router_id.to_bytes(4, "big"), source))
        if found is None:
            return {}
        return {"key_id": found.key_id, "sequence": max(found.latest.values())}

    def _summary(self, kind: str, now: int) -> dict[str, object]:
        key = self._ring.sending(now).key
        return {
            "kind": kind,
            "key_id": key.id,
            "algorithm": key.algorithm.value,
            "key_ids": self._ring.ids,
            "expired": self.is_expired(now),
        }


def router_of(payload: bytes) -> bytes:
    """The router id of a packet, as it stands there."""
    return payload[ROUTER]


def wrong_size(keyed: KeyedDigest, size: int) -> Verdict:
    """Refuse a digest that has not the length of its key's algorithm."""
    names = [one.value for one in Algorithm if one.size == size]
    theirs = f"{size} bytes of digest ({names[0]})" if names else f"{size} bytes of digest"
    ours = f"{keyed.size} by key {keyed.key.id} ({keyed.key.algorithm.value})"
    return Verdict(Check.ALGORITHM, theirs, ours)


def wrong_digest(keyed: KeyedDigest, digest: bytes, hint: str = "") -> Verdict:
    """Refuse a digest; ours is not told, for whoever reads it could sign with it."""
    ours = f"another by key {keyed.key.id} ({keyed.key.algorithm.value})"
    return Verdict(Check.DIGEST, f"{digest[:4].hex()}...", ours, hint)


def _lifetime(key: Key) -> str:
    bounds = [
        f"{word} {_date(edge)}"
        for word, edge in (("from", key.accepts.start), ("until", key.accepts.end))
        if edge is not None
    ]
    return f"it accepts {' '.join(bounds)}"


def _date(instant: int) -> str:
    """Write a time of day; one that no calendar has as its seconds."""
    try:
        return datetime.fromtimestamp(instant // SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, OSError, ValueError):
        return f"{instant // SECOND} s"

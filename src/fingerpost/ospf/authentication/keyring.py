"""Which key signs at an instant, and digests by keys of which what is always the same is kept.

A thousand routers run in one process, and each packet is signed and judged: an HMAC's two hashes
are begun once for each key and copied for each message (RFC 2104 4), and the key that signs is
looked for only when a lifetime begins or ends.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from fingerpost.protocol.keys import APAD, MD5_LENGTH, Algorithm, Key, Keys
from fingerpost.protocol.lifetimes import ALWAYS, is_accepted, sending

if TYPE_CHECKING:
    from hashlib import _Hash

_INNER = bytes(octet ^ 0x36 for octet in range(256))
_OUTER = bytes(octet ^ 0x5C for octet in range(256))


class KeyedDigest:
    """Digests by one key. `suffix` stands behind the secret: the id of the protocol.

    `hashes_long`: a secret longer than the digest is hashed first (RFC 5709 3.3); otherwise only
    one that is longer than a block, as RFC 2104 2 says.
    """

    __slots__ = ("_inner", "_outer", "_tail", "is_always_accepted", "key", "pad", "size")

    def __init__(self, key: Key, suffix: bytes = b"", *, hashes_long: bool = True) -> None:
        """Begin the hashes of a key."""
        self.key = key
        self.size = key.algorithm.size
        self.pad = APAD * (self.size // len(APAD))
        self.is_always_accepted = key.accepts == ALWAYS
        self._tail = b""
        self._outer: _Hash | None = None
        self._inner = hashlib.new(key.algorithm.hash_name, usedforsecurity=False)
        secret = key.secret + suffix
        if key.algorithm is Algorithm.KEYED_MD5:
            self._tail = secret[:MD5_LENGTH].ljust(MD5_LENGTH, b"\0")
            return
        block = self._inner.block_size
        if len(secret) > (self.size if hashes_long else block):
            secret = hashlib.new(key.algorithm.hash_name, secret).digest()
        secret = secret.ljust(block, b"\0")  # RFC 7474 6: zeros up to the length of Ipad
        self._outer = self._inner.copy()
        self._inner.update(secret.translate(_INNER))
        self._outer.update(secret.translate(_OUTER))

    def digest(self, message: bytes, pad: bytes | None = None) -> bytes:
        """Give the digest of a message, with Apad (`pad` where it holds an address) or the key."""
        inner = self._inner.copy()
        inner.update(message)
        if self._outer is None:
            inner.update(self._tail)
            return inner.digest()
        inner.update(self.pad if pad is None else pad)
        outer = self._outer.copy()
        outer.update(inner.digest())
        return outer.digest()


class KeyRing:
    """The keys of a chain with their digests."""

    __slots__ = ("_digests", "_from", "_keys", "_now_sending", "_other", "_suffix", "_until")

    def __init__(self, chain: Keys, suffix: bytes = b"", *, hashes_long: bool = True) -> None:
        """`suffix` and `hashes_long` as `KeyedDigest` has them."""
        self._keys = chain.keys
        self._suffix = suffix
        self._digests = {
            key.id: KeyedDigest(key, suffix, hashes_long=hashes_long) for key in chain.keys
        }
        self._other = not hashes_long
        self._now_sending = self._digests[chain.keys[0].id]
        self._from = self._until = 0.0  # nothing is known yet

    @property
    def ids(self) -> list[int]:
        """The numbers of the keys."""
        return list(self._digests)

    @property
    def longest(self) -> int:
        """The length of the longest digest."""
        return max(one.size for one in self._digests.values())

    def sending(self, now: int) -> KeyedDigest:
        """The key that signs at a time of day."""
        if not self._from <= now < self._until:
            self._choose(now)
        return self._now_sending

    def _choose(self, now: int) -> None:
        self._now_sending = self._digests[sending(self._keys, now).id]
        edges = [edge for key in self._keys for edge in (key.sends.start, key.sends.end)]
        self._from = max((edge for edge in edges if edge is not None and edge <= now), default=now)
        self._until = min(
            (edge for edge in edges if edge is not None and edge > now), default=float("inf")
        )

    def get(self, key_id: int) -> KeyedDigest | None:
        """The key of a number, whatever the time."""
        return self._digests.get(key_id)

    def is_accepted(self, keyed: KeyedDigest, now: int) -> bool:
        """Tell whether it is the time of one of its keys."""
        return keyed.is_always_accepted or is_accepted(keyed.key, self._keys, now)

    def other(self, keyed: KeyedDigest) -> KeyedDigest | None:
        """The same key, long secrets treated the other way; None where that is the same."""
        length = len(keyed.key.secret) + len(self._suffix)
        if keyed.key.algorithm is Algorithm.KEYED_MD5 or length <= keyed.size:
            return None
        return KeyedDigest(keyed.key, self._suffix, hashes_long=self._other)

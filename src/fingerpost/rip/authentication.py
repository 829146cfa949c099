"""Who may speak: passwords and keyed digests of RIPv2 (RFC 2453 4.1, RFC 4822).

`seal` gives the bytes of a message as its key signs them, `check` the reason why a message is not
believed. Keyed MD5 hashes the message, its trailer's mark and the key in place of the digest
(RFC 4822 2.4, RFC 2082 3.2.1); the HMACs hash the message with Apad in place of the digest (2.5).

A key longer than its digest and not longer than a block is used as RFC 2104 does, which BIRD and
Quagga do too. Lifetimes are instants of the same clock as `now`. When the last key of a chain has
expired it stays in use, and that is told: RFC 4822 3.3 prefers it to a silent end of routing.

RIPng has none of this: RFC 2080 3 leaves it to IPsec.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TypeAlias

from fingerpost.errors import UsageError
from fingerpost.rip.authentication_entry import (
    FIRST_ROUTE,
    PASSWORD_LENGTH,
    TRAILER,
    Password,
    Trailed,
)
from fingerpost.rip.constants import ENTRY_LENGTH
from fingerpost.rip.faults import Fault
from fingerpost.rip.packet import RipPacket

APAD = bytes.fromhex("878fe1f3")  # RFC 4822 2.5
MD5_LENGTH = 16


class Algorithm(Enum):
    """How a message and a key give a digest, by the names of RFC 4822."""

    KEYED_MD5 = "keyed-md5"
    HMAC_SHA_1 = "hmac-sha-1"
    HMAC_SHA_256 = "hmac-sha-256"
    HMAC_SHA_384 = "hmac-sha-384"
    HMAC_SHA_512 = "hmac-sha-512"

    @property
    def size(self) -> int:
        """Length of the digest in bytes."""
        return _SIZES[self]

    def digest(self, secret: bytes, message: bytes) -> bytes:
        """Give the digest of a message that ends with the trailer's mark."""
        if self is Algorithm.KEYED_MD5:
            key = secret[:MD5_LENGTH].ljust(MD5_LENGTH, b"\0")
            return hashlib.md5(message + key, usedforsecurity=False).digest()
        padded = message + APAD * (self.size // len(APAD))
        return hmac.digest(secret, padded, self.value.removeprefix("hmac-").replace("-", "", 1))


_SIZES = {
    Algorithm.KEYED_MD5: MD5_LENGTH,
    Algorithm.HMAC_SHA_1: 20,
    Algorithm.HMAC_SHA_256: 32,
    Algorithm.HMAC_SHA_384: 48,
    Algorithm.HMAC_SHA_512: 64,
}


@dataclass(frozen=True, slots=True)
class Lifetime:
    """From one instant to just before another, in nanoseconds; None is no bound."""

    start: int | None = None
    end: int | None = None

    def __contains__(self, now: int) -> bool:
        """Tell whether an instant is in it."""
        return (self.start is None or self.start <= now) and not self.is_over(now)

    def is_over(self, now: int) -> bool:
        """Tell whether it has ended."""
        return self.end is not None and self.end <= now


ALWAYS = Lifetime()


@dataclass(frozen=True, slots=True)
class Key:
    """A security association (RFC 4822 2.2): its number, secret, algorithm and lifetimes."""

    id: int
    secret: bytes = field(repr=False)
    algorithm: Algorithm = Algorithm.KEYED_MD5
    sends: Lifetime = ALWAYS
    accepts: Lifetime = ALWAYS

    def __post_init__(self) -> None:
        """Refuse a number that the format has no room for, and an empty secret."""
        if not 0 <= self.id <= 0xFF:
            raise UsageError(f"rip key id is {self.id}, expected 0 to 255 (RFC 4822 2.1)")
        if not self.secret:
            raise UsageError(f"the secret of rip key {self.id} is empty, expected at least 1 byte")
        if self.algorithm is Algorithm.KEYED_MD5 and len(self.secret) > MD5_LENGTH:
            raise UsageError(
                f"the secret of rip key {self.id} has {len(self.secret)} bytes, expected at most "
                f"{MD5_LENGTH} for keyed MD5 (RFC 2082 3.2.1)"
            )


@dataclass(frozen=True, slots=True)
class SimplePassword:
    """One password in the clear, at most 16 bytes."""

    password: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse one that the entry has no room for."""
        if not 0 < len(self.password) <= PASSWORD_LENGTH:
            raise UsageError(
                f"a rip password has {len(self.password)} bytes, expected 1 to {PASSWORD_LENGTH}"
            )

    @property
    def padded(self) -> bytes:
        """As it stands in the entry."""
        return self.password.ljust(PASSWORD_LENGTH, b"\0")


@dataclass(frozen=True, slots=True)
class KeyChain:
    """Keys of which one signs and all sign for others, each in its time.

    `counts_mark`: the length field counts the trailer's first four bytes too, as zebra's heirs
    expect it unless they are told to follow the RFC; both are always accepted.
    """

    keys: tuple[Key, ...]
    counts_mark: bool = False

    def __post_init__(self) -> None:
        """Refuse no keys and numbers that are used twice."""
        numbers = [key.id for key in self.keys]
        if not numbers or len(set(numbers)) < len(numbers):
            raise UsageError(f"rip key ids are {numbers}, expected at least one and no two alike")

    def sending(self, now: int) -> Key:
        """The key that signs: of those whose time it is, the one that began last.

        Where none may send, the one that ended last (RFC 4822 3.3), else the first to come.
        """
        live = [key for key in self.keys if now in key.sends]
        if live:
            return max(live, key=lambda key: (key.sends.start or 0, key.id))
        over = [key for key in self.keys if key.sends.is_over(now)]
        if over:
            return max(over, key=lambda key: (key.sends.end or 0, key.id))
        return min(self.keys, key=lambda key: (key.sends.start or 0, key.id))

    def accepting(self, key_id: int, now: int) -> Key | None:
        """The key of a number, if its time it is or if it is the last that was."""
        key = next((key for key in self.keys if key.id == key_id), None)
        if key is None or now in key.accepts:
            return key
        if any(now in other.accepts for other in self.keys) or not key.accepts.is_over(now):
            return None
        ends = [other.accepts.end or 0 for other in self.keys if other.accepts.is_over(now)]
        return key if key.accepts.end == max(ends) else None

    def is_expired(self, now: int) -> bool:
        """Whether no key may send any more; somebody should be told (RFC 4822 3.3)."""
        return all(key.sends.is_over(now) for key in self.keys)


Authenticator: TypeAlias = SimplePassword | KeyChain


def room(authenticator: Authenticator | None, now: int) -> int:
    """How many bytes of a message authentication takes."""
    match authenticator:
        case None:
            return 0
        case SimplePassword():
            return ENTRY_LENGTH
        case KeyChain():
            return ENTRY_LENGTH + len(TRAILER) + authenticator.sending(now).algorithm.size


def seal(packet: RipPacket, authenticator: Authenticator | None, sequence: int, now: int) -> bytes:
    """Give the bytes of a message, signed where there is somebody to sign.

    `sequence` is the number that may never go down as long as a key lives (RFC 4822 2.2).
    """
    match authenticator:
        case None:
            return packet.encode()
        case SimplePassword():
            return replace(packet, authentication=Password(authenticator.padded)).encode()
        case KeyChain():
            key = authenticator.sending(now)
            size = key.algorithm.size
            head = Trailed(
                length=FIRST_ROUTE + ENTRY_LENGTH * len(packet.entries),
                key_id=key.id,
                length_field=size + (len(TRAILER) if authenticator.counts_mark else 0),
                sequence=sequence,
            )
            unsigned = replace(packet, authentication=head).encode()
            return unsigned + key.algorithm.digest(key.secret, unsigned)


def check(
    packet: RipPacket, data: bytes, authenticator: Authenticator | None, now: int
) -> Fault | None:
    """Why the message is not believed; None where it is.

    `data` are the bytes that were decoded. Sequence numbers are the neighbour's, and checked where
    neighbours are kept.
    """
    found = packet.authentication
    match authenticator:
        case None:
            # RFC 2453 4.1: who does not authenticate ignores messages that are authenticated
            return None if found is None else Fault.UNEXPECTED_AUTHENTICATION
        case SimplePassword():
            if not isinstance(found, Password):
                return Fault.NO_AUTHENTICATION
            same = hmac.compare_digest(found.password, authenticator.padded)
            return None if same else Fault.WRONG_PASSWORD
        case KeyChain():
            if not isinstance(found, Trailed):
                return Fault.NO_AUTHENTICATION
            return _check_digest(found, data, authenticator, now)


def _check_digest(found: Trailed, data: bytes, chain: KeyChain, now: int) -> Fault | None:
    key = chain.accepting(found.key_id, now)
    if key is None:
        return Fault.UNKNOWN_KEY
    digest = key.algorithm.digest(key.secret, data[: found.length + len(TRAILER)])
    return None if hmac.compare_digest(digest, found.digest) else Fault.WRONG_DIGEST

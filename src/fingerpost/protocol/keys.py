"""Keys and passwords that an operator gives, one or several with their times.

What is here is common to the protocols that sign what they say (RFC 2328 D.3, RFC 4822 2.2,
RFC 5709 3.2). A protocol derives its own password and its own key chain, which know how much room
its messages have, and adds its rules there.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from enum import Enum
from typing import ClassVar

from fingerpost.errors import UsageError
from fingerpost.protocol.lifetimes import ALWAYS, Lifetime, has_expired, is_accepted, sending

APAD = bytes.fromhex("878fe1f3")  # RFC 4822 2.5, RFC 5709 3.3
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

    @property
    def hash_name(self) -> str:
        """The hash below it, as `hashlib` names it."""
        return _HASHES[self]

    def digest(self, secret: bytes, message: bytes) -> bytes:
        """Give the digest of a message, behind which the key or Apad stands in its place."""
        if self is Algorithm.KEYED_MD5:
            key = secret[:MD5_LENGTH].ljust(MD5_LENGTH, b"\0")
            return hashlib.md5(message + key, usedforsecurity=False).digest()
        padded = message + APAD * (self.size // len(APAD))
        return hmac.digest(secret, padded, self.hash_name)


_SIZES = {
    Algorithm.KEYED_MD5: MD5_LENGTH,
    Algorithm.HMAC_SHA_1: 20,
    Algorithm.HMAC_SHA_256: 32,
    Algorithm.HMAC_SHA_384: 48,
    Algorithm.HMAC_SHA_512: 64,
}
_HASHES = {
    Algorithm.KEYED_MD5: "md5",
    Algorithm.HMAC_SHA_1: "sha1",
    Algorithm.HMAC_SHA_256: "sha256",
    Algorithm.HMAC_SHA_384: "sha384",
    Algorithm.HMAC_SHA_512: "sha512",
}


@dataclass(frozen=True, slots=True)
class Key:
    """A security association: its number, secret, algorithm and lifetimes (RFC 4822 2.2)."""

    id: int
    secret: bytes = field(repr=False)
    algorithm: Algorithm = Algorithm.KEYED_MD5
    sends: Lifetime = ALWAYS
    accepts: Lifetime = ALWAYS

    def __post_init__(self) -> None:
        """Refuse a secret that no digest has; numbers are judged where the protocol is known."""
        if not self.secret:
            raise UsageError(f"the secret of key {self.id} is empty, expected at least 1 byte")
        if self.algorithm is Algorithm.KEYED_MD5 and len(self.secret) > MD5_LENGTH:
            raise UsageError(
                f"the secret of key {self.id} has {len(self.secret)} bytes, expected at most "
                f"{MD5_LENGTH} for keyed MD5 (RFC 2082 3.2.1, RFC 2328 D.3)"
            )


@dataclass(frozen=True, slots=True)
class Password:
    """One password in the clear, with its lifetimes; a protocol derives its own."""

    protocol: ClassVar[str]
    longest: ClassVar[int]  # bytes

    password: bytes = field(repr=False)
    sends: Lifetime = ALWAYS
    accepts: Lifetime = ALWAYS

    def __post_init__(self) -> None:
        """Refuse one that the messages have no room for."""
        if not 0 < len(self.password) <= self.longest:
            raise UsageError(
                f"{_article(self.protocol)} password has {len(self.password)} bytes, "
                f"expected 1 to {self.longest}"
            )

    @property
    def padded(self) -> bytes:
        """As it stands in a message."""
        return self.password.ljust(self.longest, b"\0")

    def sending(self, now: int) -> Password:
        """The password that is sent: this one, whatever the time."""
        del now
        return self

    def accepting(self, now: int) -> tuple[Password, ...]:
        """The passwords that are believed: this one, from its time on."""
        return (self,) if is_accepted(self, (self,), now) else ()

    def is_expired(self, now: int) -> bool:
        """Whether it may not be sent any more."""
        return self.sends.is_over(now)


@dataclass(frozen=True, slots=True)
class PasswordChain:
    """Passwords of which one is sent and several are believed, each in its time."""

    passwords: tuple[Password, ...]

    def __post_init__(self) -> None:
        """Refuse none at all."""
        if not self.passwords:
            raise UsageError("a password chain is empty, expected at least one password")

    def sending(self, now: int) -> Password:
        """The password that is sent."""
        return sending(self.passwords, now)

    def accepting(self, now: int) -> tuple[Password, ...]:
        """The passwords that are believed."""
        return tuple(one for one in self.passwords if is_accepted(one, self.passwords, now))

    def is_expired(self, now: int) -> bool:
        """Whether none may be sent any more; the last stays in use."""
        return has_expired(self.passwords, now)


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys of which one signs and all sign for others, each in its time; see `Password`."""

    protocol: ClassVar[str]
    most_id: ClassVar[int]

    keys: tuple[Key, ...]

    def __post_init__(self) -> None:
        """Refuse no keys, numbers that are used twice, and those that messages have no room for."""
        numbers = [key.id for key in self.keys]
        if not numbers or len(set(numbers)) < len(numbers):
            raise UsageError(
                f"{self.protocol} key ids are {numbers}, expected at least one and no two alike"
            )
        check_ids(self.keys, self.protocol, self.most_id)

    def sending(self, now: int) -> Key:
        """The key that signs."""
        return sending(self.keys, now)

    def accepting(self, key_id: int, now: int) -> Key | None:
        """The key of a number, if its time it is or if it is the last that was."""
        key = next((key for key in self.keys if key.id == key_id), None)
        return key if key is not None and is_accepted(key, self.keys, now) else None

    def is_expired(self, now: int) -> bool:
        """Whether no key may send any more; the last stays in use."""
        return has_expired(self.keys, now)


def check_ids(keys: tuple[Key, ...], protocol: str, most: int) -> None:
    """Raise `UsageError` for a key whose number the messages of a protocol have no room for."""
    for key in keys:
        if not 0 <= key.id <= most:
            raise UsageError(f"{protocol} key id is {key.id}, expected 0 to {most}")


def _article(protocol: str) -> str:
    return f"an {protocol}" if protocol[0] in "aeiou" else f"a {protocol}"

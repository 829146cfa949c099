"""Keys and passwords that an operator gives, one or several with their times (RFC 4822 2.2)."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from fingerpost.errors import UsageError
from fingerpost.rip.authentication_entry import PASSWORD_LENGTH
from fingerpost.rip.lifetimes import ALWAYS, Lifetime, has_expired, is_accepted, sending

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
class Key:
    """A security association (RFC 4822 2.2): its number, secret, algorithm and lifetimes."""

    id: int
    secret: bytes = field(repr=False)
    algorithm: Algorithm = Algorithm.KEYED_MD5
    sends: Lifetime = ALWAYS
    accepts: Lifetime = ALWAYS

    def __post_init__(self) -> None:
        """Refuse a number that the format has no room for, and a secret that no digest has."""
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
    """One password in the clear, at most 16 bytes (RFC 2453 4.1), with its lifetimes."""

    password: bytes = field(repr=False)
    sends: Lifetime = ALWAYS
    accepts: Lifetime = ALWAYS

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

    def sending(self, now: int) -> SimplePassword:
        """The password that is sent: this one, whatever the time."""
        del now
        return self

    def accepting(self, now: int) -> tuple[SimplePassword, ...]:
        """The passwords that are believed: this one, from its time on."""
        return (self,) if is_accepted(self, (self,), now) else ()

    def is_expired(self, now: int) -> bool:
        """Whether it may not be sent any more."""
        return self.sends.is_over(now)


@dataclass(frozen=True, slots=True)
class PasswordChain:
    """Passwords of which one is sent and several are believed, each in its time."""

    passwords: tuple[SimplePassword, ...]

    def __post_init__(self) -> None:
        """Refuse none at all."""
        if not self.passwords:
            raise UsageError("a rip password chain is empty, expected at least one password")

    def sending(self, now: int) -> SimplePassword:
        """The password that is sent."""
        return sending(self.passwords, now)

    def accepting(self, now: int) -> tuple[SimplePassword, ...]:
        """The passwords that are believed."""
        return tuple(one for one in self.passwords if is_accepted(one, self.passwords, now))

    def is_expired(self, now: int) -> bool:
        """Whether none may be sent any more; the last stays in use."""
        return has_expired(self.passwords, now)


@dataclass(frozen=True, slots=True)
class KeyChain:
    """Keys of which one signs and all sign for others, each in its time.

    `counts_mark`: the length field counts the trailer's first four bytes too, as zebra's heirs
    expect it unless they are told to follow the RFC; both are always accepted. `forgives_restart`:
    a router that was silent for the timeout may begin again with any sequence number. That is what
    some need that count from 1 (FRR 9 and later), and what lets a recorded message in again.
    """

    keys: tuple[Key, ...]
    counts_mark: bool = False
    forgives_restart: bool = False

    def __post_init__(self) -> None:
        """Refuse no keys and numbers that are used twice."""
        numbers = [key.id for key in self.keys]
        if not numbers or len(set(numbers)) < len(numbers):
            raise UsageError(f"rip key ids are {numbers}, expected at least one and no two alike")

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


Authenticator: TypeAlias = SimplePassword | PasswordChain | KeyChain

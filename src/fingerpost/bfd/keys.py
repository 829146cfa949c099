"""What an operator says about authentication: one type for a session, and its keys."""

from __future__ import annotations

from dataclasses import dataclass, field

from fingerpost.bfd.authentication_section import LONGEST_PASSWORD, AuthenticationType
from fingerpost.errors import UsageError
from fingerpost.protocol.lifetimes import ALWAYS, Lifetime, has_expired, is_accepted, sending

_LONGEST = {0: LONGEST_PASSWORD, 16: 16, 20: 20}  # of a secret, by the length of the digest


@dataclass(frozen=True, slots=True)
class Key:
    """A secret by its number (RFC 5880 6.7.1), with its lifetimes."""

    id: int
    secret: bytes = field(repr=False)
    sends: Lifetime = ALWAYS
    accepts: Lifetime = ALWAYS

    def __post_init__(self) -> None:
        """Refuse a number that the format has no room for, and no secret at all."""
        if not 0 <= self.id <= 0xFF:
            raise UsageError(f"bfd key id is {self.id}, expected 0 to 255 (RFC 5880 4.2)")
        if not self.secret:
            raise UsageError(f"the secret of bfd key {self.id} is empty, expected at least 1 byte")


@dataclass(frozen=True, slots=True)
class Authentication:
    """bfd.AuthType and the keys that may be used with it."""

    type: AuthenticationType
    keys: tuple[Key, ...]

    def __post_init__(self) -> None:
        """Refuse no keys, numbers that are used twice, and secrets that are too long."""
        numbers = [key.id for key in self.keys]
        if not numbers or len(set(numbers)) < len(numbers):
            raise UsageError(f"bfd key ids are {numbers}, expected at least one and no two alike")
        longest = _LONGEST[self.type.digest_length]
        for key in self.keys:
            if len(key.secret) > longest:
                raise UsageError(
                    f"the secret of bfd key {key.id} has {len(key.secret)} bytes, expected at "
                    f"most {longest} for {self.type} (RFC 5880 6.7)"
                )

    def sending(self, clock: int) -> Key:
        """The key that signs at a time of day."""
        return sending(self.keys, clock)

    def accepting(self, key_id: int, clock: int) -> Key | None:
        """The key of a number, if its time it is or if it is the last that was."""
        key = next((key for key in self.keys if key.id == key_id), None)
        return key if key is not None and is_accepted(key, self.keys, clock) else None

    def is_expired(self, clock: int) -> bool:
        """Whether no key may send any more; the last stays in use."""
        return has_expired(self.keys, clock)

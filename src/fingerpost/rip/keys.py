"""Keys and passwords as RIPv2 has them (RFC 2453 4.1, RFC 4822 2.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from fingerpost.protocol.keys import Algorithm, Key, Keys, Password, PasswordChain
from fingerpost.rip.authentication_entry import PASSWORD_LENGTH

__all__ = [
    "Algorithm",
    "Authenticator",
    "Key",
    "KeyChain",
    "PasswordChain",
    "SimplePassword",
]


@dataclass(frozen=True, slots=True)
class SimplePassword(Password):
    """One password in the clear, at most 16 bytes (RFC 2453 4.1), with its lifetimes."""

    protocol: ClassVar[str] = "rip"
    longest: ClassVar[int] = PASSWORD_LENGTH


@dataclass(frozen=True, slots=True)
class KeyChain(Keys):
    """Keys of which one signs and all sign for others, each in its time.

    `counts_mark`: the length field counts the trailer's first four bytes too, as zebra's heirs
    expect it unless they are told to follow the RFC; both are always accepted. `forgives_restart`:
    a router that was silent for the timeout may begin again with any sequence number. That is what
    some need that count from 1 (FRR 9 and later), and what lets a recorded message in again.
    """

    protocol: ClassVar[str] = "rip"
    most_id: ClassVar[int] = 0xFF  # RFC 4822 2.1

    counts_mark: bool = False
    forgives_restart: bool = False


Authenticator: TypeAlias = SimplePassword | PasswordChain | KeyChain

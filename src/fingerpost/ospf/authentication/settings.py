"""Passwords and key chains as OSPF has them (RFC 2328 D.2, D.3; RFC 5709 3.2; RFC 7166 3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from fingerpost.protocol.keys import Keys, Password, PasswordChain

__all__ = ["Authentication", "KeyChain", "PasswordChain", "SimplePassword"]

PASSWORD_LENGTH = 8


@dataclass(frozen=True, slots=True)
class SimplePassword(Password):
    """One password in the clear, at most 8 bytes (RFC 2328 D.2); version 2 only."""

    protocol: ClassVar[str] = "ospf"
    longest: ClassVar[int] = PASSWORD_LENGTH


@dataclass(frozen=True, slots=True)
class KeyChain(Keys):
    """Keys of which one signs and all sign for others, each in its time.

    `extended`: version 2 signs with numbers of 64 bits and its source address (RFC 7474, type 3),
    which needs HMACs; version 3 always does. `swapped_protocol_id`: the OSPFv3 protocol id stands
    behind the key in the wrong byte order, as FRR 8.4 and its like compute it on small-endian
    machines. `plain_hmac`: what we send is keyed as RFC 2104 says, as BIRD has it, where the key is
    longer than its digest and not longer than a block; RFC 5709 3.3 and RFC 7166 4.5 hash such a
    key first. Both are always accepted. `keeps_sequence`: the 64-bit numbers of a neighbour outlive
    its adjacency, so that no old session can be played again; a neighbour that counts anew when it
    restarts (BIRD, FRR) is then refused until the interface is reset.
    """

    protocol: ClassVar[str] = "ospf"
    most_id: ClassVar[int] = 0xFFFF_FFFF  # RFC 7474 3; other kinds have less room

    extended: bool = False
    swapped_protocol_id: bool = False
    plain_hmac: bool = False
    keeps_sequence: bool = False


Authentication: TypeAlias = SimplePassword | PasswordChain | KeyChain

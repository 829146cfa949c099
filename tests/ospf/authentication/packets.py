"""Packets by hand and what they are signed with."""

from __future__ import annotations

import struct

from fingerpost.addr import Address
from fingerpost.ospf.authentication import Authenticator, KeyChain, SequenceNumbers, make
from fingerpost.protocol.keys import Algorithm, Key
from fingerpost.wire.checksum import checksum

S = 10**9
V4 = Address("10.0.1.1")
V6 = Address("fe80::1")
ROUTER = 0x01010101
HELLO, DESCRIPTION, REQUEST, UPDATE, ACKNOWLEDGMENT = 1, 2, 3, 4, 5
HMACS = [one for one in Algorithm if one is not Algorithm.KEYED_MD5]
LLS = bytes.fromhex("fff600030001000400000001")  # extended options, LR-bit; with its checksum


def v2(kind: int = HELLO, *, lls: bytes = b"", router: int = ROUTER, options: int = 2) -> bytes:
    """A packet of version 2 with its checksum and no authentication."""
    options |= 0x10 if lls else 0
    body = {
        HELLO: struct.pack("!IHBBIII", 0xFFFFFF00, 10, options, 1, 40, 0, 0),
        DESCRIPTION: struct.pack("!HBBI", 1500, options, 7, 99),
    }.get(kind, bytes(range(40)))
    head = struct.pack("!BBHII", 2, kind, 24 + len(body), router, 0)
    check = checksum(head + bytes(4) + body)
    return head + check.to_bytes(2, "big") + bytes(10) + body + lls


def v3(kind: int = HELLO, *, lls: bytes = b"", router: int = ROUTER, options: int = 0x13) -> bytes:
    """A packet of version 3; its checksum is anything."""
    options |= 0x200 if lls else 0
    body = {
        HELLO: struct.pack("!IIHHII", 4, 1 << 24 | options, 10, 40, 0, 0),
        DESCRIPTION: struct.pack("!IHHI", options, 1500, 7, 99),
    }.get(kind, bytes(range(40)))
    return struct.pack("!BBHIIHH", 3, kind, 16 + len(body), router, 0, 0xBEEF, 0) + body + lls


def packet(version: int, kind: int = HELLO, *, lls: bytes = b"") -> bytes:
    """A packet of a version."""
    return v2(kind, lls=lls) if version == 2 else v3(kind, lls=lls)


def chain(
    algorithm: Algorithm = Algorithm.HMAC_SHA_256, secret: bytes = b"secret", **fields: bool
) -> KeyChain:
    """A chain of one key, number 7."""
    return KeyChain((Key(7, secret, algorithm),), **fields)


Kind = tuple[int, bool]
KINDS: list[Kind] = [(2, False), (2, True), (3, False)]  # version, and 64-bit numbers in version 2


def signer(kind: Kind, settings: KeyChain | None = None) -> Authenticator:
    """An authenticator of a kind, by router id."""
    version, extended = kind
    keys = (settings or chain()).keys
    made = KeyChain(keys, extended=extended)
    return make(made, version, numbers=SequenceNumbers(), by_router=True)


def source(kind: Kind) -> Address:
    """Who sends packets of a version."""
    return V4 if kind[0] == 2 else V6

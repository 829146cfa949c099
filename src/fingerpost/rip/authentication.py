"""Who may speak: passwords and keyed digests of RIPv2 (RFC 2453 4.1 and 5.2, RFC 4822).

`seal` gives the bytes of a message as its key signs them, `check` the reason why a message is not
believed. Keyed MD5 hashes the message, its trailer's mark and the key in place of the digest
(RFC 2082 3.2.1); the HMACs hash the message with Apad in place of the digest (RFC 4822 2.5).

Ours: a key longer than its digest and not longer than a block is used as RFC 2104 does, which BIRD
and Quagga do too. Where messages authenticate, version 1 is not heard (RFC 2453 5.2). RIPng has
none of this: RFC 2080 leaves it to IPsec.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from fingerpost.rip.authentication_entry import (
    FIRST_ROUTE,
    TRAILER,
    Authentication,
    Password,
    Trailed,
)
from fingerpost.rip.constants import ENTRY_LENGTH
from fingerpost.rip.faults import Fault
from fingerpost.rip.keys import Authenticator, KeyChain, PasswordChain, SimplePassword
from fingerpost.rip.packet import RipPacket, header

if TYPE_CHECKING:
    from fingerpost.rip.frame import Frame


def room(authenticator: Authenticator | None, now: int) -> int:
    """How many bytes of a message authentication takes."""
    match authenticator:
        case None:
            return 0
        case KeyChain():
            return ENTRY_LENGTH + len(TRAILER) + authenticator.sending(now).algorithm.size
        case _:
            return ENTRY_LENGTH


def seal(packet: RipPacket, authenticator: Authenticator | None, sequence: int, now: int) -> bytes:
    """Give the bytes of a message, signed where there is somebody to sign.

    `sequence` is the number that may never go down as long as a key lives (RFC 4822 2.1).
    """
    body = b"".join(entry.encode() for entry in packet.entries)
    return sealed(header(packet.command, packet.version), body, authenticator, sequence, now)


def sealed(
    head: bytes, body: bytes, authenticator: Authenticator | None, sequence: int, now: int
) -> bytes:
    """Give a message of a header and of entries that are bytes already; see `seal`."""
    match authenticator:
        case None:
            return head + body
        case KeyChain():
            key = authenticator.sending(now)
            size = key.algorithm.size
            entry = Trailed(
                length=FIRST_ROUTE + len(body),
                key_id=key.id,
                length_field=size + (len(TRAILER) if authenticator.counts_mark else 0),
                sequence=sequence,
            )
            unsigned = head + entry.encode() + body + TRAILER
            return unsigned + key.algorithm.digest(key.secret, unsigned)
        case _:
            return head + Password(authenticator.sending(now).padded).encode() + body


def check(
    packet: RipPacket | Frame, data: bytes, authenticator: Authenticator | None, now: int
) -> Fault | None:
    """Why the message is not believed; None where it is.

    `data` are the bytes that were decoded. Sequence numbers are the neighbour's, and checked where
    neighbours are kept.
    """
    found = packet.authentication
    match authenticator:
        case None:  # RFC 2453 5.2: authenticated messages shall be discarded
            return None if found is None else Fault.UNEXPECTED_AUTHENTICATION
        case KeyChain():
            if not isinstance(found, Trailed):
                return Fault.NO_AUTHENTICATION
            return _check_digest(found, data, authenticator, now)
        case _:
            return _check_password(found, authenticator, now)


def _check_password(
    found: Authentication | None, expected: SimplePassword | PasswordChain, now: int
) -> Fault | None:
    if not isinstance(found, Password):
        return Fault.NO_AUTHENTICATION
    # every password is compared, so that the time it takes does not tell which one nearly fitted
    same = [hmac.compare_digest(found.password, one.padded) for one in expected.accepting(now)]
    return None if any(same) else Fault.WRONG_PASSWORD


def _check_digest(found: Trailed, data: bytes, chain: KeyChain, now: int) -> Fault | None:
    key = chain.accepting(found.key_id, now)
    if key is None:
        return Fault.UNKNOWN_KEY
    digest = key.algorithm.digest(key.secret, data[: found.length + len(TRAILER)])
    return None if hmac.compare_digest(digest, found.digest) else Fault.WRONG_DIGEST

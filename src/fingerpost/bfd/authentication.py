"""Signing and believing (RFC 5880 6.7.2 to 6.7.4), with the variables of a session for it.

Ours: bfd.RcvAuthSeq and bfd.AuthSeqKnown change only when the digest is right, and not before it is
looked at as the RFC's order has it, so that nobody without the key can move the window.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fingerpost.bfd.authentication_section import (
    DIGEST_AT,
    AuthenticationType,
    DigestSection,
    PasswordSection,
)
from fingerpost.bfd.constants import MANDATORY_LENGTH
from fingerpost.bfd.faults import Fault

if TYPE_CHECKING:
    from fingerpost.bfd.keys import Authentication, Key
    from fingerpost.bfd.packet import ControlPacket

_WHOLE = 1 << 32


@dataclass(slots=True)
class Sequences:
    """bfd.XmitAuthSeq, bfd.RcvAuthSeq and bfd.AuthSeqKnown, which is `received` not None."""

    sent: int
    received: int | None = None


def sign(packet: ControlPacket, asked: Authentication, sequences: Sequences, clock: int) -> bytes:
    """The bytes of a packet with its authentication section, by the number that stands in
    `sequences.sent`. `clock` is the time of day.
    """
    key = asked.sending(clock)
    if asked.type is AuthenticationType.SIMPLE_PASSWORD:
        return replace(packet, authentication=PasswordSection(key.id, key.secret)).encode()
    padded = key.secret.ljust(asked.type.digest_length, b"\0")
    section = DigestSection(asked.type, key.id, sequences.sent, padded)
    data = replace(packet, authentication=section).encode()
    digest = _digest(asked.type, data)
    at = MANDATORY_LENGTH + DIGEST_AT
    return data[:at] + digest + data[at + len(digest) :]


def refuses(
    packet: ControlPacket,
    data: bytes,
    asked: Authentication | None,
    sequences: Sequences,
    multiplier: int,
    clock: int,
) -> Fault | None:
    """Why a packet is not believed, None if it is; its number is remembered then.

    `data` are the bytes of the packet, `multiplier` is ours (bfd.DetectMult).
    """
    section = packet.authentication
    if section is None:
        return None if asked is None else Fault.NO_AUTHENTICATION
    if asked is None:
        return Fault.UNEXPECTED_AUTHENTICATION
    if section.type != asked.type or not isinstance(section, PasswordSection | DigestSection):
        return Fault.AUTHENTICATION_TYPE
    key = asked.accepting(section.key_id, clock)
    if key is None:
        return Fault.UNKNOWN_KEY
    if isinstance(section, PasswordSection):
        right = hmac.compare_digest(section.password, key.secret)
        return None if right else Fault.WRONG_PASSWORD
    if not _is_in_window(section, sequences.received, multiplier):
        return Fault.OLD_SEQUENCE
    if not _is_right(section, data, key):
        return Fault.WRONG_DIGEST
    sequences.received = section.sequence
    return None


def _is_in_window(section: DigestSection, received: int | None, multiplier: int) -> bool:
    """Whether a number is not behind the last, and not more than 3 x DetectMult ahead of it."""
    if received is None:
        return True
    ahead = (section.sequence - received) % _WHOLE
    return int(section.type.is_meticulous) <= ahead <= 3 * multiplier


def _is_right(section: DigestSection, data: bytes, key: Key) -> bool:
    at = MANDATORY_LENGTH + DIGEST_AT
    padded = key.secret.ljust(len(section.digest), b"\0")
    keyed = data[:at] + padded + data[at + len(padded) :]
    return hmac.compare_digest(_digest(section.type, keyed), section.digest)


def _digest(kind: AuthenticationType, data: bytes) -> bytes:
    if kind.digest_length == 16:
        return hashlib.md5(data, usedforsecurity=False).digest()
    return hashlib.sha1(data, usedforsecurity=False).digest()

"""No authentication, and simple passwords (RFC 2328 D.1, D.2)."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from fingerpost.ospf.authentication.layout import (
    V2_DATA,
    V2_HEADER,
    V2_KIND,
    V3_HEADER,
    packet_length,
    v2_has_lls,
    v3_has_lls,
    v3_has_trailer,
)
from fingerpost.ospf.authentication.verdict import Check, Verdict, accepted
from fingerpost.wire.checksum import updated

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.ospf.authentication.settings import PasswordChain, SimplePassword

NULL, SIMPLE, CRYPTOGRAPHIC, EXTENDED = 0, 1, 2, 3
KINDS = {
    NULL: "none",
    SIMPLE: "simple password",
    CRYPTOGRAPHIC: "keyed digest",
    EXTENDED: "keyed digest with 64-bit numbers",
}
TRAILER = "authentication trailer"


def kind_of(type_: int) -> str:
    """Name an AuType of version 2."""
    return f"{KINDS.get(type_, 'unknown')} (type {type_})"


def too_short(payload: bytes, header: int) -> Verdict:
    """Refuse a packet that is not all there."""
    length = int.from_bytes(payload[2:4], "big")
    return Verdict(
        Check.LENGTH, f"{length} bytes, {len(payload)} came", f"at least {header}, all of them"
    )


class _Plain:
    """What those have in common that count nothing."""

    __slots__ = ()

    kind = KINDS[NULL]
    covers_checksum = False
    overhead = 0

    def forget(self, router_id: int, source: Address) -> None:
        """Nothing is kept."""

    def is_expired(self, now: int) -> bool:
        """There is nothing that could expire."""
        del now
        return False

    def summary(self, now: int) -> dict[str, object]:
        """Its kind only."""
        del now
        return {"kind": self.kind}

    def heard(self, router_id: int, source: Address) -> dict[str, object]:
        """Nothing is kept."""
        del router_id, source
        return {}


class NoAuthentication(_Plain):
    """Everybody is believed who does not authenticate (RFC 2328 D.1), in either version."""

    __slots__ = ("_version",)

    def __init__(self, version: int) -> None:
        """`version`: 2 or 3."""
        self._version = version

    def sign(self, packet: bytes, source: Address, now: int) -> bytes:
        """Give the packet as it is."""
        del source, now
        return packet

    def verify(self, payload: bytes, source: Address, now: int) -> Verdict:
        """Refuse who authenticates: his keys would be of no use."""
        del source, now
        header = V2_HEADER if self._version == 2 else V3_HEADER
        length = packet_length(payload, header)
        if length is None:
            return too_short(payload, header)
        if self._version == 2:
            if payload[V2_KIND] != NULL:
                return Verdict(Check.KIND, kind_of(payload[V2_KIND]), kind_of(NULL))
            has_lls = v2_has_lls(payload, length)
        else:
            if v3_has_trailer(payload, length):
                return Verdict(Check.KIND, f"{TRAILER} (AT-bit set)", "none")
            has_lls = v3_has_lls(payload, length)
        return accepted(payload[length:] if has_lls else b"")


class PasswordAuthentication(_Plain):
    """A password in the clear in every packet (RFC 2328 D.2); version 2 only."""

    __slots__ = ("_passwords",)

    kind = KINDS[SIMPLE]

    def __init__(self, passwords: SimplePassword | PasswordChain) -> None:
        """One password or several with their times."""
        self._passwords = passwords

    def sign(self, packet: bytes, source: Address, now: int) -> bytes:
        """Write kind and password; the checksum covers the first only (RFC 2328 D.4.2)."""
        del source
        old = int.from_bytes(packet[14:16], "big")
        new = old & 0xFF00 | SIMPLE
        check = updated(int.from_bytes(packet[12:14], "big"), old, new)
        password = self._passwords.sending(now).padded
        head = packet[:12] + check.to_bytes(2, "big") + new.to_bytes(2, "big") + password
        return head + packet[V2_HEADER:]

    def verify(self, payload: bytes, source: Address, now: int) -> Verdict:
        """Compare with the passwords whose time it is."""
        del source
        length = packet_length(payload, V2_HEADER)
        if length is None:
            return too_short(payload, V2_HEADER)
        if payload[V2_KIND] != SIMPLE:
            return Verdict(Check.KIND, kind_of(payload[V2_KIND]), kind_of(SIMPLE))
        found = payload[V2_DATA]
        believed = self._passwords.accepting(now)
        # every password is compared, so that the time it takes does not tell which nearly fitted
        same = [hmac.compare_digest(found, one.padded) for one in believed]
        if any(same):
            return accepted(payload[length:] if v2_has_lls(payload, length) else b"")
        size = len(found.rstrip(b"\0"))
        ours = "another" if believed else "none whose time it is"
        return Verdict(Check.PASSWORD, f"a password of {size} bytes", ours)

    def is_expired(self, now: int) -> bool:
        """Whether no password may be sent any more."""
        return self._passwords.is_expired(now)

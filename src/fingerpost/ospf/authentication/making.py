"""From what an operator said to the authenticator of an interface."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.errors import UsageError
from fingerpost.ospf.authentication.plain import NoAuthentication, PasswordAuthentication
from fingerpost.ospf.authentication.sequence import NEIGHBORS, HeardNumbers, SequenceNumbers
from fingerpost.ospf.authentication.settings import Authentication, KeyChain
from fingerpost.ospf.authentication.signed import DigestAuthentication, ExtendedAuthentication
from fingerpost.ospf.authentication.trailer import TrailerAuthentication
from fingerpost.protocol.keys import Algorithm, check_ids

if TYPE_CHECKING:
    from fingerpost.ospf.authentication.authenticator import Authenticator


def check(settings: Authentication | None, version: int) -> None:
    """Raise `UsageError` for what a version of OSPF has no room or no algorithm for."""
    if not isinstance(settings, KeyChain):
        if settings is not None and version == 3:
            raise UsageError(
                "OSPFv3 has no passwords in the clear, expected a key chain (RFC 7166)"
            )
        return
    if version == 3:
        check_ids(settings.keys, "OSPFv3", 0xFFFF)  # RFC 7166 3: SA id
    elif not settings.extended:
        check_ids(settings.keys, "OSPFv2", 0xFF)  # RFC 2328 D.3
    if version == 2 and not settings.extended:
        return
    for key in settings.keys:
        if key.algorithm is Algorithm.KEYED_MD5:
            where = "OSPFv3 (RFC 7166 4.3)" if version == 3 else "64-bit numbers (RFC 7474)"
            raise UsageError(f"key {key.id} is {key.algorithm.value}, expected an HMAC for {where}")


def make(
    settings: Authentication | None,
    version: int,
    *,
    numbers: SequenceNumbers | None = None,
    by_router: bool = False,
    neighbors: int = NEIGHBORS,
) -> Authenticator:
    """Give the authenticator of an interface; None authenticates nobody.

    `version`: 2 or 3. `numbers`: those of the instance, which outlive its interfaces. `by_router`:
    neighbours of version 2 are known by their router id alone, on point-to-point networks and
    virtual links (RFC 2328 10); elsewhere by their address too. `neighbors` bounds those whose
    numbers are remembered. Raises `UsageError` as `check` does.
    """
    check(settings, version)
    if settings is None:
        return NoAuthentication(version)
    if not isinstance(settings, KeyChain):
        return PasswordAuthentication(settings)
    ours = SequenceNumbers() if numbers is None else numbers
    heard = HeardNumbers(neighbors)
    if version == 3:
        return TrailerAuthentication(settings, ours, heard)
    if settings.extended:
        return ExtendedAuthentication(settings, ours, heard, by_router=by_router)
    return DigestAuthentication(settings, ours, heard, by_router=by_router)

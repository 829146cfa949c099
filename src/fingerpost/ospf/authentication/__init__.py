"""Who may speak: authentication of OSPF, both versions.

`make` turns what an operator said (`Authentication`: a password, passwords or a key chain) into the
`Authenticator` of one interface. That has two ways:

    signed = authenticator.sign(packet, source, now)      # before a packet goes out
    verdict = authenticator.verify(payload, source, now)  # before anything of it is believed

`packet` is an encoded packet with its checksum, perhaps with an LLS block behind it; `payload` is
all that an IP packet carried. `now` is the time of day in nanoseconds, `OspfConfig.clock(now)`, for
the lifetimes of keys and for sequence numbers, which then go on where they were after a restart.

The life of a received packet: its header decodes; the interface's authenticator is asked; a verdict
that `is_ok` gives the LLS block, if there is one, and lets the body be decoded. A verdict that is
not names the check and what both sides hold, for `show` of a neighbour that is not full. Where
`covers_checksum` holds, the digest stands in for the checksums of packet and LLS block, which are
zero and not looked at (RFC 2328 D.4.3, RFC 7166 4.2).

    files           what
    settings        the values of the configuration
    verdict         what was found, in words
    authenticator   what an interface's authenticator can do
    plain           none and simple passwords (RFC 2328 D.1, D.2)
    signed          digests of version 2 (RFC 2328 D.4.3, RFC 5709, RFC 7474)
    trailer         the trailer of version 3 (RFC 7166)
    link_local      LLS blocks beside them (RFC 5613)
    keyring         which key signs, and digests by it
    sequence        sequence numbers: ours, and the last ones of every neighbour
"""

from __future__ import annotations

from fingerpost.ospf.authentication.authenticator import Authenticator
from fingerpost.ospf.authentication.making import check, make
from fingerpost.ospf.authentication.sequence import SequenceNumbers
from fingerpost.ospf.authentication.settings import (
    Authentication,
    KeyChain,
    PasswordChain,
    SimplePassword,
)
from fingerpost.ospf.authentication.verdict import Check, Verdict

__all__ = [
    "Authentication",
    "Authenticator",
    "Check",
    "KeyChain",
    "PasswordChain",
    "SequenceNumbers",
    "SimplePassword",
    "Verdict",
    "check",
    "make",
]

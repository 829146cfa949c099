"""BFD (RFC 5880, 5881): whether a neighbour can be reached, known in less than a second; no I/O.

`Bfd` takes events in (`receive`) and gives what is to be sent and told; `next_deadline` says when
time is owed to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fingerpost.bfd.authentication_section import AuthenticationType
    from fingerpost.bfd.config import BfdConfig, BfdInterface, BfdLimits, BfdPeer, BfdTimers
    from fingerpost.bfd.faults import Fault
    from fingerpost.bfd.keys import Authentication, Key
    from fingerpost.bfd.machine import Bfd
    from fingerpost.bfd.state import Diagnostic, State
else:
    from fingerpost.late import late

    __getattr__ = late(
        __name__,
        {
            "Authentication": "fingerpost.bfd.keys",
            "AuthenticationType": "fingerpost.bfd.authentication_section",
            "Bfd": "fingerpost.bfd.machine",
            "BfdConfig": "fingerpost.bfd.config",
            "BfdInterface": "fingerpost.bfd.config",
            "BfdLimits": "fingerpost.bfd.config",
            "BfdPeer": "fingerpost.bfd.config",
            "BfdTimers": "fingerpost.bfd.config",
            "Diagnostic": "fingerpost.bfd.state",
            "Fault": "fingerpost.bfd.faults",
            "Key": "fingerpost.bfd.keys",
            "State": "fingerpost.bfd.state",
        },
    )


__all__ = [
    "Authentication",
    "AuthenticationType",
    "Bfd",
    "BfdConfig",
    "BfdInterface",
    "BfdLimits",
    "BfdPeer",
    "BfdTimers",
    "Diagnostic",
    "Fault",
    "Key",
    "State",
]

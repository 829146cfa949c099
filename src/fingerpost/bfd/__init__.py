"""BFD (RFC 5880, 5881): whether a neighbour can be reached, known in less than a second; no I/O.

`Bfd` takes events in (`receive`) and gives what is to be sent and told; `next_deadline` says when
time is owed to it.
"""

from __future__ import annotations

from fingerpost.bfd.authentication_section import AuthenticationType
from fingerpost.bfd.config import BfdConfig, BfdInterface, BfdLimits, BfdPeer, BfdTimers
from fingerpost.bfd.faults import Fault
from fingerpost.bfd.keys import Authentication, Key
from fingerpost.bfd.machine import Bfd
from fingerpost.bfd.state import Diagnostic, State

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

"""RIPv2 with RIPv1 (RFC 2453, 4822) and RIPng (RFC 2080): one machine, no I/O.

`Rip` takes events in (`receive`) and gives what is to be sent and announced; `next_deadline` says
when time is owed to it.
"""

from __future__ import annotations

from fingerpost.protocol.lifetimes import Lifetime
from fingerpost.rip.config import (
    Accepting,
    Redistribution,
    RipConfig,
    RipInterface,
    RipLimits,
    RipTimers,
    Sending,
    SplitHorizon,
)
from fingerpost.rip.faults import Fault
from fingerpost.rip.keys import Algorithm, Key, KeyChain, PasswordChain, SimplePassword
from fingerpost.rip.machine import Rip

__all__ = [
    "Accepting",
    "Algorithm",
    "Fault",
    "Key",
    "KeyChain",
    "Lifetime",
    "PasswordChain",
    "Redistribution",
    "Rip",
    "RipConfig",
    "RipInterface",
    "RipLimits",
    "RipTimers",
    "Sending",
    "SimplePassword",
    "SplitHorizon",
]

"""RIPv2 with RIPv1 (RFC 2453, 4822) and RIPng (RFC 2080): one machine, no I/O.

`Rip` takes events in (`receive`) and gives what is to be sent and announced; `next_deadline` says
when time is owed to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
else:
    from fingerpost.late import late

    __getattr__ = late(
        __name__,
        {
            "Accepting": "fingerpost.rip.config",
            "Algorithm": "fingerpost.rip.keys",
            "Fault": "fingerpost.rip.faults",
            "Key": "fingerpost.rip.keys",
            "KeyChain": "fingerpost.rip.keys",
            "Lifetime": "fingerpost.protocol.lifetimes",
            "PasswordChain": "fingerpost.rip.keys",
            "Redistribution": "fingerpost.rip.config",
            "Rip": "fingerpost.rip.machine",
            "RipConfig": "fingerpost.rip.config",
            "RipInterface": "fingerpost.rip.config",
            "RipLimits": "fingerpost.rip.config",
            "RipTimers": "fingerpost.rip.config",
            "Sending": "fingerpost.rip.config",
            "SimplePassword": "fingerpost.rip.keys",
            "SplitHorizon": "fingerpost.rip.config",
        },
    )


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

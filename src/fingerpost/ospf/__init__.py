"""OSPF version 2 (RFC 2328) and version 3 (RFC 5340): one machine, no I/O.

`Ospf` takes events in (`receive`) and gives what is to be sent and announced; `next_deadline` says
when time is owed to it.
"""

from __future__ import annotations

from fingerpost.ospf.authentication import KeyChain, PasswordChain, SimplePassword
from fingerpost.ospf.config import (
    AreaKind,
    AreaRange,
    BfdSettings,
    BorderKind,
    DefaultOrigination,
    GracefulRestart,
    NetworkType,
    OspfArea,
    OspfConfig,
    OspfInterface,
    OspfLimits,
    Redistribution,
    SpfThrottle,
    StaticNeighbor,
    StubRouter,
    TranslatorRole,
    VirtualLink,
)
from fingerpost.ospf.machine import Ospf
from fingerpost.ospf.making import make_parts

__all__ = [
    "AreaKind",
    "AreaRange",
    "BfdSettings",
    "BorderKind",
    "DefaultOrigination",
    "GracefulRestart",
    "KeyChain",
    "NetworkType",
    "Ospf",
    "OspfArea",
    "OspfConfig",
    "OspfInterface",
    "OspfLimits",
    "PasswordChain",
    "Redistribution",
    "SimplePassword",
    "SpfThrottle",
    "StaticNeighbor",
    "StubRouter",
    "TranslatorRole",
    "VirtualLink",
    "make_parts",
]

"""OSPF version 2 (RFC 2328) and version 3 (RFC 5340): one machine, no I/O.

`Ospf` takes events in (`receive`) and gives what is to be sent and announced; `next_deadline` says
when time is owed to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
else:
    from fingerpost.late import late

    __getattr__ = late(
        __name__,
        {
            "AreaKind": "fingerpost.ospf.config",
            "AreaRange": "fingerpost.ospf.config",
            "BfdSettings": "fingerpost.ospf.config",
            "BorderKind": "fingerpost.ospf.config",
            "DefaultOrigination": "fingerpost.ospf.config",
            "GracefulRestart": "fingerpost.ospf.config",
            "KeyChain": "fingerpost.ospf.authentication",
            "NetworkType": "fingerpost.ospf.config",
            "Ospf": "fingerpost.ospf.machine",
            "OspfArea": "fingerpost.ospf.config",
            "OspfConfig": "fingerpost.ospf.config",
            "OspfInterface": "fingerpost.ospf.config",
            "OspfLimits": "fingerpost.ospf.config",
            "PasswordChain": "fingerpost.ospf.authentication",
            "Redistribution": "fingerpost.ospf.config",
            "SimplePassword": "fingerpost.ospf.authentication",
            "SpfThrottle": "fingerpost.ospf.config",
            "StaticNeighbor": "fingerpost.ospf.config",
            "StubRouter": "fingerpost.ospf.config",
            "TranslatorRole": "fingerpost.ospf.config",
            "VirtualLink": "fingerpost.ospf.config",
            "make_parts": "fingerpost.ospf.making",
        },
    )


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

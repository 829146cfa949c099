"""The packets of OSPF: bodies that both versions share, and a codec for each (`v2`, `v3`)."""

from __future__ import annotations

from fingerpost.ospf.packet.acknowledgment import LinkStateAcknowledgment
from fingerpost.ospf.packet.body import Body
from fingerpost.ospf.packet.description import DatabaseDescription, DdFlags
from fingerpost.ospf.packet.header import PacketHeader
from fingerpost.ospf.packet.hello import Hello
from fingerpost.ospf.packet.lls import ExtendedFlags, ExtendedOptions, LlsBlock
from fingerpost.ospf.packet.request import LinkStateRequest
from fingerpost.ospf.packet.types import PacketType
from fingerpost.ospf.packet.update import LinkStateUpdate, RawLsa

__all__ = [
    "Body",
    "DatabaseDescription",
    "DdFlags",
    "ExtendedFlags",
    "ExtendedOptions",
    "Hello",
    "LinkStateAcknowledgment",
    "LinkStateRequest",
    "LinkStateUpdate",
    "LlsBlock",
    "PacketHeader",
    "PacketType",
    "RawLsa",
]

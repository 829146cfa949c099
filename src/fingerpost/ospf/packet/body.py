"""The bodies of the five packets, which both versions share but for their layout."""

from __future__ import annotations

from typing import TypeAlias

from fingerpost.ospf.packet.acknowledgment import LinkStateAcknowledgment
from fingerpost.ospf.packet.description import DatabaseDescription
from fingerpost.ospf.packet.hello import Hello
from fingerpost.ospf.packet.request import LinkStateRequest
from fingerpost.ospf.packet.update import LinkStateUpdate

Body: TypeAlias = (
    Hello | DatabaseDescription | LinkStateRequest | LinkStateUpdate | LinkStateAcknowledgment
)
BODIES: dict[int, type[Body]] = {
    body.TYPE: body
    for body in (
        Hello,
        DatabaseDescription,
        LinkStateRequest,
        LinkStateUpdate,
        LinkStateAcknowledgment,
    )
}

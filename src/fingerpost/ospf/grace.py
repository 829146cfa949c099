"""Our grace LSAs: asking for time on every link, and taking that back (RFC 3623 2, RFC 5187 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.ospf.config import NetworkType
from fingerpost.ospf.constants import ALL_SPF_ROUTERS, INITIAL_SEQUENCE_NUMBER
from fingerpost.ospf.lsa.checksum import sealed
from fingerpost.ospf.lsa.grace import OPAQUE_TYPE, GraceLsa
from fingerpost.ospf.lsa.header import HEADER_LENGTH, LsaHeader, LsaKey, read_header
from fingerpost.ospf.lsa.types import LsaTypeV2, LsaTypeV3
from fingerpost.ospf.neighbor_state import NeighborState
from fingerpost.ospf.packet import LinkStateUpdate
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.ospf.interface import Interface
    from fingerpost.ospf.lsa.grace import RestartReason
    from fingerpost.ospf.machine import Ospf
    from fingerpost.ospf.neighbor import Neighbor

KINDS = {2: LsaTypeV2.OPAQUE_LINK, 3: LsaTypeV3.GRACE}


def key_of(ospf: Ospf, interface: Interface) -> LsaKey:
    """What names our grace LSA of a link (RFC 3623 B, RFC 5187 2.2)."""
    number = OPAQUE_TYPE << 24 if ospf.version == 2 else interface.number
    return LsaKey(KINDS[ospf.version], number, ospf.router_id)


def ask(ospf: Ospf, interface: Interface, reason: RestartReason) -> None:
    """Flood our grace LSA on a link: it is sent until everybody has acknowledged it."""
    key = key_of(ospf, interface)
    held = ospf.database.find(interface.scope, key, ospf.now)
    sequence = INITIAL_SEQUENCE_NUMBER
    if held is not None:
        sequence = read_header(Reader(held, "ospf"), ospf.version).sequence + 1
    ospf.database.originate(interface.scope, _made(ospf, interface, reason, sequence), ospf.now)


def call_out(ospf: Ospf, interface: Interface, reason: RestartReason) -> None:
    """Send it before the first Hello, to whoever is there (RFC 3623 5)."""
    lsa = _made(ospf, interface, reason, INITIAL_SEQUENCE_NUMBER)
    body = LinkStateUpdate.of([lsa], ospf.version)
    if interface.network_type is NetworkType.NON_BROADCAST:
        for neighbor in interface.known():
            ospf.sender.send(interface, neighbor.address, body)
    else:
        ospf.sender.send(interface, ALL_SPF_ROUTERS[ospf.dialect.family], body)


def take_back(ospf: Ospf, interface: Interface) -> None:
    """Age it before its time, where it is known (RFC 3623 2.3, 6)."""
    key = key_of(ospf, interface)
    if ospf.database.find(interface.scope, key, ospf.now) is not None:
        ospf.database.flush(interface.scope, key, ospf.now)


def unaware(ospf: Ospf) -> Iterator[Neighbor]:
    """The full neighbours that have not acknowledged it."""
    for interface in ospf.interfaces.values():
        key = key_of(ospf, interface)
        for neighbor in interface.at_least(NeighborState.FULL):
            if ospf.database.is_unacknowledged(neighbor.number, interface.scope, key):
                yield neighbor


def _made(ospf: Ospf, interface: Interface, reason: RestartReason, sequence: int) -> bytes:
    address = int(interface.address) if ospf.version == 2 and interface.address else None
    body = GraceLsa.of(ospf.config.graceful_restart.period_s, reason, address).pack()
    options = ospf.dialect.options(interface.area) if ospf.version == 2 else 0
    length = HEADER_LENGTH + len(body)
    header = LsaHeader(0, options, *key_of(ospf, interface), sequence, 0, length)
    return sealed(header.encode(ospf.version) + body)

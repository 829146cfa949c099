"""Why a packet is not taken, or why a conversation gets no further."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Fault(Enum):
    """A reason; its value is what an operator reads."""

    UNKNOWN_INTERFACE = "came by an interface without OSPF"
    INTERFACE_DOWN = "the interface is down"
    PASSIVE = "the interface is passive"
    MALFORMED = "malformed"
    DESTINATION = "not sent to us"
    OWN_SOURCE = "sent by ourselves"
    HOP_LIMIT = "came from too far away"
    INSTANCE = "is of another instance"
    AREA = "is of another area"
    NO_VIRTUAL_LINK = "is of the backbone, and no virtual link leads to its sender"
    NETWORK = "comes from another network"
    NO_LINK_LOCAL = "comes from an address that is not link-local"
    NOT_DESIGNATED = "was for Designated Routers"
    AUTHENTICATION = "is not authentic"
    CHECKSUM = "has a wrong checksum"
    DUPLICATE_ROUTER_ID = "has our router id"
    ROUTER_ID = "has another router id than before"
    MASK = "has another network mask"
    HELLO_INTERVAL = "has another Hello interval"
    DEAD_INTERVAL = "has another dead interval"
    STUB_AREA = "takes another part of the outside into the area"
    NSSA = "takes another kind of externals into the area"
    FAMILY = "routes another address family"
    NEIGHBOR_LIMIT = "there is no room for one more neighbor"
    NO_NEIGHBOR = "no Hello came from there before"
    STATE = "came too early"
    MTU = "has a larger MTU"
    ONE_WAY = "does not hear us"
    NETWORK_TYPE = "seems to have another network type"
    SEQUENCE = "has another sequence number"
    FLAGS = "contradicts what was settled"
    OPTIONS = "has changed its options during the exchange"
    BAD_LSA = "describes an LSA that cannot be there"
    BFD = "is not reached any more, says BFD"
    BAD_REQUEST = "asks for an LSA that we do not have"

    def __str__(self) -> str:
        """In words."""
        return self.value


# these say nothing against the router that sent it: it was heard by accident, or too early
SILENT = frozenset(
    {
        Fault.OWN_SOURCE,
        Fault.INSTANCE,
        Fault.INTERFACE_DOWN,
        Fault.PASSIVE,
        Fault.NOT_DESIGNATED,
        Fault.NO_NEIGHBOR,
        Fault.STATE,
    }
)


class Reason(NamedTuple):
    """A fault with both values in words, where there are two to compare."""

    fault: Fault
    theirs: str = ""
    ours: str = ""

    def __str__(self) -> str:
        """In words: the fault, and what differs."""
        if self.theirs and self.ours:
            return f"{self.fault}: {self.theirs}, ours is {self.ours}"
        return f"{self.fault}: {self.theirs}" if self.theirs else str(self.fault)

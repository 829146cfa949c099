"""Numbers of the protocol itself (RFC 2328 appendices A and B, RFC 5340 appendices A and B)."""

from __future__ import annotations

from typing import Final

from fingerpost.addr import Address
from fingerpost.forwarding.durations import SECOND

IP_PROTOCOL: Final = 89

LS_REFRESH_TIME: Final = 1800 * SECOND
MIN_LS_INTERVAL: Final = 5 * SECOND
MIN_LS_ARRIVAL: Final = 1 * SECOND
MAX_AGE: Final = 3600  # seconds, as it stands in the header
MAX_AGE_DIFF: Final = 900  # seconds
LS_INFINITY: Final = 0xFFFFFF
MAX_LINK_METRIC: Final = 0xFFFF  # RFC 6987 2
INITIAL_SEQUENCE_NUMBER: Final = -0x7FFFFFFF
MAX_SEQUENCE_NUMBER: Final = 0x7FFFFFFF

BACKBONE: Final = 0

ALL_SPF_ROUTERS: Final = {4: Address("224.0.0.5"), 6: Address("ff02::5")}
ALL_D_ROUTERS: Final = {4: Address("224.0.0.6"), 6: Address("ff02::6")}

"""How a TCP connection behaves."""

from __future__ import annotations

from dataclasses import dataclass, fields

from fingerpost.errors import UsageError

_CENTURY_NS = 100 * 365 * 86_400 * 10**9

_RANGES = {
    "hop_limit": (1, 255),
    "minimum_hop_limit": (0, 255),
    "ack_delay_ns": (0, _CENTURY_NS),
    "keep_alive_ns": (1_000, _CENTURY_NS),
    "timeout_ns": (1_000, _CENTURY_NS),
    "receive_buffer": (1, 65_535),
    "send_buffer": (1, 1 << 24),
}


@dataclass(frozen=True, slots=True)
class TcpOptions:
    """The settings of a connection, or of all connections that a listener takes.

    `hop_limit` is that of what is sent: 1 reaches neighbours only, 255 with `minimum_hop_limit`
    255 refuses all who are not (RFC 5082). `nagle` holds small segments back while data is
    unacknowledged (RFC 9293 3.7.4). `ack_delay_ns`: how long an acknowledgement may wait, None not
    at all (3.8.6.3). `keep_alive_ns`: silence after which the peer is asked whether it lives
    (3.8.4), None never. `timeout_ns` is the user timeout (3.9.1.1, five minutes as there): the
    connection ends when the peer says nothing for so long while it owes an answer; None never.
    `receive_buffer` and `send_buffer` count bytes; the former is the largest window.
    Raises UsageError for a value outside its range.
    """

    hop_limit: int = 64
    minimum_hop_limit: int = 0
    nagle: bool = True
    ack_delay_ns: int | None = 10_000_000
    keep_alive_ns: int | None = None
    timeout_ns: int | None = 300 * 10**9
    receive_buffer: int = 65_535
    send_buffer: int = 65_536

    def __post_init__(self) -> None:
        """Refuse what is out of range."""
        for field in fields(self):
            value = getattr(self, field.name)
            low, high = _RANGES.get(field.name, (0, 1))
            if value is None and field.default is not None and not field.name.endswith("_ns"):
                raise UsageError(f"{field.name} cannot be None; it is from {low} to {high}")
            if value is not None and not low <= value <= high:
                raise UsageError(f"{field.name} is {value}; it must be from {low} to {high}")
        if self.keep_alive_ns and self.timeout_ns and self.timeout_ns <= self.keep_alive_ns:
            raise UsageError(
                f"timeout_ns is {self.timeout_ns}; it must be longer than keep_alive_ns, "
                f"which is {self.keep_alive_ns}"
            )


NEIGHBOR_ONLY = TcpOptions(hop_limit=255, minimum_hop_limit=255)
"""The generalized TTL security mechanism: the peer must be on the same link (RFC 5082)."""

"""How often each end was met, per interface, and what was sent and received."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fingerpost.forwarding.reason import Reason


@dataclass(slots=True)
class Counters:
    """Counts of one interface since it was made; `ends` counts packets that came in here."""

    packets_in: int = 0
    bytes_in: int = 0
    packets_out: int = 0
    bytes_out: int = 0
    errors_sent: int = 0
    errors_limited: int = 0
    ends: Counter[Reason] = field(default_factory=Counter)

    @property
    def dropped(self) -> dict[str, int]:
        """Every loss by the name of its reason, most frequent first."""
        return {end.value: n for end, n in self.ends.most_common() if end.is_loss}

    def as_dict(self) -> dict[str, object]:
        """Plain data, for JSON."""
        return {
            "packets_in": self.packets_in,
            "bytes_in": self.bytes_in,
            "packets_out": self.packets_out,
            "bytes_out": self.bytes_out,
            "errors_sent": self.errors_sent,
            "errors_limited": self.errors_limited,
            "ends": {end.value: n for end, n in self.ends.most_common()},
        }

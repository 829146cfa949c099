"""What a channel counts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class ChannelCounters:
    """What went through a channel; routes, not prefixes."""

    received: int = 0
    imported: int = 0
    refused: int = 0  # by the import policy
    limited: int = 0  # came when the limit was reached
    forgotten: int = 0  # refused ones that memory had no place for
    exported: int = 0
    withheld: int = 0  # refused by the export policy
    returned: int = 0  # kept from going back to where they came from

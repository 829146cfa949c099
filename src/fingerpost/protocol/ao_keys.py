"""`AoKey`: a master key tuple of TCP-AO (RFC 5925 3.1), whoever signs by it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from fingerpost.errors import UsageError

ALGORITHMS: Final = ("hmac-sha-1-96", "aes-128-cmac-96", "hmac-sha-256-128")
"""RFC 5926 3.2, and one that hosts beside us have too."""
LONGEST_SECRET: Final = 80


@dataclass(frozen=True, slots=True)
class AoKey:
    """`send_id` stands in what we sign by it, `receive_id` in what the other end does."""

    send_id: int
    receive_id: int
    secret: bytes = field(repr=False)
    algorithm: str = ALGORITHMS[0]

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        for what, value in (("send_id", self.send_id), ("receive_id", self.receive_id)):
            if not 0 <= value <= 255:
                raise UsageError(f"{what} {value} of a TCP-AO key, expected 0 to 255")
        if not 1 <= len(self.secret) <= LONGEST_SECRET:
            raise UsageError(
                f"TCP-AO key {self.send_id} has {len(self.secret)} bytes, expected 1 to "
                f"{LONGEST_SECRET}"
            )
        if self.algorithm not in ALGORITHMS:
            raise UsageError(
                f"algorithm {self.algorithm} of a TCP-AO key, expected one of "
                f"{', '.join(ALGORITHMS)}"
            )

    def __str__(self) -> str:
        """All but the secret."""
        return f"{self.send_id}/{self.receive_id} {self.algorithm}"


def require_distinct(keys: tuple[AoKey, ...]) -> None:
    """Raise `UsageError` for keys that cannot be told apart at an end (RFC 5925 3.1)."""
    for what in ("send_id", "receive_id"):
        held = [getattr(one, what) for one in keys]
        twice = next((one for one in held if held.count(one) > 1), None)
        if twice is not None:
            raise UsageError(f"two TCP-AO keys have the {what} {twice}")

"""What was found about a packet's authentication, with what both sides hold."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final


class Check(Enum):
    """Which check did not hold."""

    LENGTH = "length"
    KIND = "kind"
    PASSWORD = "password"
    KEY = "key id"
    LIFETIME = "key lifetime"
    ALGORITHM = "algorithm"
    SEQUENCE = "sequence number"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`check` is None where the packet is believed; else `theirs` and `ours` differ.

    `lls` is the LLS block of a packet that is believed, empty where it has none or where the block
    itself does not hold: then `ignored` says why. `hint` is what would help, where that is known.
    """

    check: Check | None = None
    theirs: str = ""
    ours: str = ""
    hint: str = ""
    lls: bytes = b""
    ignored: str = ""

    @property
    def is_ok(self) -> bool:
        """Whether the packet is believed."""
        return self.check is None

    def __str__(self) -> str:
        """As one line for an operator."""
        if self.check is None:
            return f"authenticated, LLS block ignored: {self.ignored}" if self.ignored else "ok"
        said = f"authentication {self.check.value}: theirs {self.theirs}, ours {self.ours}"
        return f"{said} ({self.hint})" if self.hint else said

    def as_dict(self) -> dict[str, str]:
        """As plain data, for JSON; only of a verdict that is not ok."""
        return {
            "check": "" if self.check is None else self.check.value,
            "theirs": self.theirs,
            "ours": self.ours,
            "hint": self.hint,
        }


ACCEPTED: Final = Verdict()


def accepted(lls: bytes = b"", ignored: str = "") -> Verdict:
    """Give the verdict on a packet that is believed."""
    return Verdict(lls=lls, ignored=ignored) if lls or ignored else ACCEPTED

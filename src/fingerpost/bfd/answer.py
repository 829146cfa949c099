"""What BFD answers when it is asked for routes: that it has none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fingerpost.addr import Prefix

NO_ROUTES = "BFD has no routes, it watches neighbors"


@dataclass(frozen=True, slots=True)
class SilentAnswer:
    """See `Instance.explain` and `Instance.explain_told`."""

    model: Mapping[str, object]

    def __str__(self) -> str:
        """In words."""
        return NO_ROUTES

    def as_dict(self) -> dict[str, object]:
        """As plain data, for JSON."""
        return dict(self.model)


def unknown(prefix: Prefix) -> SilentAnswer:
    """Why it has no route."""
    return SilentAnswer(
        {
            "protocol": "bfd",
            "prefix": str(prefix),
            "state": "absent",
            "rule": NO_ROUTES,
            "since": None,
            "ways": [],
        }
    )


def untold(prefix: Prefix) -> SilentAnswer:
    """Why it tells nobody of one."""
    said = {"protocol": "bfd", "prefix": str(prefix), "reason": NO_ROUTES, "places": []}
    return SilentAnswer(said)

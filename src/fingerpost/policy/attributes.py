"""Conditions on what a protocol attached to its routes: communities and AS paths.

They read `attributes["communities"]`, any iterable whose members print as "65000:100" (RFC 1997),
"65000:1:2" (RFC 8092) or by name, and `attributes["as_path"]`, a sequence of AS numbers. A route
without the attribute has no communities and an empty path.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from fingerpost.errors import UsageError

if TYPE_CHECKING:
    from fingerpost.rib import Context, RibRoute

COMMUNITIES: Final = "communities"
AS_PATH: Final = "as_path"

_WELL_KNOWN = {  # RFC 1997 and the registry that it began
    "no-export": "65535:65281",
    "no-advertise": "65535:65282",
    "no-export-subconfed": "65535:65283",
    "no-peer": "65535:65284",  # RFC 3765
    "blackhole": "65535:666",  # RFC 7999
    "graceful-shutdown": "65535:0",  # RFC 8326
}


def communities_of(route: RibRoute) -> tuple[str, ...]:
    """The communities of a route as text, well-known ones as numbers."""
    held = (route.attributes or {}).get(COMMUNITIES, ())
    return tuple(map(numbered, held)) if isinstance(held, Iterable) else ()


def as_path_of(route: RibRoute) -> tuple[object, ...]:
    """The AS path of a route, nearest first."""
    held = (route.attributes or {}).get(AS_PATH, ())
    return tuple(held) if isinstance(held, Iterable) else ()


def numbered(community: object) -> str:
    """A community as numbers with colons between, whether it has a name or not."""
    text = str(community)
    return _WELL_KNOWN.get(text, text)


@dataclass(frozen=True, slots=True)
class Communities:
    """The route has one of some communities, or with `every` all of them.

    A part may be `*`: "65000:*". Raises `UsageError` for what is no community.
    """

    patterns: tuple[str, ...]
    every: bool = False

    def __post_init__(self) -> None:
        """Refuse what could never be found."""
        for pattern in self.patterns:
            parts = numbered(pattern).split(":")
            if len(parts) not in (2, 3) or not all(
                part == "*" or (part.isascii() and part.isdigit()) for part in parts
            ):
                raise UsageError(f"{pattern!r} is no community; 65000:100 or 65000:* would be")

    def holds(self, route: RibRoute, context: Context) -> bool:  # noqa: ARG002 - all are asked alike
        """Look for each."""
        held = communities_of(route)
        found = (any(_fits(pattern, one) for one in held) for pattern in self.patterns)
        return all(found) if self.every else any(found)

    def __str__(self) -> str:
        """As declared."""
        return f"community {(' and ' if self.every else ' or ').join(self.patterns)}"


@dataclass(frozen=True, slots=True)
class AsPath:
    """The AS path, written with spaces between, fits a regular expression.

    `_` means a border of a number, as in FRR: `^65000_` begins with AS 65000, `_65000_` has it
    anywhere, `^$` is empty. Raises `UsageError` for what is no expression.
    """

    expression: str
    _compiled: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Compile the expression."""
        try:
            compiled = re.compile(self.expression.replace("_", r"(?:^|$|[ ,{}()])"))
        except re.error as error:
            raise UsageError(f"AS path {self.expression!r} is no expression: {error}") from error
        object.__setattr__(self, "_compiled", compiled)

    def holds(self, route: RibRoute, context: Context) -> bool:  # noqa: ARG002 - all are asked alike
        """Search the path."""
        return self._compiled.search(" ".join(map(str, as_path_of(route)))) is not None

    def __str__(self) -> str:
        """As declared."""
        return f"AS path {self.expression}"


def _fits(pattern: str, community: str) -> bool:
    wanted, held = numbered(pattern).split(":"), community.split(":")
    return len(wanted) == len(held) and all(
        part in ("*", other) for part, other in zip(wanted, held, strict=True)
    )

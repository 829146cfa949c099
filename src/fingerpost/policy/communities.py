"""Communities: standard (RFC 1997), large (RFC 8092), extended (RFC 4360), and patterns of them.

In a pattern a part is a number, a range as in `65000:100-199`, or `*`. Parts of an extended one may
be so behind `rt`, `soo` and `ro`; others are meant as they are written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Final

from fingerpost.errors import UsageError
from fingerpost.policy.attributes import COMMUNITIES, held

if TYPE_CHECKING:
    from fingerpost.rib import Context, RibRoute

WELL_KNOWN: Final = {  # RFC 1997 and the registry that it began
    "graceful-shutdown": "65535:0",  # RFC 8326
    "accept-own": "65535:1",  # RFC 7611
    "route-filter-translated-v4": "65535:2",
    "route-filter-v4": "65535:3",
    "route-filter-translated-v6": "65535:4",
    "route-filter-v6": "65535:5",
    "llgr-stale": "65535:6",  # RFC 9494
    "no-llgr": "65535:7",
    "accept-own-nexthop": "65535:8",
    "standby-pe": "65535:9",  # RFC 9026
    "blackhole": "65535:666",  # RFC 7999
    "no-export": "65535:65281",
    "no-advertise": "65535:65282",
    "no-export-subconfed": "65535:65283",
    "local-as": "65535:65283",
    "no-peer": "65535:65284",  # RFC 3765
    "nopeer": "65535:65284",
}
ADMINISTERED: Final = ("rt", "soo")
_SAME: Final = {"ro": "soo"}
_RANGE = re.compile(r"([0-9]{1,10})(?:-([0-9]{1,10}))?")
_ADMINISTRATOR = re.compile(r"[0-9]{1,10}L|[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_OTHER = re.compile(r"0x[0-9a-f]{16}|[a-z][a-z-]*:[0-9a-zA-Z.:+-]+")


class Kind(Enum):
    """The sort of a community; the value is how many parts it has, 0: any number."""

    STANDARD = 2
    LARGE = 3
    EXTENDED = 0


_MOST: Final = {Kind.STANDARD: 0xFFFF, Kind.LARGE: 0xFFFF_FFFF, Kind.EXTENDED: 0xFFFF_FFFF}


def communities_of(route: RibRoute) -> tuple[str, ...]:
    """The communities of a route as text, well-known ones as numbers."""
    found = held(route, COMMUNITIES)
    return tuple(map(numbered, found)) if isinstance(found, Iterable) else ()


def numbered(community: object) -> str:
    """A community as numbers with colons between, whether it has a name or not."""
    text = str(community)
    return WELL_KNOWN.get(text, text)


def kind_of(community: str) -> Kind:
    """The sort of a community or pattern, as numbers."""
    if community[:2] == "0x" or community[:1] not in _NUMERIC:
        return Kind.EXTENDED
    return Kind.STANDARD if community.count(":") == 1 else Kind.LARGE


_NUMERIC: Final = frozenset("0123456789*")


@dataclass(frozen=True, slots=True)
class Part:
    """A number from `least` to `most`, or just a text; `is_any`: whatever stands there."""

    text: str
    least: int = -1
    most: int = -1

    @property
    def is_any(self) -> bool:
        """Whether all fits."""
        return self.text == "*"

    @property
    def is_single(self) -> bool:
        """Whether it means one value."""
        return self.least == self.most and not self.is_any

    def fits(self, given: str) -> bool:
        """Whether what stands in a community is meant."""
        if self.is_any or given == self.text:
            return True
        return self.least >= 0 and given.isdigit() and self.least <= int(given) <= self.most

    def covers(self, other: Part) -> bool:
        """Whether all that another one means is meant."""
        if self.is_any or self.text == other.text:
            return True
        return 0 <= self.least <= other.least and other.most <= self.most and not other.is_any


@dataclass(frozen=True, slots=True)
class Pattern:
    """Which communities are meant; the standard ones have two `parts`, large ones three.

    An extended one begins with a `word`. Raises `UsageError` for what no community could be.
    """

    text: str
    kind: Kind = field(init=False, repr=False, compare=False)
    word: str = field(init=False, repr=False, compare=False)
    parts: tuple[Part, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Take it apart."""
        plain = numbered(self.text)
        kind, word, texts = kind_of(plain), "", plain.split(":")
        if kind is Kind.EXTENDED:
            word = _SAME.get(texts[0], texts[0])
            parts = self._extended(word, plain, texts[1:])
        elif len(texts) != kind.value:
            raise self._fault()
        else:
            parts = tuple(self._number(one, _MOST[kind]) for one in texts)
        object.__setattr__(self, "kind", kind)
        object.__setattr__(self, "word", word)
        object.__setattr__(self, "parts", parts)

    def _extended(self, word: str, plain: str, texts: list[str]) -> tuple[Part, ...]:
        if word not in ADMINISTERED:
            if not _OTHER.fullmatch(plain):
                raise self._fault()
            return tuple(map(Part, texts))
        if len(texts) != 2:
            raise self._fault()
        most = _MOST[Kind.EXTENDED]
        who = texts[0]
        by = Part(who) if _ADMINISTRATOR.fullmatch(who) else self._number(who, most)
        return by, self._number(texts[1], most)

    def _number(self, text: str, most: int) -> Part:
        if text == "*":
            return Part("*", 0, most)
        match = _RANGE.fullmatch(text)
        if match is None:
            raise self._fault()
        first = int(match[1])
        last = int(match[2] or match[1])
        if not first <= last <= most:
            raise UsageError(f"{self.text!r} is no community: {text}, expected 0 to {most}")
        return Part(str(first) if first == last else f"{first}-{last}", first, last)

    def _fault(self) -> UsageError:
        right = "65000:100, 65000:*, 65000:1:2, rt:65000:1 or no-export"
        return UsageError(f"{self.text!r} is no community; {right} would be")

    @property
    def single(self) -> str | None:
        """The one community that is meant, as numbers; None: there are several."""
        if not all(part.is_single for part in self.parts):
            return None
        texts = [part.text for part in self.parts]
        return ":".join([self.word, *texts] if self.kind is Kind.EXTENDED else texts)

    def fits(self, community: str) -> bool:
        """Whether a community, as numbers, is meant."""
        if kind_of(community) is not self.kind:
            return False
        texts = community.split(":")
        if self.kind is Kind.EXTENDED and texts.pop(0) != self.word:
            return False
        return len(texts) == len(self.parts) and all(
            part.fits(text) for part, text in zip(self.parts, texts, strict=True)
        )

    def covers(self, other: Pattern) -> bool:
        """Whether it surely means all that another one does."""
        return (
            (self.kind, self.word, len(self.parts)) == (other.kind, other.word, len(other.parts))
        ) and all(one.covers(two) for one, two in zip(self.parts, other.parts, strict=True))

    def __str__(self) -> str:
        """As declared."""
        return self.text


def single(text: str) -> str:
    """A community as numbers. Raises `UsageError` for what is none, or a pattern of several."""
    found = Pattern(text).single
    if found is None:
        raise UsageError(f"{text!r} means several communities; write one")
    return found


@dataclass(frozen=True, slots=True)
class Communities:
    """The route has one of some communities, or with `every` all of them.

    Patterns are those of `Pattern`. Raises `UsageError` for what is no community.
    """

    patterns: tuple[str, ...]
    every: bool = False
    read: tuple[Pattern, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse what could never be found."""
        object.__setattr__(self, "read", tuple(map(Pattern, self.patterns)))

    def holds(self, route: RibRoute, context: Context) -> bool:  # noqa: ARG002 - all are asked alike
        """Look for each."""
        there = communities_of(route)
        found = (any(map(pattern.fits, there)) for pattern in self.read)
        return all(found) if self.every else any(found)

    def implies(self, asked: Communities) -> bool:
        """Whether `asked` surely holds of every route of which this holds."""
        if self.every:
            some = (any(one.covers(mine) for mine in self.read) for one in asked.read)
            return all(some) if asked.every else any(some)
        if asked.every and len(asked.read) > 1:
            return False
        return all(any(one.covers(mine) for one in asked.read) for mine in self.read)

    def __str__(self) -> str:
        """As declared."""
        return f"community {(' and ' if self.every else ' or ').join(self.patterns)}"

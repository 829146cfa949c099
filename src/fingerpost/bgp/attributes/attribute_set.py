"""`AttributeSet`: what is known of a path, in the canonical form of the core.

Canonical bytes are what an UPDATE would carry, so that equal meaning is equal bytes: attributes
ascend by type, each once; the long form of length where a value has more than 255 octets and
nowhere else; AS numbers of four octets, with AS4_PATH and AS4_AGGREGATOR merged in; no
MP_REACH_NLRI and no MP_UNREACH_NLRI, whose next hop is NEXT_HOP; our own weight as type 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from fingerpost.bgp.attributes.aggregation import Aggregator, As4Aggregator, AtomicAggregate
from fingerpost.bgp.attributes.aigp import Aigp
from fingerpost.bgp.attributes.as_path import As4Path, AsPath
from fingerpost.bgp.attributes.attribute import (
    KEPT,
    LAYER,
    Attribute,
    DecodesAttribute,
    RawAttribute,
    UnknownAttribute,
    framed,
    split,
)
from fingerpost.bgp.attributes.communities import (
    Communities,
    ExtendedCommunities,
    Ipv6ExtendedCommunities,
    LargeCommunities,
)
from fingerpost.bgp.attributes.next_hop import NextHop
from fingerpost.bgp.attributes.origin import Origin
from fingerpost.bgp.attributes.preferences import LocalPref, MultiExitDisc, OnlyToCustomer, Weight
from fingerpost.bgp.attributes.reflection import ClusterList, OriginatorId
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

T = TypeVar("T")

KNOWN: Final[dict[int, type[DecodesAttribute]]] = {
    one.code: one
    for one in (
        Weight,
        Origin,
        AsPath,
        NextHop,
        MultiExitDisc,
        LocalPref,
        AtomicAggregate,
        Aggregator,
        Communities,
        OriginatorId,
        ClusterList,
        ExtendedCommunities,
        As4Path,
        As4Aggregator,
        Ipv6ExtendedCommunities,
        Aigp,
        LargeCommunities,
        OnlyToCustomer,
    )
}


def read_attribute(raw: RawAttribute) -> Attribute:
    """Give the value of one attribute of canonical form; raises `DecodeError`."""
    known = KNOWN.get(raw.code)
    if known is None:
        return UnknownAttribute(raw.flags & KEPT, raw.code, raw.value)
    at = raw.end - len(raw.value)
    reader = Reader(raw.value, LAYER, at, section="RFC 4271 4.3")
    found = known.read(reader, raw.flags)
    reader.finish("attribute value", "RFC 7606 7")
    return found


@dataclass(frozen=True, slots=True)
class AttributeSet:
    """Attributes of a path, ascending by type, each type once. `of` takes them in any order."""

    attributes: tuple[Attribute, ...] = ()

    @classmethod
    def of(cls, *attributes: Attribute) -> AttributeSet:
        """In any order; of one type the last counts."""
        by_code = {one.code: one for one in attributes}
        return cls(tuple(by_code[code] for code in sorted(by_code)))

    @classmethod
    def decode(cls, canonical: bytes) -> AttributeSet:
        """Read canonical bytes; raises `DecodeError` for what they cannot be."""
        found = tuple(map(read_attribute, split(canonical)))
        codes = [one.code for one in found]
        if codes != sorted(set(codes)):
            Reader(canonical, LAYER).refuse(
                "attributes", codes, "each once, ascending", "RFC 4271 5"
            )
        return cls(found)

    def encode(self) -> bytes:
        """As canonical bytes."""
        return b"".join(framed(one.flags, one.code, one.value()) for one in self.attributes)

    def get(self, kind: type[T]) -> T | None:
        """The attribute of a class; None where there is none."""
        return next((one for one in self.attributes if isinstance(one, kind)), None)

    def having(self, *attributes: Attribute) -> AttributeSet:
        """With these, in place of those of the same type."""
        return AttributeSet.of(*self.attributes, *attributes)

    def without(self, *kinds: type[Attribute]) -> AttributeSet:
        """Less those of these classes."""
        return AttributeSet(tuple(one for one in self.attributes if not isinstance(one, kinds)))

    def __iter__(self) -> Iterator[Attribute]:
        """In ascending order."""
        return iter(self.attributes)

    @property
    def weight(self) -> int:
        """Ours; 0 where there is none."""
        found = self.get(Weight)
        return 0 if found is None else found.number

    @property
    def as_path(self) -> AsPath:
        """The AS_PATH; an empty one where there is none."""
        return self.get(AsPath) or AsPath()

    @property
    def med(self) -> int | None:
        """MULTI_EXIT_DISC."""
        found = self.get(MultiExitDisc)
        return None if found is None else found.number

    @property
    def local_preference(self) -> int | None:
        """LOCAL_PREF."""
        found = self.get(LocalPref)
        return None if found is None else found.number

    @property
    def communities(self) -> tuple[int, ...]:
        """COMMUNITIES; none where there are none."""
        found = self.get(Communities)
        return () if found is None else found.communities

    @property
    def large_communities(self) -> tuple[tuple[int, int, int], ...]:
        """LARGE COMMUNITIES."""
        found = self.get(LargeCommunities)
        return () if found is None else found.communities

    @property
    def extended_communities(self) -> tuple[int, ...]:
        """EXTENDED COMMUNITIES."""
        found = self.get(ExtendedCommunities)
        return () if found is None else found.communities


def canonical(attributes: Iterable[Attribute]) -> bytes:
    """Give the canonical bytes of attributes in any order."""
    return AttributeSet.of(*attributes).encode()

"""What an UPDATE is read by, and what is found in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fingerpost.bgp.attributes.attribute import Flags, Type, framed
from fingerpost.bgp.family import IPV4, Family
from fingerpost.bgp.nlri.framing import Nlri
from fingerpost.bgp.packet.update_rules import Cost, Relation
from fingerpost.bgp.packet.update_values import canonical_next_hop


@dataclass(frozen=True, slots=True)
class FamilyTerms:
    """What was agreed on for a family: path identifiers come (RFC 7911), IPv4 prefixes may have
    IPv6 next hops (RFC 8950).
    """

    has_path_ids: bool = False
    extended_next_hop: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """What an UPDATE is read by. `scope`: the number of the interface of link-local next hops."""

    relation: Relation = Relation.EXTERNAL
    as4: bool = True
    families: Mapping[Family, FamilyTerms] = field(default_factory=lambda: {IPV4: FamilyTerms()})
    scope: int = 0


@dataclass(frozen=True, slots=True)
class UpdateFault:
    """Something wrong: `octets` are those that are meant, as a NOTIFICATION quotes them."""

    cost: Cost
    subcode: int
    attribute: int
    reason: str
    octets: bytes = b""


@dataclass(frozen=True, slots=True)
class Said:
    """Prefixes of a family; `is_multi`: in MP_REACH_NLRI or MP_UNREACH_NLRI."""

    family: Family
    prefixes: tuple[Nlri, ...]
    is_multi: bool


@dataclass(frozen=True, slots=True)
class Multi:
    """MP_REACH_NLRI or MP_UNREACH_NLRI, taken apart."""

    family: Family
    next_hop: bytes
    nlri: bytes


@dataclass(slots=True)
class ReadUpdate:
    """What an UPDATE says. With a `reset` nothing of it counts."""

    faults: list[UpdateFault] = field(default_factory=list)
    attributes: dict[int, tuple[int, bytes]] = field(default_factory=dict)  # flags and value
    withdrawn: list[Said] = field(default_factory=list)
    announced: list[Said] = field(default_factory=list)
    reach: Multi | None = None
    unreach: Multi | None = None
    has_reach: bool = False  # MP_REACH_NLRI has prefixes, of a family that was agreed on or not
    end_of_rib: Family | None = None
    scope: int = 0

    @property
    def reset(self) -> UpdateFault | None:
        """Why the session has to end."""
        last = self.faults[-1] if self.faults else None
        return last if last is not None and last.cost is Cost.RESET else None

    @property
    def is_withdrawn(self) -> bool:
        """Whether what is announced counts as withdrawn (RFC 7606 2)."""
        return any(one.cost is Cost.WITHDRAW for one in self.faults)

    def canonical(self, *, of_multi: bool) -> bytes:
        """The attributes of what stands in MP_REACH_NLRI, or of what does not."""
        held = dict(self.attributes)
        if of_multi and self.reach is not None:
            hop = canonical_next_hop(self.reach.family, self.reach.next_hop, self.scope)
            held[Type.NEXT_HOP] = (Flags.TRANSITIVE, hop)
        return b"".join(framed(held[code][0], code, held[code][1]) for code in sorted(held))

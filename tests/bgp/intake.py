"""A table of the core with neighbours of any kind, spoken to by UPDATEs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fingerpost._core import BgpTable
from fingerpost.addr import Address, Prefix
from fingerpost.bgp.attributes import Attribute, AttributeSet, Weight, framed
from fingerpost.bgp.config import Decision
from fingerpost.bgp.family import IPV4
from fingerpost.bgp.packet import Update
from fingerpost.bgp.path_view import PathView, Standing, views
from fingerpost.bgp.relation import Relation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fingerpost.bgp.damping import Damping

US = 65000
ROUTER_ID = 9
PREFIX = Prefix("192.0.2.0/24")
NLRI = bytes((24, 192, 0, 2))
OURSELVES = Standing(Relation.INTERNAL, ROUTER_ID, Address("0.0.0.0"))


@dataclass(slots=True)
class Intake:
    """The table, and who its neighbours are."""

    rules: Decision = field(default_factory=Decision)
    confederation: int = 0
    takes_sets: bool = True
    cluster_id: int = ROUTER_ID
    standings: dict[int, Standing] = field(default_factory=lambda: {0: OURSELVES})
    table: BgpTable = field(init=False)
    reader: int = field(init=False)

    def __post_init__(self) -> None:
        """Without neighbours."""
        self.table = BgpTable(
            US,
            ROUTER_ID,
            cluster_id=self.cluster_id,
            confederation=self.confederation,
            takes_sets=self.takes_sets,
            key=1,
        )
        self.apply()
        self.reader = self.table.open_reader(IPV4.code)

    def apply(self) -> None:
        """Tell the table by what to choose."""
        one = self.rules
        self.table.set_rules(
            always_compares_med=one.always_compares_med,
            missing_med_is_worst=one.missing_med_is_worst,
            ignores_path_length=one.ignores_path_length,
            prefers_oldest=one.prefers_oldest,
            multipath_external=one.multipath_external,
            multipath_internal=one.multipath_internal,
            multipath_relaxed=one.multipath_relaxed,
            default_local_preference=one.default_local_preference,
        )

    def add(
        self,
        peer: int,
        standing: Standing,
        *,
        asn: int = US,
        role: int | None = None,
        checks_first_as: bool = False,
        policy: int = 0,
        allows: int = 0,
        weight: int = 0,
        local_asn: int = US,
        is_direct: bool = False,
        takes_aigp: bool | None = None,
        damping: Damping | None = None,
        prepends: int = 0,
    ) -> None:
        """Have a neighbour, with path identifiers."""
        self.standings[peer] = standing
        self.table.set_peer(
            peer,
            relation=int(standing.relation),
            asn=asn,
            local_asn=local_asn,
            address=standing.address,
            router_id=standing.router_id,
            role=role,
            checks_first_as=checks_first_as,
            families={IPV4.code: (policy, allows, weight, 0)},
            is_direct=is_direct,
            damping={}
            if damping is None
            else {
                IPV4.code: (
                    damping.half_life_s,
                    damping.longest_s,
                    damping.suppress,
                    damping.reuse,
                )
            },
            takes_aigp={} if takes_aigp is None else {IPV4.code: takes_aigp},
            prepends=prepends,
        )
        self.open(peer)

    def open(self, peer: int) -> None:
        """Have a session with it."""
        self.table.open_session(
            peer,
            as4=True,
            longest_out=4096,
            longest_in=65_535,
            families=[(IPV4.code, True, False, False, bytes((10, 0, 0, 9)))],
            scope=0,
        )

    def tell(
        self, peer: int, attributes: Iterable[Attribute], *, path_id: int = 0, now: int = 0
    ) -> None:
        """Have a neighbour tell `PREFIX`."""
        listed = b"".join(
            framed(one.flags, one.code, one.value())
            for one in attributes
            if not isinstance(one, Weight)
        )
        octets = Update(b"", listed, path_id.to_bytes(4, "big") + NLRI).encode()
        found = self.table.receive(peer, octets, now, 1)
        assert found.reset is None, found.reset

    def untell(self, peer: int, *, path_id: int = 0, now: int = 0) -> None:
        """Have it withdraw that."""
        octets = Update(path_id.to_bytes(4, "big") + NLRI, b"", b"").encode()
        assert self.table.receive(peer, octets, now, 1).reset is None

    def originate(self, attributes: AttributeSet) -> None:
        """Say `PREFIX` ourselves."""
        self.table.originate(IPV4.code, [PREFIX], attributes.encode(), 1, 0)

    def reach(self, hop: bytes, metric: int | None) -> None:
        """Say how far a next hop is."""
        self.table.set_next_hop(hop, metric)

    def settle(self) -> None:
        """Do all that is owed."""
        while self.table.work(1000):
            pass

    def look(self) -> tuple[PathView, ...]:
        """The paths to `PREFIX`."""
        self.settle()
        return views(self.table.paths(IPV4.code, PREFIX), self.standings)

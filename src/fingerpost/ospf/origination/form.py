"""What versions 2 and 3 have in common for the originator: the same subjects, other LSAs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from fingerpost.addr import Address, Prefix
    from fingerpost.ospf.area import Area
    from fingerpost.ospf.interface import Interface
    from fingerpost.ospf.origination.content import Content, Subject
    from fingerpost.ospf.origination.external import External
    from fingerpost.ospf.origination.standing import Standing


class Form(Protocol):
    """The LSAs of one version; each gives those that say a subject, none where there is nothing."""

    def recall(self, now: int) -> None:
        """Keep the link state ids of our LSAs in the database, which are from before a restart."""
        ...

    def router(self, area: Area, flags: int, standing: Standing) -> list[Content]:
        """Our links into an area."""
        ...

    def network(self, interface: Interface) -> list[Content]:
        """The network of which we are the Designated Router, with an adjacency."""
        ...

    def link(self, interface: Interface) -> list[Content]:
        """What we tell the others of a link."""
        ...

    def router_prefixes(self, area: Area) -> list[Content]:
        """Our prefixes, where they are told apart from our links."""
        ...

    def network_prefixes(self, interface: Interface) -> list[Content]:
        """The prefixes of a network of which we are the Designated Router."""
        ...

    def information(self, area: Area) -> list[Content]:
        """What we can do."""
        ...

    def summary(self, area: Area, prefix: Prefix, metric: int) -> list[Content]:
        """A network of other areas."""
        ...

    def boundary_router(self, area: Area, router: int, metric: int) -> list[Content]:
        """An AS boundary router of other areas."""
        ...

    def external(
        self, prefix: Prefix, external: External, forwarding: Address | None
    ) -> list[Content]:
        """A destination outside, told to the AS."""
        ...

    def nssa(
        self,
        area: Area,
        prefix: Prefix,
        external: External,
        forwarding: Address | None,
        *,
        propagates: bool,
    ) -> list[Content]:
        """A destination outside, told to an NSSA; `propagates`: translators pass it on."""
        ...

    def release(self, subject: Subject) -> None:
        """A subject of a prefix or boundary router is not told any more: its id is free."""
        ...

    def take_moved(self) -> list[Subject]:
        """What has to be told again, as its link state id went to another."""
        ...

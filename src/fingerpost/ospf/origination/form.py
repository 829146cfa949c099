"""What versions 2 and 3 have in common for the originator: the same subjects, other LSAs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from fingerpost.ospf.area import Area
    from fingerpost.ospf.interface import Interface
    from fingerpost.ospf.origination.content import Content
    from fingerpost.ospf.origination.standing import Standing


class Form(Protocol):
    """The LSAs of one version; each gives those that say a subject, none where there is nothing."""

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

"""`Followed`: the gateways that protocols follow, and what they are to be told of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from fingerpost.protocol.events import FollowGateway, GatewayChanged, LeaveGateway

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.rib.tables import Tables

News: TypeAlias = "tuple[str, str, Address]"  # instance, table, gateway


class Followed:
    """Who follows which gateways in which of `tables`.

    A table tells of a gateway once for all that one batch did to it; who asks for one hears of it
    at once, and another time if he asks again.
    """

    def __init__(self, tables: Tables) -> None:
        """Nobody follows any."""
        self._tables = tables
        self._followers: dict[str, dict[Address, dict[str, None]]] = {}
        self._asked: dict[str, dict[Address, dict[str, None]]] = {}

    def ask(self, instance: str, table: str, asked: FollowGateway | LeaveGateway) -> None:
        """Take what an instance asks."""
        followers = self._followers.setdefault(table, {})
        if isinstance(asked, FollowGateway):
            followers.setdefault(asked.address, {})[instance] = None
            news = self._asked.setdefault(table, {})
            news.setdefault(asked.address, {})[instance] = None
        else:
            self._leave(instance, table, asked.address)

    def leave_all(self, instance: str) -> None:
        """An instance has ended."""
        for table, followers in self._followers.items():
            for address in [one for one, names in followers.items() if instance in names]:
                self._leave(instance, table, address)

    def _leave(self, instance: str, table: str, address: Address) -> None:
        self._asked.get(table, {}).get(address, {}).pop(instance, None)
        names = self._followers[table].get(address, {})
        names.pop(instance, None)
        if not names and self._followers[table].pop(address, None) is not None:
            self._tables[table].leave((address,))

    def __bool__(self) -> bool:
        """Whether anybody follows any."""
        return any(self._followers.values())

    def news(self) -> list[News]:
        """Of what `told` is to be asked now; each is given once."""
        return [one for table in self._followers for one in self._news_of(table)]

    def _news_of(self, table: str) -> list[News]:
        rib, followers = self._tables[table], self._followers[table]
        asked = self._asked.pop(table, {})
        if asked:
            rib.follow([address for address in asked if address in followers])
        moved = {address: followers[address] for address in rib.moved() if address in followers}
        names = {**asked, **moved}.items()
        return [(name, table, address) for address, some in names for name in some]

    def told(self, news: News) -> GatewayChanged | None:
        """What its instance is to be told now; None: it follows that no more."""
        instance, table, address = news
        if instance not in self._followers[table].get(address, ()):
            return None
        found = self._tables[table].where(address)
        if not found.next_hops:
            return GatewayChanged(address, None)
        return GatewayChanged(address, found.metric, found.next_hops)

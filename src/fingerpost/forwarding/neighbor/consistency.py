"""Whether the routers of a link say the same to its hosts (RFC 4861 6.2.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.forwarding.events import Happened
from fingerpost.wire.nd import Mtu, PrefixInformation, RouterAdvertisement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.addr import Address
    from fingerpost.forwarding.events import Output
    from fingerpost.forwarding.interface import Interface

_MOST_REMEMBERED = 256


def differences(interface: Interface, theirs: RouterAdvertisement) -> Iterator[str]:
    """What another router's advertisement says otherwise than ours; a 0 leaves a value open."""
    ours = interface.advertising
    for name, open_value in (
        ("hop_limit", True),
        ("managed", False),
        ("other", False),
        ("reachable_time_ms", True),
        ("retransmit_timer_ms", True),
    ):
        here, there = getattr(ours, name), getattr(theirs, name)
        if here != there and not (open_value and 0 in (here, there)):
            yield f"{name} {there}, ours {here}"
    mine = {o.prefix: o for o in ours.prefixes_of(interface)}
    for option in theirs.options:
        if isinstance(option, Mtu) and ours.link_mtu not in (0, option.mtu):
            yield f"MTU {option.mtu}, ours {ours.link_mtu}"
        if isinstance(option, PrefixInformation) and (own := mine.get(option.prefix)) is not None:
            for name in ("valid_s", "preferred_s"):
                here, there = getattr(own, name), getattr(option, name)
                if here != there:
                    yield f"{option.prefix} {name} {there}, ours {here}"


class ConsistencyCheck:
    """Tells of each other router's differences once, and again when they have changed."""

    def __init__(self) -> None:
        """Nobody has been heard yet."""
        self._told: dict[tuple[str, Address], str] = {}

    def receive(
        self,
        interface: Interface,
        router: Address,
        message: RouterAdvertisement,
        out: list[Output],
    ) -> None:
        """Compare a valid advertisement of another router with ours."""
        detail = "; ".join(differences(interface, message))
        key = (interface.name, router)
        before = self._told.pop(key, "")
        if detail:
            self._told[key] = detail
        if len(self._told) > _MOST_REMEMBERED:
            del self._told[next(iter(self._told))]
        if detail and detail != before:
            out.append(
                Happened(
                    "inconsistent router advertisement",
                    interface.name,
                    f"{router} advertises {detail}",
                    router,
                )
            )

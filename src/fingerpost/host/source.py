"""Which of its addresses a host speaks from (RFC 6724 5; IPv4: RFC 1122 3.3.4.3).

The rules of RFC 6724 in their order, without those for temporary and home addresses, which nobody
here has, and with its default policy table. IPv4 addresses are compared by the same rules, as their
mapped forms would be (RFC 6724 3.2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fingerpost.addr import Prefix

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fingerpost.addr import Address
    from fingerpost.addr import Interface as InterfaceAddress
    from fingerpost.forwarding.interface import Interface
    from fingerpost.forwarding.neighbor import Neighbors

_LINK, _SITE, _GLOBAL = 0x2, 0x5, 0xE
# prefix and label of the default policy table (RFC 6724 2.1), most specific first
_LABELS = tuple(
    (Prefix(text), label)
    for text, label in (
        ("::1/128", 0),
        ("::ffff:0:0/96", 4),
        ("2001::/32", 5),
        ("2002::/16", 2),
        ("fec0::/10", 11),
        ("3ffe::/16", 12),
        ("fc00::/7", 13),
        ("::/96", 3),
        ("::/0", 1),
    )
)


class Choice(NamedTuple):
    """The address, and the rule that set it apart from the runner-up ("" if it was alone)."""

    address: Address
    rule: str


def choose_source(
    destination: Address,
    interfaces: Iterable[Interface],
    egress: str | None,
    neighbors: Neighbors | None = None,
) -> Choice | None:
    """The address for packets to `destination` that leave by `egress`; None: there is none.

    Candidates are the addresses of interfaces that are up, link-local ones only of `egress`.
    `neighbors` knows which of them are still being checked, and which are deprecated.
    """
    best: tuple[InterfaceAddress, str] | None = None
    rule = ""
    for interface in interfaces:
        if not interface.is_up:
            continue
        for own in interface.addresses:
            if own.version != destination.version:
                continue
            if own.address.is_link_local and interface.name != egress:
                continue
            if neighbors is not None and not neighbors.is_usable(interface.name, own.address):
                continue
            if best is None:
                best = own, interface.name
                continue
            says = _compare((own, interface.name), best, destination, egress, neighbors)
            if says > 0:
                best, rule = (own, interface.name), _RULES[says]
            elif says < 0:
                rule = rule or _RULES[-says]
    return None if best is None else Choice(best[0].address, rule)


_RULES = {
    1: "rule 1: the destination itself",
    2: "rule 2: the right scope",
    3: "rule 3: not deprecated",
    5: "rule 5: the outgoing interface",
    6: "rule 6: the same label",
    8: "rule 8: most bits in common",
}


def _compare(
    one: tuple[InterfaceAddress, str],
    other: tuple[InterfaceAddress, str],
    destination: Address,
    egress: str | None,
    neighbors: Neighbors | None,
) -> int:
    """The number of the rule that prefers `one`, negative if it prefers `other`, 0 if none does."""
    a, b = one[0].address, other[0].address
    if a == destination or b == destination:
        return 1 if a == destination else -1
    if (sa := _scope(a)) != (sb := _scope(b)):
        wanted = _scope(destination)
        if sa < sb:
            return -2 if sa < wanted else 2
        return 2 if sb < wanted else -2
    if neighbors is not None:
        old = neighbors.is_deprecated(one[1], a)
        if old != neighbors.is_deprecated(other[1], b):
            return -3 if old else 3
    if (one[1] == egress) != (other[1] == egress):
        return 5 if one[1] == egress else -5
    if destination.version == 6:
        wanted = _label(destination)
        if (_label(a) == wanted) != (_label(b) == wanted):
            return 6 if _label(a) == wanted else -6
    common_a = min(_common(a, destination), one[0].length)
    common_b = min(_common(b, destination), other[0].length)
    if common_a != common_b:
        return 8 if common_a > common_b else -8
    return 0


def _scope(address: Address) -> int:
    if address.version == 6 and address.is_multicast:
        return address.packed[1] & 0xF
    if address.is_multicast:  # RFC 2365, as far as it matters here
        return _LINK if address.packed[:3] == b"\xe0\0\0" else _GLOBAL
    if address.is_link_local or address.is_loopback:
        return _LINK
    first, second = address.packed[:2]
    is_site = address.version == 6 and first == 0xFE and second >= 0xC0  # fec0::/10
    return _SITE if is_site else _GLOBAL


def _label(address: Address) -> int:
    return next(label for prefix, label in _LABELS if address in prefix)


def _common(a: Address, b: Address) -> int:
    """How many leading bits agree (RFC 6724 2.2)."""
    bits = len(a.packed) * 8
    return bits - (int(a) ^ int(b)).bit_length()

"""Names of the reverse DNS: in-addr.arpa (RFC 1035 3.5) and ip6.arpa (RFC 3596 2.5)."""

from __future__ import annotations

from fingerpost._core import Address, Prefix


def reverse_name(address: Address) -> str:
    """The name under which the PTR record of the address stands, without a final dot.

    A zone identifier has no place in it and is left out.
    """
    if address.version == 4:
        return ".".join(reversed(str(address).split("."))) + ".in-addr.arpa"
    return ".".join(reversed(address.packed.hex())) + ".ip6.arpa"


def reverse_zones(prefix: Prefix) -> tuple[str, ...]:
    """The DNS zones that together are the reverse tree of the prefix, in address order.

    Zones end on octets (IPv4) and nibbles (IPv6); a prefix between two such steps takes all zones
    of the next one, at most 128 and 8. An IPv4 prefix of 25 to 31 bits lies within one such zone:
    it gets the classless name of RFC 2317 4, `first/length` in front of that zone.
    """
    if prefix.version == 4 and 24 < prefix.length < 32:
        first, _, rest = reverse_name(prefix.address).partition(".")
        return (f"{first}/{prefix.length}.{rest}",)
    step = 8 if prefix.version == 4 else 4
    labels = -(-prefix.length // step)
    return tuple(
        _last_labels(reverse_name(zone.address), labels) for zone in prefix.subnets(labels * step)
    )


def _last_labels(name: str, labels: int) -> str:
    """`name` cut to its tree (two labels) and `labels` more."""
    return ".".join(name.split(".")[-labels - 2 :])

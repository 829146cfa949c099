"""What every public function takes for an address and for a prefix.

`AddressLike` in words: our own objects, those of `ipaddress`, text, 4 or 16 bytes in network order,
or a whole number (`int`, numpy's, whatever has `__index__`; below 2**32 it is IPv4).
`PrefixLike` adds `(address, length)`; any address stands for the prefix of its full length, an
`Interface` for the prefix it stands in. A `bool` is neither, although Python counts it as a number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, SupportsIndex, TypeAlias

if TYPE_CHECKING:  # in words at run time: `ipaddress` need not be imported for them
    from ipaddress import (
        IPv4Address,
        IPv4Interface,
        IPv4Network,
        IPv6Address,
        IPv6Interface,
        IPv6Network,
    )

    from fingerpost._core import Address, Interface, Prefix

AddressLike: TypeAlias = (
    "Address | Interface | IPv4Address | IPv6Address | str | bytes | SupportsIndex"
)

PrefixLike: TypeAlias = (
    "Prefix | IPv4Network | IPv6Network | IPv4Interface | IPv6Interface | AddressLike"
    " | tuple[AddressLike, int | str]"
)

"""The options of neighbour discovery, an option a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.errors import DecodeError
from fingerpost.wire.nd.options.dns_search import DnsSearchList
from fingerpost.wire.nd.options.dns_servers import RecursiveDnsServers
from fingerpost.wire.nd.options.link_layer import (
    SourceLinkLayerAddress,
    TargetLinkLayerAddress,
)
from fingerpost.wire.nd.options.mtu import Mtu
from fingerpost.wire.nd.options.nonce import Nonce
from fingerpost.wire.nd.options.option import (
    HEADER,
    UNIT,
    NdOption,
    OptionType,
    Preference,
    UnknownOption,
)
from fingerpost.wire.nd.options.pref64 import Pref64
from fingerpost.wire.nd.options.prefix import FOREVER, PrefixInformation
from fingerpost.wire.nd.options.redirected import RedirectedHeader
from fingerpost.wire.nd.options.route import RouteInformation

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

OPTIONS: dict[int, type[NdOption]] = {
    option.TYPE: option
    for option in (
        SourceLinkLayerAddress,
        TargetLinkLayerAddress,
        PrefixInformation,
        RedirectedHeader,
        Mtu,
        Nonce,
        RouteInformation,
        RecursiveDnsServers,
        DnsSearchList,
        Pref64,
    )
}


def read_options(reader: Reader) -> tuple[NdOption, ...]:
    """Read options to the end; one of length 0 makes the message invalid (RFC 4861 4.6)."""
    options = []
    while reader:
        kind, units = reader.unpack(HEADER, "option header")
        if not units:
            reader.refuse("option length", 0, "at least 1", "RFC 4861 4.6", at=reader.at - 1)
        options.append(_read_option(kind, reader.sub(units * UNIT - HEADER.size, "option")))
    return tuple(options)


def _read_option(kind: int, reader: Reader) -> NdOption:
    option = OPTIONS.get(kind)
    data = reader.peek(reader.remaining)
    if option is not None:
        try:
            return option.read(reader)
        except DecodeError:
            pass  # an option whose content does not hold is ignored, the message is not
    return UnknownOption(kind, data)


def encode_options(options: tuple[NdOption, ...]) -> bytes:
    """Give options one after the other."""
    return b"".join([option.encode() for option in options])


__all__ = [
    "FOREVER",
    "OPTIONS",
    "UNIT",
    "DnsSearchList",
    "Mtu",
    "NdOption",
    "Nonce",
    "OptionType",
    "Pref64",
    "Preference",
    "PrefixInformation",
    "RecursiveDnsServers",
    "RedirectedHeader",
    "RouteInformation",
    "SourceLinkLayerAddress",
    "TargetLinkLayerAddress",
    "UnknownOption",
    "encode_options",
    "read_options",
]

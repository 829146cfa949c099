"""Strategies that draw fields and messages for the tests of the wire formats."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from hypothesis import strategies as st

from fingerpost.addr import Address
from fingerpost.errors import DecodeError
from fingerpost.wire import icmp
from fingerpost.wire.icmp_extension import (
    ExtensionObject,
    InterfaceByAddress,
    InterfaceByIndex,
    InterfaceByName,
    InterfaceInformation,
    InterfaceRole,
    MplsLabel,
    MplsLabelStack,
    UnknownObject,
)
from fingerpost.wire.mac import Mac
from fingerpost.wire.probe import NeighborState

T = TypeVar("T")


def read_or_fault(decode: Callable[[bytes], T], octets: bytes) -> T | DecodeError:
    """Give what a decoder makes of bytes; any other exception goes through and fails the test."""
    try:
        return decode(octets)
    except DecodeError as error:
        return error


U8 = st.integers(0, 0xFF)
U16 = st.integers(0, 0xFFFF)
U32 = st.integers(0, 0xFFFF_FFFF)
DATA = st.binary(max_size=64)
QUOTES = st.binary(max_size=300)
IP4 = st.binary(min_size=4, max_size=4).map(Address)
IP6 = st.binary(min_size=16, max_size=16).map(Address)
MACS = st.binary(min_size=6, max_size=6).map(Mac)
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=15)

LABELS = st.builds(MplsLabel, st.integers(0, (1 << 20) - 1), st.integers(0, 7), st.booleans(), U8)
IDENTIFICATIONS: st.SearchStrategy[ExtensionObject] = st.one_of(
    st.builds(InterfaceByName, NAMES),
    st.builds(InterfaceByIndex, U32),
    st.builds(InterfaceByAddress, st.one_of(IP4, IP6, MACS)),
)
OBJECTS: st.SearchStrategy[ExtensionObject] = st.one_of(
    st.builds(MplsLabelStack, st.lists(LABELS, min_size=1, max_size=4).map(tuple)),
    st.builds(
        InterfaceInformation,
        st.sampled_from(InterfaceRole),
        st.none() | U32,
        st.none() | IP4 | IP6,
        st.none() | NAMES,
        st.none() | U32,
    ),
    IDENTIFICATIONS,
    st.builds(UnknownObject, st.integers(4, 255), U8, DATA),
)
EXTENSIONS = st.just(()) | st.lists(OBJECTS, max_size=3).map(tuple)
SOME_EXTENSIONS = st.lists(OBJECTS, min_size=1, max_size=3).map(tuple)
LEGACY_QUOTES = st.binary(max_size=128)

PROBE_REQUEST = (U16, U8, IDENTIFICATIONS.map(lambda one: (one,)), st.booleans())
PROBE_REPLY = (U8, U16, U8, st.sampled_from(NeighborState), *[st.booleans()] * 3, DATA)
NUMBERS = (U16, U16)

ICMP: dict[type[icmp.IcmpMessage], st.SearchStrategy[icmp.IcmpMessage]] = {
    icmp.EchoRequest: st.builds(icmp.EchoRequest, *NUMBERS, DATA),
    icmp.EchoReply: st.builds(icmp.EchoReply, *NUMBERS, DATA),
    icmp.DestinationUnreachable: st.one_of(
        st.builds(icmp.DestinationUnreachable, U8, QUOTES, U16, EXTENSIONS),
        st.builds(
            icmp.DestinationUnreachable, U8, LEGACY_QUOTES, U16, SOME_EXTENSIONS, st.just(True)
        ),
    ),
    icmp.TimeExceeded: st.one_of(
        st.builds(icmp.TimeExceeded, U8, QUOTES, EXTENSIONS),
        st.builds(icmp.TimeExceeded, U8, LEGACY_QUOTES, SOME_EXTENSIONS, st.just(True)),
    ),
    icmp.ParameterProblem: st.builds(icmp.ParameterProblem, U8, U8, QUOTES, EXTENSIONS),
    icmp.Redirect: st.builds(icmp.Redirect, U8, IP4, QUOTES),
    icmp.SourceQuench: st.builds(icmp.SourceQuench, QUOTES),
    icmp.Timestamp: st.builds(icmp.Timestamp, *NUMBERS, U32, U32, U32),
    icmp.TimestampReply: st.builds(icmp.TimestampReply, *NUMBERS, U32, U32, U32),
    icmp.InformationRequest: st.builds(icmp.InformationRequest, *NUMBERS),
    icmp.InformationReply: st.builds(icmp.InformationReply, *NUMBERS),
    icmp.AddressMaskRequest: st.builds(icmp.AddressMaskRequest, *NUMBERS, IP4),
    icmp.AddressMaskReply: st.builds(icmp.AddressMaskReply, *NUMBERS, IP4),
    icmp.RouterAdvertisement: st.builds(
        icmp.RouterAdvertisement,
        st.lists(
            st.builds(icmp.RouterAddress, IP4, st.integers(-(1 << 31), (1 << 31) - 1)),
            min_size=1,
            max_size=4,
        ).map(tuple),
        U16,
    ),
    icmp.RouterSolicitation: st.just(icmp.RouterSolicitation()),
    icmp.ExtendedEchoRequest: st.builds(icmp.ExtendedEchoRequest, *PROBE_REQUEST),
    icmp.ExtendedEchoReply: st.builds(icmp.ExtendedEchoReply, *PROBE_REPLY),
    icmp.UnknownIcmp: st.builds(icmp.UnknownIcmp, st.integers(44, 255), U8, DATA),
}

"""What is shown and not used: router information, traffic engineering, segment routing."""

from __future__ import annotations

import pytest

from fingerpost.errors import UsageError
from fingerpost.ospf.lsa import Lsa, LsaHeader, v2
from fingerpost.ospf.lsa import router_information as ri
from fingerpost.ospf.lsa.traffic_engineering import link
from fingerpost.ospf.lsa.v2.opaque import link_state_id

HEADER = LsaHeader(0, 0, 10, link_state_id(4), 0, 0, 0, 0)


def test_capabilities_are_counted_from_the_left() -> None:
    # RFC 7770 2.4
    one = ri.InformationalCapabilities.of(
        ri.Capability.GRACEFUL_RESTART_HELPER, ri.Capability.STUB_ROUTER, 31
    )
    assert one.bits.hex() == "60000001"
    assert one.numbers == (1, 2, 31)
    assert ri.InformationalCapabilities(bytes(4) + b"\x80\0\0\0").numbers == (32,)
    with pytest.raises(UsageError, match="a multiple of 4"):
        v2.encode_lsa(Lsa(HEADER, ri.RouterInformationLsa((ri.InformationalCapabilities(b"a"),))))


def test_a_hostname_is_safe_to_show() -> None:
    # RFC 5642 3.1
    assert ri.Hostname(b"edge-1").name == "edge-1"
    assert ri.Hostname(b"a\x1b[31m\xff").name == "a\\x1b[31m\\xff"
    assert ri.RouterInformationLsa((ri.Hostname(b"edge-1"),)).hostname == "edge-1"
    assert ri.RouterInformationLsa().hostname is None


def test_bandwidths_are_floats_in_bytes_per_second() -> None:
    # RFC 3630 2.5.6: 1 Gbit/s
    assert link.MaximumBandwidth(0x4CEE6B28).bytes_per_s == 125e6
    assert link.UnreservedBandwidth((0, 0x4CEE6B28)).bytes_per_s == (0.0, 125e6)


def test_ids_of_opaque_lsas_have_24_bits() -> None:
    assert link_state_id(4, 0xFFFFFF) == 0x04FFFFFF
    with pytest.raises(UsageError, match="opaque id"):
        link_state_id(4, 1 << 24)

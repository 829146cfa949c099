"""What operators write (RFC 5396, RFC 1997, RFC 4360, RFC 8092)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgp.strategies import paths, u32
from fingerpost.bgp import text as to
from fingerpost.bgp.attributes import AsPath
from fingerpost.bgp.attributes.as_path import joined
from fingerpost.bgp.extended_text import _WRITERS
from fingerpost.errors import UsageError


@given(st.integers(1, 0xFFFF_FFFF), st.booleans())
def test_as_numbers_read_back(asn: int, is_dotted: bool) -> None:
    assert to.parse_asn(to.asn_text(asn, is_dotted=is_dotted)) == asn
    assert to.parse_asn(f"AS{asn}") == asn
    assert to.parse_asn(f"{asn >> 16}.{asn & 0xFFFF}") == asn  # asdot+


@pytest.mark.parametrize(
    "text",
    ["", "0", "0.0", "4294967296", "1.65536", "65536.1", "1.2.3", "-1", "+1", "1 ", "x", "٣"],
)
def test_what_is_no_as_number_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no AS number"):
        to.parse_asn(text)


def test_the_forms_of_the_rfc() -> None:
    # RFC 5396 2
    assert to.asn_text(65526, is_dotted=True) == "65526"
    assert to.asn_text(65546, is_dotted=True) == "1.10"
    assert to.asn_text(65546) == "65546"


@given(u32)
def test_communities_read_back(community: int) -> None:
    assert to.parse_community(to.community_text(community)) == community
    assert to.parse_community(f"{community >> 16}:{community & 0xFFFF}") == community
    assert to.parse_community(str(community)) == community


@given(st.tuples(u32, u32, u32))
def test_large_communities_read_back(community: tuple[int, int, int]) -> None:
    assert to.parse_large_community(to.large_community_text(community)) == community


@given(
    st.integers(0, (1 << 64) - 1)
    | st.builds(
        lambda kind, low: kind << 48 | low,
        st.sampled_from([*_WRITERS, 2, 3, 0x102, 0x103, 0x202, 0x203, 0x4202]),
        st.integers(0, (1 << 48) - 1) | st.integers(0, 0xFFFF) | u32,
    )
)
def test_extended_communities_read_back(community: int) -> None:
    assert to.parse_extended_community(to.extended_community_text(community)) == community


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("rt:65000:1", 0x0002_FDE8_0000_0001),
        ("rt:65000L:1", 0x0202_0000_FDE8_0001),
        ("rt:70000:1", 0x0202_0001_1170_0001),
        ("soo:192.0.2.1:7", 0x0103_C000_0201_0007),
        ("color:100", 0x030B_0000_0000_0064),
        ("validation:invalid", 0x4300_0000_0000_0002),
        ("bandwidth:65000:125000000", 0x4004_FDE8_4CEE_6B28),
        ("rate:0:0", 0x8006_0000_0000_0000),
        ("redirect:65000:9", 0x8008_FDE8_0000_0009),
        ("mark:46", 0x8009_0000_0000_002E),
        ("encapsulation:8", 0x030C_0000_0000_0008),
        ("router-mac:02:00:00:00:00:01", 0x0603_0200_0000_0001),
        ("0x0123456789abcdef", 0x0123_4567_89AB_CDEF),
    ],
)
def test_extended_communities_have_words(text: str, value: int) -> None:
    assert to.parse_extended_community(text) == value
    assert to.extended_community_text(value) == text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (0xFFFFFF01, "no-export"),
        (0xFFFFFF02, "no-advertise"),
        (0xFFFFFF03, "no-export-subconfed"),
        (0xFFFFFF04, "no-peer"),
        (0xFFFF029A, "blackhole"),
        (0xFFFF0000, "graceful-shutdown"),
        (0xFFFF0006, "llgr-stale"),
        (65000 << 16 | 100, "65000:100"),
    ],
)
def test_communities_have_names(text: int, name: str) -> None:
    assert to.community_text(text) == name
    assert to.parse_community(name.upper()) == text


@pytest.mark.parametrize(
    "text", ["", ":", "1:", "65536:1", "1:2:3", "no-such", "-1:2", "4294967296"]
)
def test_what_is_no_community_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no community"):
        to.parse_community(text)


@pytest.mark.parametrize(
    "text",
    [
        "rt",
        "rt:1",
        "rt:70000:70000",
        "rt:1.2.3:4",
        "rt:1.2.3.4:65536",
        "x:1:2",
        "0x12",
        "0x000000000000000g",
        "validation:maybe",
        "bandwidth:1:x",
        "bandwidth:1:-1",
        "bandwidth:1:inf",
        "bandwidth:1:1e99",
        "mark:256",
        "router-mac:1:2",
        "router-mac:-1:00:00:00:00:00",
    ],
)
def test_what_is_no_extended_community_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no extended community"):
        to.parse_extended_community(text)


@given(paths())
def test_paths_read_back(path: AsPath) -> None:
    assert to.parse_as_path(to.as_path_text(path)) == AsPath(joined(path.segments))


def test_paths_have_brackets() -> None:
    text = "(64512 64513) [64514,64515] 65001 65002 {1,2}"
    path = to.parse_as_path(text)
    assert to.as_path_text(path) == text
    assert [int(one.kind) for one in path.segments] == [3, 4, 2, 1]
    assert (path.length, path.neighbor, path.origin, path.has_set) == (3, 65001, None, True)
    assert to.parse_as_path("") == AsPath()
    assert to.parse_as_path("1.10 {1 2}").numbers == (65546, 1, 2)


@pytest.mark.parametrize("text", ["{}", "1 {", "1 )", "{1,(2)}", "1 x", "0", "()", "{1"])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        to.parse_as_path(text)


def test_router_ids_are_addresses() -> None:
    assert to.parse_router_id("192.0.2.1") == to.parse_router_id("3221225985") == 0xC0000201
    assert to.router_id_text(0xC0000201) == "192.0.2.1"
    for text in ("0.0.0.0", "0", "4294967296", "::1", "1.2.3", ""):
        with pytest.raises(UsageError, match="no router id"):
            to.parse_router_id(text)

"""The formats: every field there and back, and any bytes give a value or a fault."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.addr import Address
from fingerpost.errors import DecodeError, UsageError
from fingerpost.rip.authentication_entry import Password, Trailed, UnknownAuthentication
from fingerpost.rip.packet import Command, RipPacket, Rte
from fingerpost.rip.packet_ng import RipngPacket, RteNg

IP4 = st.binary(min_size=4, max_size=4).map(Address)
IP6 = st.binary(min_size=16, max_size=16).map(Address)
U16 = st.integers(0, 0xFFFF)
U32 = st.integers(0, 0xFFFF_FFFF)
COMMANDS = st.sampled_from(Command)
RTES = st.builds(Rte, IP4, IP4, IP4, U32, U16, st.integers(0, 0xFFFE))
ENTRIES = st.lists(RTES, max_size=6).map(tuple)
RTES_NG = st.builds(RteNg, IP6, st.integers(0, 255), st.integers(0, 255), U16)


@st.composite
def packets(draw: st.DrawFn) -> RipPacket:
    entries = draw(ENTRIES)
    digest = draw(st.binary(max_size=64))
    field = len(digest) + draw(st.sampled_from((0, 4)))
    trailed = Trailed(
        24 + 20 * len(entries), draw(st.integers(0, 255)), field, draw(U32), digest, bytes(8)
    )
    forms = st.one_of(
        st.none(),
        st.binary(min_size=16, max_size=16).map(Password),
        st.builds(
            UnknownAuthentication,
            st.sampled_from((0, 1, 4, 0xFFFF)),
            st.binary(min_size=16, max_size=16),
        ),
        st.just(trailed),
    )
    return RipPacket(draw(COMMANDS), 2, entries, draw(forms), draw(U16))


OLD = st.builds(
    lambda command, rtes: RipPacket(
        command, 1, tuple(Rte(one.address, metric=one.metric, family=one.family) for one in rtes)
    ),
    COMMANDS,
    ENTRIES,
)
MESSAGES = packets() | OLD
MESSAGES_NG = st.builds(RipngPacket, COMMANDS, st.lists(RTES_NG, max_size=6).map(tuple), U16)


@given(MESSAGES)
def test_messages_there_and_back(packet: RipPacket) -> None:
    assert RipPacket.decode(packet.encode()) == packet


@given(MESSAGES_NG)
def test_ripng_messages_there_and_back(packet: RipngPacket) -> None:
    assert RipngPacket.decode(packet.encode()) == packet


@st.composite
def changed(draw: st.DrawFn) -> bytes:
    """Draw valid bytes and change some, cut some off, put some in."""
    data = bytearray(draw(MESSAGES | MESSAGES_NG).encode())
    for at in draw(st.lists(st.integers(0, len(data) - 1), max_size=3)):
        data[at] = draw(st.integers(0, 255))
    cut = draw(st.integers(0, len(data)))
    return bytes(data[:cut]) if draw(st.booleans()) else bytes(data) + draw(st.binary(max_size=9))


def read_or_fault(
    form: type[RipPacket] | type[RipngPacket], data: bytes
) -> RipPacket | RipngPacket | DecodeError:
    try:
        return form.decode(data)
    except DecodeError as fault:
        return fault


@pytest.mark.parametrize("form", [RipPacket, RipngPacket])
@given(data=st.binary(max_size=120) | changed())
def test_any_bytes_give_a_message_or_a_fault(
    form: type[RipPacket] | type[RipngPacket], data: bytes
) -> None:
    found = read_or_fault(form, data)
    if isinstance(found, DecodeError):
        assert found.layer in ("rip", "ripng")
        assert found.offset is not None
        assert found.section is not None
    else:
        assert found.encode() == data


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ("", "command"),
        ("0302 0000", "command is 3"),
        ("0200 0000", "version is 0"),
        ("0203 0000", "version is 3"),
        ("0201 0001", "unused is 1"),
        ("0202 0000 00", "multiple of 20"),
        ("0201 0000 0002 0001 0a000000 00000000 00000000 00000001", "RFC 2453 5"),
        ("0201 0000 0002 0000 0a000000 ff000000 00000000 00000001", "RFC 2453 5"),
        ("0202 0000 ffff 0003 0018 01 10 00000001", "authentication entry"),
        ("0202 0000 ffff 0003 0017 01 10 00000001 00000000 00000000 ffff0001", "packet length"),
        ("0202 0000 ffff 0003 0019 01 10 00000001 00000000 00000000 ffff0001", "packet length"),
        ("0202 0000 ffff 0003 0018 01 10 00000001 00000000 00000000 ffff0002", "trailer"),
        ("0202 0000 ffff 0003 0018 01 10 00000001 00000000 00000000 ffff0001 00", "digest"),
    ],
)
def test_a_refusal_names_its_place(data: str, place: str) -> None:
    with pytest.raises(DecodeError, match=place):
        RipPacket.decode(bytes.fromhex(data))


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        (Rte(Address("::1")), "address"),
        (Rte(Address("10.0.0.0"), metric=1 << 32), "metric"),
        (Rte(Address("10.0.0.0"), tag=-1), "tag"),
        (Rte(Address("10.0.0.0"), family=1 << 16), "family"),
        (RteNg(Address("10.0.0.0"), 8), "address"),
        (RteNg(Address("::"), 256), "length"),
        (RteNg(Address("::"), 0, metric=256), "metric"),
    ],
)
def test_a_field_out_of_range_is_the_callers_fault(entry: Rte | RteNg, field: str) -> None:
    with pytest.raises(UsageError, match=field):
        entry.encode()


def test_version_1_has_no_authentication() -> None:
    with pytest.raises(UsageError, match="version 1"):
        RipPacket(2, 1, (), Password(bytes(16))).encode()

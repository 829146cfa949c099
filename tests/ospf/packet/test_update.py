"""Updates: a bad LSA of several costs only itself (RFC 2328 13 step 1)."""

from __future__ import annotations

import pytest

from fingerpost.errors import DecodeError
from fingerpost.ospf.lsa.header import LsaKey
from fingerpost.ospf.packet import LinkStateUpdate, RawLsa

ROUTER = bytes.fromhex("0031020102020202020202028000000237f40024010000010a000100ffffff000300000a")
OTHER = bytes.fromhex("000a220104040404040404048000000636b10024010000010a001400fffffffc0300000a")


def split(body: bytes) -> list[RawLsa | DecodeError]:
    return list(LinkStateUpdate(body).lsas())


def test_all_are_good() -> None:
    update = LinkStateUpdate.of([ROUTER, OTHER])
    assert update.count == 2
    first, second = update.lsas()
    assert isinstance(first, RawLsa)
    assert isinstance(second, RawLsa)
    assert (first.data, second.data) == (ROUTER, OTHER)
    assert first.header.key == LsaKey(1, 0x02020202, 0x02020202)


def test_a_wrong_checksum_costs_one_lsa() -> None:
    broken = ROUTER[:25] + b"\x77" + ROUTER[26:]
    first, fault, last = split(LinkStateUpdate.of([OTHER, broken, ROUTER]).body)
    assert isinstance(first, RawLsa)
    assert isinstance(last, RawLsa)
    assert last.data == ROUTER
    assert isinstance(fault, DecodeError)
    assert fault.field == "LSA checksum"
    assert fault.offset == 24 + 4 + len(OTHER) + 16
    assert fault.section == "RFC 2328 12.1.7"
    assert "1 2.2.2.2 of 2.2.2.2" in str(fault)
    unchecked = list(LinkStateUpdate.of([broken]).lsas(verify=False))
    assert [one.data for one in unchecked if isinstance(one, RawLsa)] == [broken]


@pytest.mark.parametrize("length", [0, 19, 200])
def test_a_length_that_cannot_be_ends_the_list(length: int) -> None:
    broken = ROUTER[:18] + length.to_bytes(2, "big") + ROUTER[20:]
    first, fault = split(LinkStateUpdate.of([OTHER, broken, ROUTER]).body)
    assert isinstance(first, RawLsa)
    assert isinstance(fault, DecodeError)
    assert (fault.field, fault.offset) == ("LSA length", 24 + 4 + len(OTHER) + 18)


def test_fewer_lsas_than_said() -> None:
    body = (2).to_bytes(4, "big") + ROUTER
    first, fault = split(body)
    assert isinstance(first, RawLsa)
    assert isinstance(fault, DecodeError)
    assert fault.field == "header"
    assert fault.offset == 24 + 4 + len(ROUTER)


def test_what_follows_the_last_lsa_is_left_alone() -> None:
    (only,) = split((1).to_bytes(4, "big") + ROUTER + b"more")
    assert isinstance(only, RawLsa)
    assert only.data == ROUTER


def test_a_billion_lsas_said_are_not_waited_for() -> None:
    (fault,) = split(b"\xff\xff\xff\xff")
    assert isinstance(fault, DecodeError)

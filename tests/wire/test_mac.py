"""Hardware addresses: their text forms, their bits, and that they are their bytes."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.errors import AddressError, UsageError
from fingerpost.wire.mac import BROADCAST, Mac


@pytest.mark.parametrize("text", ["02:00:5e:10:00:ff", "02-00-5E-10-00-FF", "0200.5e10.00ff"])
def test_every_text_form_is_the_same_address(text: str) -> None:
    mac = Mac(text)
    assert mac == b"\x02\x00\x5e\x10\x00\xff"
    assert str(mac) == f"{mac}" == "02:00:5e:10:00:ff"
    assert repr(mac) == "Mac('02:00:5e:10:00:ff')"
    assert f"{mac:>20}" == "   02:00:5e:10:00:ff"


@pytest.mark.parametrize("value", ["", "02:00", "02:00:00:00:00:0g", b"", b"12345", b"12345678"])
def test_what_is_no_mac_address_is_the_callers_fault(value: str | bytes) -> None:
    with pytest.raises(AddressError):
        Mac(value)
    assert issubclass(AddressError, UsageError)


@given(st.binary(min_size=6, max_size=6))
def test_text_bytes_and_pickles_come_back(octets: bytes) -> None:
    mac = Mac(octets)
    assert Mac(str(mac)) == mac == Mac.of_octets(octets) == octets
    assert hash(mac) == hash(octets)
    again = pickle.loads(pickle.dumps(mac))
    assert (type(again), again) == (Mac, mac)


def test_group_broadcast_and_local_bits() -> None:
    assert BROADCAST.is_broadcast
    assert BROADCAST.is_multicast
    group, own = Mac("01:00:5e:00:00:01"), Mac("02:00:00:00:00:01")
    assigned = Mac("00:00:5e:00:53:01")
    assert group.is_multicast
    assert not group.is_broadcast
    assert own.is_local
    assert not own.is_multicast
    assert not assigned.is_local

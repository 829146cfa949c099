"""Packets that another implementation signed, with their keys (RFC 2328 D, 5709, 7166, 5613)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fingerpost.addr import Address
from fingerpost.ospf.authentication import KeyChain, make
from fingerpost.ospf.authentication.sequence import SequenceNumbers
from fingerpost.protocol.keys import Algorithm, Key
from ospf.vectors import holo

ALGORITHMS = {
    "Md5": Algorithm.KEYED_MD5,
    "HmacSha1": Algorithm.HMAC_SHA_1,
    "HmacSha256": Algorithm.HMAC_SHA_256,
    "HmacSha384": Algorithm.HMAC_SHA_384,
    "HmacSha512": Algorithm.HMAC_SHA_512,
}
SOURCE = Address("::")  # what the vectors of version 3 were signed with
LLS = bytes.fromhex("000000030001000400000003")


class Numbered(SequenceNumbers):
    """Gives the number of the vector."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def narrow(self, now: int) -> int:
        del now
        return self.number

    wide = narrow


def rows(folder: Path, version: int) -> list[dict[str, Any]]:
    found = [row for row in holo(folder, version).values() if row.get("auth")]
    assert len(found) == (10 if version == 2 else 8)
    return found


def chain(row: dict[str, Any]) -> KeyChain:
    auth = row["auth"]
    algorithm = ALGORITHMS[auth["algorithm"]]
    return KeyChain((Key(int(auth["key_id"]), auth["key"].encode(), algorithm),))


@pytest.mark.parametrize("version", [2, 3])
def test_what_another_signed_is_believed_with_its_lls_block(
    shared_data: Path, version: int
) -> None:
    for row in rows(shared_data, version):
        authenticator = make(chain(row), version)
        verdict = authenticator.verify(bytes.fromhex(row["hex"]), SOURCE, 0)
        assert str(verdict) == "ok", row["name"]
        assert bool(verdict.lls) == row["name"].endswith("_lls")
        if version == 3 and verdict.lls:
            assert verdict.lls == LLS
        heard = authenticator.heard(0x01010101, SOURCE)
        assert heard == {"key_id": 1, "sequence": row["auth"]["sequence"]}


@pytest.mark.parametrize("version", [2, 3])
def test_the_same_packet_is_signed_byte_for_byte(shared_data: Path, version: int) -> None:
    for row in rows(shared_data, version):
        expected = bytes.fromhex(row["hex"])
        length = int.from_bytes(expected[2:4], "big")
        block = LLS if row["name"].endswith("_lls") else b""
        plain = expected[:length] + block
        if version == 2:
            plain = plain[:12] + b"\xab\xcd\0\0" + bytes(8) + plain[24:]
        numbers = Numbered(row["auth"]["sequence"])
        signed = make(chain(row), version, numbers=numbers).sign(plain, SOURCE, 0)
        assert signed.hex() == row["hex"], row["name"]

"""Holo's LSAs and those of captures, both directions."""

from __future__ import annotations

from pathlib import Path

import pytest

from fingerpost.ospf.lsa import v2, v3
from ospf.vectors import captured_lsas, holo_lsas

CODECS = {2: v2, 3: v3}


@pytest.mark.parametrize(("version", "count"), [(2, 5), (3, 12)])
def test_lsas_of_holo_both_ways(version: int, count: int, shared_data: Path) -> None:
    codec = CODECS[version]
    lsas = holo_lsas(shared_data, version)
    assert len(lsas) == count
    for name, data in lsas.items():
        assert codec.encode_lsa(codec.decode_lsa(data)) == data, name


def test_lsas_of_captures_both_ways(shared_data: Path) -> None:
    rows = captured_lsas(shared_data)
    assert len(rows) == 226
    for row in rows:
        codec, data = CODECS[row["version"]], bytes.fromhex(row["hex"])
        if row["fletcher_valid"]:
            assert codec.encode_lsa(codec.decode_lsa(data)) == data
        else:  # of a malformed packet; its layout is sound
            assert codec.decode_lsa(data).header.length == len(data)

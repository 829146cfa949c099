"""Messages of Holo's tests decode, and encode to the same octets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fingerpost.bgp.packet import decode_message


@pytest.mark.parametrize("kind", ["open", "update", "notification", "keepalive", "route_refresh"])
def test_vectors_go_both_ways(shared_data: Path, kind: str) -> None:
    vectors = json.loads((shared_data / f"conformance/holo/bgp-{kind}.json").read_text())
    assert vectors
    for one in vectors:
        data = bytes.fromhex(one["hex"])
        assert one["decodes"]
        found = decode_message(data)
        assert found.kind.name.lower() == kind
        assert found.encode() == data

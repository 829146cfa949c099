"""Holo's packets, both directions."""

from __future__ import annotations

from pathlib import Path

from fingerpost.ospf.packet import v2, v3
from ospf.vectors import holo_packets


def test_packets_of_version_2_both_ways(shared_data: Path) -> None:
    packets = holo_packets(shared_data, 2)
    assert len(packets) == 17
    for name, data in packets.items():
        header = v2.decode_header(data)
        assert v2.has_right_checksum(header, data), name
        again = v2.encode(
            header.router_id,
            header.area_id,
            header.instance_id,
            v2.decode_body(header, data),
            authentication_type=header.authentication_type,
            authentication=header.authentication,
        )
        assert again + v2.trailer(header, data) == data, name


def test_packets_of_version_3_both_ways(shared_data: Path) -> None:
    packets = holo_packets(shared_data, 3)
    assert len(packets) == 17
    for name, data in packets.items():  # their checksums are zero
        header = v3.decode_header(data)
        body = v3.decode_body(header, data)
        again = v3.encode(header.router_id, header.area_id, header.instance_id, body)
        assert again + v3.trailer(header, data) == data, name

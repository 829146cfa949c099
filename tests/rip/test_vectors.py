"""The shared vectors of Holo: what decodes is encoded to the same bytes, the others are refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fingerpost.addr import Interface, Prefix
from fingerpost.errors import DecodeError
from fingerpost.protocol.events import InterfaceWentUp
from fingerpost.rip import Algorithm, Fault, Key, KeyChain, RipInterface
from fingerpost.rip.authentication import check, seal
from fingerpost.rip.dialect import Message, Offer
from fingerpost.rip.dialect_ng import RipNg
from fingerpost.rip.dialect_v2 import RipV2
from fingerpost.rip.interface import Link
from fingerpost.rip.packet import RipPacket
from fingerpost.rip.packet_ng import RipngPacket
from rip.single import heard
from rip.wire_up import S, World, configure

HOLO = KeyChain((Key(1, b"HOLO", Algorithm.KEYED_MD5),))


def vectors(folder: Path, version: str) -> dict[str, Any]:
    rows = json.loads((folder / f"conformance/holo/rip-{version}.json").read_text())
    return {row["name"]: row for row in rows}


@pytest.mark.parametrize(("version", "form"), [("ripv2", RipPacket), ("ripng", RipngPacket)])
def test_vectors_both_ways(
    version: str, form: type[RipPacket] | type[RipngPacket], shared_data: Path
) -> None:
    rows = vectors(shared_data, version)
    assert rows
    for name, row in rows.items():
        data = bytes.fromhex(row["hex"])
        if row["decodes"]:
            assert form.decode(data).encode() == data, name
        else:
            with pytest.raises(DecodeError):
                form.decode(data)


def test_a_message_that_holo_signed(shared_data: Path) -> None:
    data = bytes.fromhex(vectors(shared_data, "ripv2")["response5"]["hex"])
    packet = RipPacket.decode(data)
    assert check(packet, data, HOLO, 0) is None
    assert seal(RipPacket(2, 2, packet.entries), HOLO, 69, 0) == data
    broken = data[:60] + b"\xff" + data[61:]
    assert check(RipPacket.decode(broken), broken, HOLO, 0) is Fault.WRONG_DIGEST


def test_bad_entries_are_left_out_and_named(shared_data: Path) -> None:
    link = Link(RipInterface("eth0"), 4, (Interface("10.0.0.1/24"),), is_up=True)
    data = bytes.fromhex(vectors(shared_data, "ripv2")["response4"]["hex"])
    message = RipV2().read(heard(data), link, 0)
    assert isinstance(message, Message)
    assert message.faults == [Fault.FAMILY, Fault.DESTINATION, Fault.METRIC]
    # its next hop is not on the link: the speaker is meant (RFC 2453 4.4)
    assert message.offers == [Offer(Prefix("10.0.3.0/24"), 3)]
    data = bytes.fromhex(vectors(shared_data, "ripng")["response5"]["hex"])
    message = RipNg().read(heard(data), link, 0)
    assert isinstance(message, Message)
    assert message.faults == [Fault.DESTINATION, Fault.PREFIX_LENGTH, Fault.METRIC]


def test_the_network_of_holo_gives_the_same_routes(shared_data: Path) -> None:
    text = (shared_data / "conformance/holo/topologies/ripv2-topo1-1.json").read_text()
    routers = json.loads(text)["routers"]
    world = World()
    indexes = {}
    for name, router in routers.items():
        world.router(name)
        for interface, what in router["interfaces"].items():
            addresses = tuple(Interface(a) for a in what["addresses"] if ":" not in a)
            indexes[name, what["ifindex"]] = interface
            config = RipInterface(interface, is_loopback=interface == "lo")
            world.addresses[name, interface] = addresses
            prefix = str(addresses[0].prefix)
            world.where[name, interface] = prefix
            world.links.setdefault(prefix, []).append((name, interface))
            configure(world.routers[name], config)
            world.give(name, InterfaceWentUp(interface, addresses))
    world.run(100 * S)
    for name, router in routers.items():
        wanted = router["expect"]["installed"]
        found = world.tables[name]
        assert {(str(p), r.metric, r.distance, r.tag) for p, r in found.items()} == {
            (row["prefix"], row["metric"], row["distance"], row["tag"]) for row in wanted
        }
        for row in wanted:  # Holo keeps one path of several
            hops = {(h.interface, str(h.gateway)) for h in found[Prefix(row["prefix"])].next_hops}
            assert {(indexes[name, index], gateway) for index, gateway in row["nexthops"]} <= hops

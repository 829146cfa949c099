"""Every kind of authentication that FRR and BIRD have, with each wire of another kind.

Wire i is "e<i>" at both ends, point-to-point, with 10.0.i.0/30 and link-local addresses. Both sides
come to Full only if each believes what the other signed, descriptions and updates too.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import pytest

from fingerpost.ospf.authentication import Authentication, KeyChain, SimplePassword
from fingerpost.ospf.config import NetworkType, OspfConfig, OspfInterface
from fingerpost.ospf.faults import Fault
from fingerpost.ospf.neighbor_state import NeighborState
from fingerpost.ospf.text import undotted
from fingerpost.protocol.keys import Algorithm, Key
from foreign import FRR, bird, frr, require_frr
from interop.ospf.spoken import Spoken, spoken
from netns import Namespace, inside, namespaces, require_root, veth

pytestmark = pytest.mark.slow

PATIENCE_S = 40
SECRET = "secret"
LONG = "a-secret-that-is-longer-than-its-digest-of-32-bytes"
Version = Literal[2, 3]


def chain(algorithm: Algorithm, secret: str = SECRET, **fields: bool) -> KeyChain:
    return KeyChain((Key(1, secret.encode(), algorithm),), **fields)


@dataclass(frozen=True)
class Wire:
    """What one wire is signed with: ours, and theirs in their words."""

    name: str
    ours: Authentication | None
    theirs: str


def of_bird(version: Version) -> list[Wire]:
    crypt = 'authentication cryptographic; password "{}" {{ id 1; algorithm {}; }};'
    long = crypt.format(LONG, "hmac sha256")
    wires = [
        Wire(
            one.value,
            chain(one),
            crypt.format(SECRET, one.value.replace("-", " ", 1).replace("sha-", "sha")),
        )
        for one in Algorithm
        if version == 2 or one is not Algorithm.KEYED_MD5
    ]
    wires.append(Wire("long", chain(Algorithm.HMAC_SHA_256, LONG, plain_hmac=True), long))
    if version == 2:
        simple = f'authentication simple; password "{SECRET}";'
        wires.append(Wire("password", SimplePassword(SECRET.encode()), simple))
    return wires


def of_frr(version: Version) -> list[Wire]:
    if version == 2:
        md5 = f" ip ospf authentication message-digest\n ip ospf message-digest-key 1 md5 {SECRET}"
        simple = f" ip ospf authentication\n ip ospf authentication-key {SECRET}"
        return [
            Wire("none", None, ""),
            Wire("password", SimplePassword(SECRET.encode()), simple),
            Wire("md5", chain(Algorithm.KEYED_MD5), md5),
        ]
    # those of Debian are built without OpenSSL, and have no other HMACs
    said = " ipv6 ospf6 authentication key-id 1 hash-algo hmac-sha-256 key {}"
    swapped = is_swapped()
    return [
        Wire(
            name,
            chain(Algorithm.HMAC_SHA_256, secret, swapped_protocol_id=swapped),
            said.format(secret),
        )
        for name, secret in (("short", SECRET), ("long", LONG))
    ]


def is_swapped() -> bool:
    """Whether this FRR writes the protocol id in the order of its machine, as 8.4 does."""
    words = [str(FRR / "ospf6d"), "--version"]
    printed = subprocess.run(words, capture_output=True, text=True, check=False)
    return " 8.4" in printed.stdout


@contextmanager
def wired(count: int) -> Iterator[list[Namespace]]:
    """Two namespaces with wires between them, and link-local addresses that can be used."""
    with namespaces("ours", "theirs") as spaces:
        for space in spaces:
            space.sysctl(net__ipv6__conf__default__accept_dad=0)
        for number in range(count):
            veth(spaces[0], f"e{number}", spaces[1], f"e{number}")
            for end, space in enumerate(spaces, 1):
                space.ip(f"address add 10.0.{number}.{end}/30 dev e{number}")
                space.ip(f"address add fe80::{end}/64 dev e{number}")
        yield spaces


@contextmanager
def speaking(space: Namespace, version: Version, wires: list[Wire]) -> Iterator[Spoken]:
    """Our side."""
    interfaces = tuple(
        OspfInterface(
            f"e{number}",
            network_type=NetworkType.POINT_TO_POINT,
            hello_s=1,
            dead_s=4,
            authentication=wire.ours,
        )
        for number, wire in enumerate(wires)
    )
    epoch = time.time_ns() - time.monotonic_ns()
    config = OspfConfig(undotted("10.255.0.1"), interfaces, epoch_ns=epoch)
    addresses = {
        f"e{number}": [f"10.0.{number}.1/30" if version == 2 else "fe80::1/64"]
        for number in range(len(wires))
    }
    with spoken(space, config, version, addresses) as ours:
        yield ours


def states(ours: Spoken, wires: list[Wire]) -> dict[str, str]:
    """How far each wire has come, or why no further."""
    found = {}
    for number, wire in enumerate(wires):
        interface = ours.machine.interfaces[f"e{number}"]
        seen = [str(one.state) for one in interface.neighbors.values()]
        refused = [
            str(one.reason)
            for one in ours.machine.refusals.all()
            if one.interface == interface.name
        ]
        found[wire.name] = ", ".join(seen or refused or ["nobody"])
    return found


def become_full(ours: Spoken, wires: list[Wire], space: Namespace) -> None:
    """Wait for all wires, and look for what was refused."""

    def is_full() -> bool:
        held = ours.machine.interfaces.values()
        updates = all(one.received[4] for one in held)  # theirs, once they are full as well
        return updates and all(len(one.at_least(NeighborState.FULL)) == 1 for one in held)

    with inside(space):
        ours.run_until(is_full, PATIENCE_S)
        assert states(ours, wires) == dict.fromkeys((one.name for one in wires), "Full")
        ours.run_until(lambda: False, 3)  # and they stay
    assert states(ours, wires) == dict.fromkeys((one.name for one in wires), "Full")
    for interface in ours.machine.interfaces.values():
        assert Fault.AUTHENTICATION not in interface.faults
        assert Fault.CHECKSUM not in interface.faults


def bird_text(version: Version, wires: list[Wire]) -> str:
    lines = "".join(
        f'interface "e{number}" {{ type ptp; hello 1; dead 4; retransmit 2; {wire.theirs} }};\n'
        for number, wire in enumerate(wires)
    )
    family = "ipv4" if version == 2 else "ipv6"
    return (
        f"router id 10.255.0.2; protocol device {{ }}\nprotocol ospf v{version} o {{ "
        f"tick 1; {family} {{ import none; export none; }}; area 0 {{\n{lines}}}; }}\n"
    )


def frr_text(version: Version, wires: list[Wire]) -> str:
    name, command = ("ospf", "ip ospf") if version == 2 else ("ospf6", "ipv6 ospf6")
    blocks = "".join(
        f"interface e{number}\n {command} area 0\n {command} network point-to-point\n"
        f" {command} hello-interval 1\n {command} dead-interval 4\n{wire.theirs}\nexit\n"
        for number, wire in enumerate(wires)
    )
    return f"{blocks}router {name}\n {name} router-id 10.255.0.2\nexit\n"


@pytest.mark.parametrize("version", [2, 3])
def test_bird_and_we_believe_each_other_and_again_after_it_was_restarted(
    version: Version, tmp_path: Path
) -> None:
    require_root("bird")
    wires = of_bird(version)
    text = bird_text(version, wires)
    with wired(len(wires)) as (left, right), speaking(left, version, wires) as ours:
        for _ in range(2):  # in version 3 it counts from 1 each time
            with bird(right, tmp_path, text):
                become_full(ours, wires, left)
            for interface in ours.machine.interfaces.values():
                interface.faults.clear()
                interface.received.clear()
            with inside(left):
                assert ours.run_until(lambda: not ours.machine.neighbors, 10)


@pytest.mark.parametrize("version", [2, 3])
def test_frr_and_we_believe_each_other(version: Version) -> None:
    daemon = "ospfd" if version == 2 else "ospf6d"
    require_frr(daemon)
    wires = of_frr(version)
    with (
        wired(len(wires)) as (left, right),
        TemporaryDirectory() as folder,
        frr(right, Path(folder), {daemon: frr_text(version, wires)}),
        speaking(left, version, wires) as ours,
    ):
        become_full(ours, wires, left)


# ---- what differs is named


SHA1, SHA256 = Algorithm.HMAC_SHA_1, Algorithm.HMAC_SHA_256
BIRD_MD5 = f'authentication cryptographic; password "{SECRET}" {{ id 1; algorithm keyed md5; }};'
BIRD_SHA = f'authentication cryptographic; password "{SECRET}" {{ id 1; algorithm hmac sha256; }};'
DIFFERENT: dict[Version, list[tuple[Authentication | None, str, str]]] = {
    2: [
        (None, BIRD_MD5, "kind keyed digest (type 2), ours is none (type 0)"),
        (chain(Algorithm.KEYED_MD5), "", "kind none (type 0), ours is keyed digest (type 2)"),
        (
            SimplePassword(b"x"),
            f'authentication simple; password "{SECRET}";',
            "password a password of 6 bytes, ours is another",
        ),
        (
            chain(Algorithm.KEYED_MD5, "other"),
            BIRD_MD5,
            "ours is another by key 1 (keyed-md5)",
        ),
        (
            KeyChain((Key(2, b"secret"),)),
            BIRD_MD5,
            "key id key 1, ours is key 2",
        ),
        (
            chain(SHA1),
            BIRD_SHA,
            "algorithm 32 bytes of digest (hmac-sha-256), ours is 20 by key 1 (hmac-sha-1)",
        ),
    ],
    3: [
        (None, BIRD_SHA, "kind authentication trailer (AT-bit set), ours is none"),
        (chain(SHA256), "", "kind none (AT-bit clear), ours is authentication trailer"),
        (chain(SHA256, "other"), BIRD_SHA, "ours is another by key 1 (hmac-sha-256)"),
        (
            chain(SHA256, swapped_protocol_id=True),
            BIRD_SHA,
            "(it fits without swapped_protocol_id)",
        ),
    ],
}


@pytest.mark.parametrize("version", [2, 3])
def test_what_differs_is_named_on_our_side(version: Version, tmp_path: Path) -> None:
    require_root("bird")
    wires = [Wire(words, ours, theirs) for ours, theirs, words in DIFFERENT[version]]
    with (
        wired(len(wires)) as (left, right),
        bird(right, tmp_path, bird_text(version, wires)),
        speaking(left, version, wires) as ours,
        inside(left),
    ):
        ours.run_until(lambda: len(ours.machine.refusals.all()) == len(wires), 10)
    for words, found in states(ours, wires).items():
        assert found.startswith("is not authentic: ")
        assert words in found

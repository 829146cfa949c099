"""Asking tshark what it reads in a capture."""

from __future__ import annotations

import subprocess
from pathlib import Path

from fingerpost.addr import Address
from ospf.peer_fields import Fields

EXPERT = 0x0060_0000  # PI_WARN of Wireshark's expert information, and all above it


def tshark(path: Path, *words: str) -> list[str]:
    """Give the lines that it prints."""
    command = ["tshark", "-n", "-r", str(path), "-o", "ip.check_checksum:TRUE", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout.splitlines()


def complaints(path: Path) -> list[str]:
    """Give what it calls malformed, or finds worth a warning."""
    return tshark(path, "-Y", f"_ws.malformed || _ws.expert.severity >= {EXPERT:#x}")


def check_fields(path: Path, expected: list[Fields]) -> None:
    """Find in every packet of OSPF, in every field that is named, what is expected and no more."""
    names = sorted({name for said in expected for name in said})
    words = [word for name in names for word in ("-e", name)]
    words += ["-T", "fields", "-E", "occurrence=a", "-E", "aggregator=;"]
    for line, said in zip(tshark(path, "-Y", "ospf", *words), expected, strict=True):
        found = dict(zip(names, line.split("\t"), strict=True))
        for name in names:
            values = [plain(one) for one in found[name].split(";")] if found[name] else []
            assert values == [plain(one) for one in said.get(name, [])], name


def plain(value: str) -> str:
    """Write values in one way: tshark has hex for some numbers, and dots in some addresses."""
    try:
        return str(Address(value)) if ":" in value else str(int(value, 0))
    except ValueError:
        return value

"""The shared vectors of OSPF: Holo's packets and LSAs, and LSAs from captures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

CODECS = {2: "ospfv2", 3: "ospfv3"}


def holo(folder: Path, version: int) -> dict[str, dict[str, Any]]:
    """Give Holo's vectors of a version by name."""
    text = (folder / f"conformance/holo/ospf-{CODECS[version]}.json").read_text()
    return {row["name"]: row for row in json.loads(text)}


def holo_packets(folder: Path, version: int) -> dict[str, bytes]:
    """Give those vectors that are packets."""
    rows = holo(folder, version)
    return {name: bytes.fromhex(row["hex"]) for name, row in rows.items() if "is" not in row}


def holo_lsas(folder: Path, version: int) -> dict[str, bytes]:
    """Give those vectors that are LSAs."""
    rows = holo(folder, version)
    return {name: bytes.fromhex(row["hex"]) for name, row in rows.items() if "is" in row}


def captured_lsas(folder: Path) -> list[dict[str, Any]]:
    """Give the LSAs from captures, each with what tshark said of its header."""
    text = (folder / "conformance/rfc-examples/ospf-lsas.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()]

"""What Rust's std and Python's `ipaddress` answer to their predicates, on addresses that matter.

classification.tsv has a line an address: first and last of every registry row and their
neighbours, for IPv4 also as IPv4-mapped. A column a peer; a letter stands for a predicate that is
true. To record anew, unstable predicates of Rust included, with other versions if wanted:

    python tests/peers/classification.py rustc python3.11.7 python3.13.0

With --table: every disagreement with them, as docs/classification.md shows it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

RECORDED = Path(__file__).with_suffix(".tsv")

LETTERS = {
    "is_benchmarking": "b",
    "is_broadcast": "a",
    "is_documentation": "d",
    "is_global": "g",
    "is_ipv4_mapped": "4",
    "is_link_local": "l",
    "is_loopback": "o",
    "is_multicast": "m",
    "is_private": "p",
    "is_reserved": "r",
    "is_shared": "s",
    "is_site_local": "t",
    "is_unicast": "u",
    "is_unicast_global": "U",
    "is_unicast_link_local": "L",
    "is_unique_local": "q",
    "is_unspecified": "z",
}

# predicates that a peer has for a family; on all others, as on is_ipv4, it cannot disagree
RUST = {4: frozenset("badglomprsz"), 6: frozenset("bdg4omuULqz")}
PYTHON = {4: frozenset("glomprz"), 6: frozenset("glomprtz")}


def asked_of(peer: str, version: int) -> frozenset[str]:
    """Letters of the predicates that a peer, named as in the head of the record, has."""
    return (RUST if peer.startswith("rust") else PYTHON)[version]


def recorded() -> dict[str, dict[str, frozenset[str]]]:
    """Letters by address and peer."""
    head, *lines = RECORDED.read_text().splitlines()
    peers = head.split("\t")[1:]
    answers = {}
    for line in lines:
        address, *letters = line.split("\t")
        answers[address] = dict(zip(peers, map(frozenset, letters), strict=True))
    return answers


def region_of(address: str) -> str:
    """The row that speaks for an address; IPv6 groups by scope, whatever their flags."""
    from fingerpost.addr import classify

    prefix = str(classify(address).prefix)
    is_group = prefix.startswith("ff") and prefix != "ff00::/8"
    return f"ffx{prefix[3]}::/16" if is_group else prefix


def disagreements() -> dict[tuple[str, ...], list[str]]:
    """(predicate, our answer, each peer's answer) and the regions where they are so.

    Only where a peer that has the predicate answers otherwise than we for some address. "-": the
    peer lacks the predicate, "some": it is not the same for all addresses of the region.
    """
    from fingerpost.addr import Address
    from fingerpost.addr.predicates import PREDICATES

    regions: dict[str, list[str]] = {}
    record = recorded()
    for address in record:
        regions.setdefault(region_of(address), []).append(address)
    found: dict[tuple[str, ...], list[str]] = {}
    for predicate in PREDICATES:
        letter = LETTERS.get(predicate.__name__, "")
        for region, addresses in regions.items():
            ours = {predicate(address) for address in addresses}
            version = Address(addresses[0]).version
            theirs = [
                {letter in record[address][peer] for address in addresses}
                if letter in asked_of(peer, version)
                else set()
                for peer in record[addresses[0]]
            ]
            if any(answers and answers != ours for answers in theirs):
                row = (predicate.__name__, *map(_word, [ours, *theirs]))
                found.setdefault(row, []).append(region)
    return found


def _word(answers: set[bool]) -> str:
    return (
        "some"
        if len(answers) > 1
        else {True: "yes", False: "no", None: "-"}[next(iter(answers), None)]
    )


def table() -> str:
    """`disagreements` as Markdown, for docs/classification.md."""
    peers = next(iter(recorded().values()))
    lines = ["| predicate | fingerpost | " + " | ".join(peers) + " | where |"]
    lines.append("|---" * (3 + len(peers)) + "|")
    for row, regions in disagreements().items():
        lines.append(
            "| `" + row[0] + "` | " + " | ".join(row[1:]) + " | " + ", ".join(regions) + " |"
        )
    return "\n".join(lines) + "\n"


def python_letters(addresses: list[str]) -> Iterator[str]:
    """What the `ipaddress` of the Python that runs this answers."""
    from ipaddress import ip_address

    for text in addresses:
        address = ip_address(text)
        yield "".join(
            letter for name, letter in LETTERS.items() if getattr(address, name, False) is True
        )


def samples() -> list[str]:
    """Addresses at and beside the borders of every registry row."""
    from fingerpost.addr import Address
    from fingerpost.addr.registry import entries

    found: dict[int, set[int]] = {4: set(), 6: set()}
    for version, end in ((4, 1 << 32), (6, 1 << 128)):
        for entry in entries(version):
            first, last = int(entry.prefix.first), int(entry.prefix.last)
            beside = {first - 1, first, last, last + 1}
            if version == 6 and first >> 120 == 0xFF:
                beside = {first}  # many rows, alike but for one nibble
            found[version] |= {number for number in beside if 0 <= number < end}
    found[6] |= {0xFFFF << 32 | number for number in found[4]}
    return [str(Address(n, version=version)) for version in found for n in sorted(found[version])]


def record(rustc: str, *pythons: str) -> None:
    """Ask every peer and write the record."""
    addresses = samples()
    asked = "".join(f"{address}\n" for address in addresses)
    columns = {"address": addresses}
    with tempfile.TemporaryDirectory() as folder:
        program = str(Path(folder) / "program")
        source = str(Path(__file__).with_suffix(".rs"))
        unstable = {**os.environ, "RUSTC_BOOTSTRAP": "1"}
        compiled = [rustc, "--edition", "2024", "-o", program, source]
        subprocess.run(compiled, check=True, env=unstable)
        answer = subprocess.run([program], input=asked, text=True, capture_output=True, check=True)
        columns[_name(rustc)] = [line.partition("\t")[2] for line in answer.stdout.splitlines()]
    for python in pythons:
        command = [python, __file__, "--answer"]
        answer = subprocess.run(command, input=asked, text=True, capture_output=True, check=True)
        columns[_name(python)] = answer.stdout.splitlines()
    lines = zip(*([name, *column] for name, column in columns.items()), strict=True)
    RECORDED.write_text("".join("\t".join(line) + "\n" for line in lines))


def _name(program: str) -> str:
    """`rustc 1.95.0 (...)` or `Python 3.13.0`, as the program says, in the form rust-1.95.0."""
    said = subprocess.run([program, "--version"], text=True, capture_output=True, check=True)
    name, version = said.stdout.split()[:2]
    return f"{'rust' if name == 'rustc' else 'cpython'}-{version}"


if __name__ == "__main__":
    if sys.argv[1:] == ["--answer"]:
        for letters in python_letters(sys.stdin.read().split()):
            print(letters)
    elif sys.argv[1:] == ["--table"]:
        print(table(), end="")
    else:
        record(*sys.argv[1:])

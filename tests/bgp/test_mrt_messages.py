"""Messages that were captured in the wild (MRT, RFC 6396 4.4) decode, and encode to the same."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from bgp.core_reading import agree
from fingerpost.bgp.attributes import AttributeSet
from fingerpost.bgp.constants import LONGEST_EXTENDED
from fingerpost.bgp.dissect.guessing import guessed
from fingerpost.bgp.packet import Update, decode_message
from fingerpost.bgp.packet.update_reading import Terms
from fingerpost.bgp.packet.update_rules import Relation

FILES = (
    "bird-mrtdump_bgp",
    "bird6_bgp",
    "bird_bgp",
    "openbgpd_bgp",
    "quagga_bgp",
    "ris/updates.20100722.2015.gz",
    "ris/updates.long_withdrawal.gz",
)
MOST = 400
_BGP4MP, _BGP4MP_ET = 16, 17
_AS4 = {1: False, 4: True, 6: False, 7: True}  # subtypes of messages


def messages(path: Path) -> Iterator[tuple[bytes, bool]]:
    """Each message, and whether AS numbers have four octets."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    at = 0
    while at + 12 <= len(data):
        kind = int.from_bytes(data[at + 4 : at + 6], "big")
        subtype = int.from_bytes(data[at + 6 : at + 8], "big")
        end = at + 12 + int.from_bytes(data[at + 8 : at + 12], "big")
        body = data[at + 12 + 4 * (kind == _BGP4MP_ET) : end]
        at = end
        if kind not in (_BGP4MP, _BGP4MP_ET) or subtype not in _AS4:
            continue
        width = 4 if _AS4[subtype] else 2
        afi = int.from_bytes(body[2 * width + 2 : 2 * width + 4], "big")
        yield body[2 * width + 4 + 2 * (4 if afi == 1 else 16) :], _AS4[subtype]


@pytest.mark.parametrize("name", FILES)
def test_what_was_captured_reads_as_the_core_reads_it(shared_data: Path, name: str) -> None:
    kinds: Counter[str] = Counter()
    for data, as4 in islice(messages(shared_data / "conformance/mrt" / name), MOST):
        one = decode_message(data, LONGEST_EXTENDED)
        assert one.encode() == data
        kinds[one.kind.name] += 1
        if not isinstance(one, Update):
            continue
        terms = guessed(one)
        read = Terms(Relation.EXTERNAL, as4, terms.families)
        verdict, found = agree(one.encode_body(), read)
        assert verdict.reset is None
        for path in verdict.paths.values():
            assert AttributeSet.decode(path).encode() == path
        kinds["prefixes"] += sum(len(said.prefixes) for said in found.announced)
    assert kinds.total()

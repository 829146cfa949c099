"""Files that others wrote decode to the lines that bgpdump prints for them."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from fingerpost.bgp.records import lines_of
from fingerpost.mrt import MrtFile

WITH_LINES = (
    "bview.64k_stream_overflow.gz",
    "bview.ipv4_unicast_add_path.gz",
    "updates.20100722.2015.gz",
    "updates.long_withdrawal.gz",
)
OTHERS = {  # how many lines; bgpdump agrees but for families and path identifiers it does not read
    "bird-mrtdump_bgp": 24,
    "bird-mrtdump_rib": 18,
    "bird6-mrtdump_rib": 10,
    "bird6_bgp": 26,
    "bird_bgp": 26,
    "openbgpd_bgp": 115,
    "openbgpd_rib_table": 31,
    "openbgpd_rib_table-mp": 0,  # BGP4MP_ENTRY, which RFC 6396 has taken out
    "openbgpd_rib_table-v2": 33,
    "quagga_bgp": 54,
    "quagga_rib": 9,
}


def lines(path: Path) -> list[str]:
    """All lines of a file that has no fault."""
    file = MrtFile(path)
    return [line for entry in file for line in lines_of(entry, file.peers)]


@pytest.mark.parametrize("name", WITH_LINES)
def test_files_of_collectors_give_the_expected_lines(shared_data: Path, name: str) -> None:
    folder = shared_data / "conformance/mrt/ris"
    wanted = gzip.decompress((folder / f"{name}.bgp.gz").read_bytes()).decode().splitlines()
    assert lines(folder / name) == wanted


@pytest.mark.parametrize("name", OTHERS)
def test_files_of_other_programs_are_read(shared_data: Path, name: str) -> None:
    assert len(lines(shared_data / "conformance/mrt" / name)) == OTHERS[name]


def test_path_identifiers_of_a_writer_that_did_not_know_rfc_8050(shared_data: Path) -> None:
    found = lines(shared_data / "conformance/mrt/bird_bgp")
    told = [line.split("|")[5] for line in found if line.split("|")[2] == "A"]
    assert "172.17.0.0/24" in told
    assert "0.0.0.0/0" not in told

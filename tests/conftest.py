"""Fixtures that more than one area of the tests needs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
# The files that take longest, the longest first: a worker that gets one of them last is waited for.
LONGEST = (
    "interop/ospf/test_mixed.py",
    "interop/ospf/test_neighbors.py",
    "interop/rip/test_ring.py",
    "interop/ospf/test_graceful.py",
    "interop/ospf/test_authentication.py",
    "interop/ospf/test_virtual_links.py",
    "docs/test_pages.py",
    "benchmarks/test_ospf_benchmark.py",
    "daemon/test_operation.py",
    "fib/test_golden_full_table.py",
    "interop/bfd/test_bird.py",
    "interop/ospf/test_packets.py",
    "interop/ospf/test_unnumbered.py",
    "lab/test_ospf_labs_random.py",
    "interop/ospf/test_roles.py",
    "daemon/test_ways_of_speaking.py",
    "benchmarks/test_bgp_benchmark.py",
    "lab/test_rip_labs.py",
    "interop/bgp/test_many.py",
    "interop/test_chain.py",
    "daemon/test_killed_at_any_moment.py",
    "interop/bfd/test_ospf.py",
    "interop/bgp/test_through.py",
    "daemon/test_reasons.py",
    "interop/test_neighbors_linux.py",
    "interop/test_twin.py",
    "host/linux/test_host_interop.py",
    "daemon/test_crash.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the longest files begin first; the others stay in their order."""
    ranks = {REPOSITORY / "tests" / name: rank for rank, name in enumerate(LONGEST)}
    items.sort(key=lambda item: ranks.get(item.path, len(ranks)))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Give the folder of real tables and vectors, or skip: nothing of it is copied in here."""
    named = os.environ.get("FINGERPOST_DATA")
    folder = Path(named) if named else REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}; name its folder in FINGERPOST_DATA")
    return folder

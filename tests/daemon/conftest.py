"""Fixtures of the tests of whole daemons."""

from __future__ import annotations

import importlib.util
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon.processes import HEARS, TELLS, Process, ended, two_spaces, wait
from netns import require_root

# the daemon is an extra: without it there is no API to be tested
collect_ignore_glob = [] if importlib.util.find_spec("fastapi") else ["test_*.py"]


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A folder whose path is short enough for a Unix socket (unix(7): 107 bytes)."""
    with tempfile.TemporaryDirectory(prefix="fp-") as folder:
        yield Path(folder)


@pytest.fixture
def pair(short_path: Path) -> Iterator[tuple[Process, Process]]:
    """Two routers that run; the second has heard the first."""
    require_root()
    with two_spaces() as (a, b):
        first = Process(a, short_path, "first", TELLS)
        second = Process(b, short_path, "second", HEARS)
        with ended(first, second):
            first.start()
            second.start()
            wait(lambda: "198.51.100.0/24" in second.kernel())
            yield first, second

"""Fixtures of the tests of whole daemons."""

from __future__ import annotations

import importlib.util
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

# the daemon is an extra: without it there is no API to be tested
collect_ignore_glob = [] if importlib.util.find_spec("fastapi") else ["test_*.py"]


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A folder whose path is short enough for a Unix socket (unix(7): 107 bytes)."""
    with tempfile.TemporaryDirectory(prefix="fp-") as folder:
        yield Path(folder)

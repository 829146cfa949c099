"""Fixtures that more than one area of the tests needs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Give the folder of real tables and vectors, or skip: nothing of it is copied in here."""
    named = os.environ.get("FINGERPOST_DATA")
    folder = Path(named) if named else REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}; name its folder in FINGERPOST_DATA")
    return folder

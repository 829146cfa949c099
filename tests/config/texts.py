"""Small configurations for tests, and what reading them says."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from fingerpost.config.faults import FileError
from fingerpost.config.load import RouterFile, loads

REPOSITORY = Path(__file__).resolve().parents[2]
EXAMPLE = REPOSITORY / "examples" / "router.yaml"


def file_of(text: str) -> RouterFile:
    return loads(textwrap.dedent(text), "router.yaml")


def faults_of(text: str) -> list[str]:
    with pytest.raises(FileError) as caught:
        file_of(text)
    return [line.removeprefix("router.yaml:") for line in str(caught.value).splitlines()]

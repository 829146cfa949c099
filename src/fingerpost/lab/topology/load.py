"""Reading a description of a network, whatever its format."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from fingerpost.lab.topology.build import build
from fingerpost.lab.topology.faults import Fault, TopologyError

if TYPE_CHECKING:
    from fingerpost.lab.model import Lab

LARGEST = 64 * 1024 * 1024  # bytes; the largest data sets have a few


def load(source: str | os.PathLike[str]) -> Lab:
    """The network that a file describes.

    Raises `TopologyError` with every fault of the file, `OSError` where it cannot be read.
    """
    path = Path(source)
    if path.stat().st_size > LARGEST:
        raise TopologyError(str(source), [Fault(0, "", f"larger than {LARGEST:,} bytes")])
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        said = f"byte {error.start:,} is no UTF-8; a description is text"
        raise TopologyError(str(source), [Fault(0, "", said)]) from None
    return loads(text, str(source))


def loads(text: str, source: str = "lab.yaml") -> Lab:
    """The network that a text describes; `source` is what messages call it."""
    from fingerpost.lab.topology import lab_file

    return build(lab_file.read(text, source))

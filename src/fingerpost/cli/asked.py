"""What a command is asked about: its arguments, and the lines of standard input."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def asked_on(addresses: tuple[str, ...]) -> Iterator[tuple[int | None, str]]:
    """(line of standard input or None, text) for each thing asked about; `-` reads its lines."""
    for address in addresses:
        if address != "-":
            yield None, address
            continue
        for number, line in enumerate(sys.stdin, 1):
            if text := line.partition("#")[0].strip():
                yield number, text

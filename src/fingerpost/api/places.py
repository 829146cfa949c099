"""Where the parts of a daemon are found by its name."""

from __future__ import annotations

import os
import re
from pathlib import Path

from fingerpost.errors import UsageError

RUN = Path("/run/fingerpost")
STATE = Path("/var/lib/fingerpost")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")


def checked_name(name: str) -> str:
    """The name itself. Raises `UsageError` for one that could not be that of a file."""
    if not _NAME.fullmatch(name):
        raise UsageError(f"name {name!r}: write letters, digits, and _ . - behind the first")
    return name


def socket_of(name: str) -> Path:
    """The socket of the API of a daemon."""
    return RUN / f"{checked_name(name)}.sock"


def state_of(name: str) -> Path:
    """The folder in which a daemon keeps what outlives it."""
    return STATE / checked_name(name)


def socket_asked(socket: str | None, name: str | None) -> Path:
    """The socket that a command means: named, of a name, of the environment, or the only one.

    Raises `UsageError` where several daemons run and none is named.
    """
    if socket is not None:
        return Path(socket)
    if name is not None:
        return socket_of(name)
    if held := os.environ.get("FINGERPOST_SOCKET"):
        return Path(held)
    found = sorted(RUN.glob("*.sock"))
    if len(found) > 1:
        names = ", ".join(one.stem for one in found)
        raise UsageError(f"several routers have a socket in {RUN}: name one with --name ({names})")
    return found[0] if found else RUN / "*.sock"

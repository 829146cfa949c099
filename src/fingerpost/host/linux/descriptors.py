"""Descriptors: a router has a socket for each neighbour, more than a shell's limit allows."""

from __future__ import annotations

import resource


def raise_limit() -> int:
    """Let this process have as many descriptors as it may, and give how many (getrlimit(2))."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard

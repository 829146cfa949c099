"""What a file means that would not work, though each field of it is right.

`check` looks at one file, and at the machine if that is given; `check_together` at files of several
routers. Nothing here reads a socket or a clock: interfaces and the instant are handed in.
"""

from __future__ import annotations

from fingerpost.config.check.all import check
from fingerpost.config.check.finding import Finding, Severity
from fingerpost.config.check.together import check_together

__all__ = ["Finding", "Severity", "check", "check_together"]

"""Files of MRT that an instance writes: its table from time to time, and what neighbours say.

Octets leave as outputs (`AppendFile`, `FinishFile`), slices of a few milliseconds each; the host
writes them beside their place and moves a file there when it is whole.
"""

from __future__ import annotations

from fingerpost.bgp.files.recording import Recording

__all__ = ["Recording"]

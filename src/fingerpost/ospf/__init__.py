"""OSPF version 2 (RFC 2328) and version 3 (RFC 5340): one machine, no I/O."""

from __future__ import annotations

"""What our LSAs of version 2 say (RFC 2328 12.4)."""

from __future__ import annotations

"""What our LSAs of version 3 say (RFC 5340 4.4.3)."""

from __future__ import annotations

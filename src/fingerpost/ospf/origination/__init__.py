"""What we tell of ourselves and of others: our LSAs, what they say and when (RFC 2328 12.4)."""

from __future__ import annotations

"""Telling stations by BMP what happens here (RFC 7854, RFC 8671, RFC 9069).

The way of an UPDATE to a station: the core logs it as it comes (`_core.bgp_mirror`), sessions that
come up and end stand in that log between messages (`monitoring`), and each `station` reads it at
its own pace, as far as its connection has room. Whoever connects later is first told who is up,
and the tables in slices. The log is bounded: a station that is too slow for it is disconnected, and
begins again. What is behind the import policy is told as it is when it is read, not as it was;
where refeeding changes it, the log has the places of the prefixes (RFC 7854 5).
"""

from __future__ import annotations

from fingerpost.bgp.bmp.monitoring import Monitoring

__all__ = ["Monitoring"]

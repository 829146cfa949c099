from __future__ import annotations

from typing import ClassVar

from peers import fingerpost_compact


class Adapter(fingerpost_compact.Adapter):
    """fingerpost: `Fib`, fast form, which only IPv4 has: plain cells instead of run lengths."""

    name: ClassVar[str] = "fingerpost-fast"
    form: ClassVar[str] = "fast"
    families: ClassVar[tuple[int, ...]] = (4,)

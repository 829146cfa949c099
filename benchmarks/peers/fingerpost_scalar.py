from __future__ import annotations

from typing import ClassVar

from peers import fingerpost_avx2


class Adapter(fingerpost_avx2.Adapter):
    """fingerpost without vector instructions: numpy in bulk only."""

    name: ClassVar[str] = "fingerpost-scalar"
    kernel: ClassVar[str] = "scalar"

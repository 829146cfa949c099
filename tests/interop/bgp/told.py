"""What a router has of a path, in one form for all makes."""

from __future__ import annotations

from dataclasses import dataclass

Table = dict[str, frozenset["Told"]]
"""By prefix, the paths to it."""


@dataclass(frozen=True)
class Told:
    """The attributes that say what a path is, in the words of RFC 4271.

    `path` is the AS_PATH as it is written, `hop` the next hop; communities stand sorted:
    `65001:100`, `65001:1:2`, `rt:65001:1`.
    """

    path: str
    origin: str
    hop: str
    med: int = 0  # FRR and OpenBGPD do not tell one of 0 from none
    communities: tuple[str, ...] = ()
    large: tuple[str, ...] = ()
    extended: tuple[str, ...] = ()

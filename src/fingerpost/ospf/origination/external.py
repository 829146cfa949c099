"""`External`: a destination outside as we tell it, before it is an LSA of either version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fingerpost.addr import Address


@dataclass(frozen=True, slots=True)
class External:
    """`is_type_2`: its metric counts more than any way inside (RFC 2328 2.3).

    `gateway` is where we send what goes there, which others may do as well if it is on a network
    of ours. `forwarding` is an address that was decided already, as that of a translated LSA.
    `source` says whose route it is.
    """

    metric: int
    is_type_2: bool
    tag: int = 0
    gateway: Address | None = None
    forwarding: Address | None = None
    source: str = ""

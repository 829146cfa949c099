"""Policies of neighbours by the numbers that the core knows them by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fingerpost.bgp.relation import Relation

if TYPE_CHECKING:
    from fingerpost.bgp.config import BgpConfig
    from fingerpost.rib.verdict import Filter

NONE: Final = 0
REFUSES_ALL: Final = -1


class Policing:
    """Numbers for policies."""

    def __init__(self, config: BgpConfig) -> None:
        """By what is configured."""
        self.config = config

    def number(self, policy: Filter | None, relation: Relation) -> int:
        """The number of a policy; an external neighbour needs one (RFC 8212)."""
        if policy is None:
            needs = self.config.needs_policy and relation is Relation.EXTERNAL
            return REFUSES_ALL if needs else NONE
        return REFUSES_ALL  # what the core cannot judge by lets nothing through

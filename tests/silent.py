"""What protocols of tests have in common: they are asked nothing, and routers know their kinds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest

from fingerpost.addr import Prefix
from fingerpost.protocol.instance import Answer
from fingerpost.rib.route import RibRoute
from fingerpost.rib.verdict import Filter
from fingerpost.router.kinds import KINDS, Kind


class Silent:
    """An instance whose time comes at `_due`, and that has nothing to show."""

    _due: int | None = None

    def next_deadline(self) -> int | None:
        return self._due

    def snapshot(self, now: int | None = None) -> Mapping[str, object]:
        return {"now": now}

    def explain(self, prefix: Prefix) -> Answer:
        raise AssertionError(f"nobody asks for {prefix}")

    def explain_told(self, prefix: Prefix, offered: RibRoute | None) -> Answer:
        raise AssertionError(f"nobody asks for {prefix}, {offered}")

    def policies(self) -> Iterable[tuple[str, Filter]]:
        return ()


def let_run(monkeypatch: pytest.MonkeyPatch, *kinds: Kind) -> None:
    """Let routers run these beside their own."""
    known = {**KINDS, **{kind.name: kind for kind in kinds}}
    for place in ("kinds", "config", "configured"):
        monkeypatch.setattr(f"fingerpost.router.{place}.KINDS", known)

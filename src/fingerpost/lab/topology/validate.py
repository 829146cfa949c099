"""The format of lab.yaml for `fingerpost.config.validate`, and what it says in its own words."""

from __future__ import annotations

from fingerpost.config.validate import Format
from fingerpost.lab.topology.schema import LabFile


def _no_topology(_: str, whole: object) -> str:
    names = [key for key in ("nodes", "links") if isinstance(whole, dict) and key in whole]
    hint = f"; put {' and '.join(names)} below it" if names else ""
    return f"'topology' is missing: a lab has `topology:` with `nodes:` and `links:`{hint}"


LAB = Format(
    LabFile,
    keeps_count=frozenset({"links", "timeline", "expect", "routes"}),
    whole=frozenset({"expect", "timeline"}),  # what is left of a happening would be another one
    shapes={"too_short": "a link has at least two endpoints"},
    missing=_no_topology,
)

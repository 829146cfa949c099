"""Policies that are in use: how often each line decided, and lines that never can."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import APIRouter, Query
from pydantic import BaseModel

from fingerpost.api.daemon import Daemon
from fingerpost.api.endpoints.asked import Asked
from fingerpost.api.problem import RefusalError
from fingerpost.policy.function import FunctionPolicy
from fingerpost.policy.lint import findings
from fingerpost.policy.policy import Policy
from fingerpost.rib.verdict import Filter
from fingerpost.router.policies import policy_places

router = APIRouter(tags=["policies"])


class LineRow(BaseModel):
    """One line of a policy; `hits` counts the routes that it meant."""

    line: str
    hits: int


class FindingRow(BaseModel):
    """A line that does nothing, of which sort, and why."""

    line: str
    sort: str
    why: str


class PolicyRow(BaseModel):
    """One policy. `used_by` are channels; `defaulted` counts routes that no line decided about."""

    name: str
    used_by: list[str]
    lines: list[LineRow]
    defaulted: int
    findings: list[FindingRow]


class Policies(BaseModel):
    """Every policy that a channel uses, in order of name."""

    policies: list[PolicyRow]


def in_use(daemon: Daemon) -> Iterator[tuple[Filter, str]]:
    """Each policy and where it stands."""
    for one in policy_places(daemon.routing):
        if one.policy is not None:
            yield one.policy, one.place


def _row(policy: Filter, used_by: list[str]) -> PolicyRow:
    """Of a policy that is a Python function the answers are counted."""
    if isinstance(policy, FunctionPolicy):
        answers = {"accept": policy.accepted, "reject": policy.refused}
        lines = [LineRow(line=f"function: {one}", hits=hits) for one, hits in answers.items()]
        return PolicyRow(name=policy.name, used_by=used_by, lines=lines, defaulted=0, findings=[])
    if not isinstance(policy, Policy):
        return PolicyRow(name=policy.name, used_by=used_by, lines=[], defaulted=0, findings=[])
    return PolicyRow(
        name=policy.name,
        used_by=used_by,
        lines=[
            LineRow(line=str(one), hits=hits)
            for one, hits in zip(policy.statements, policy.hits, strict=True)
        ],
        defaulted=policy.defaulted,
        findings=[
            FindingRow(line=one.line, sort=one.sort, why=one.why) for one in findings(policy)
        ],
    )


@router.get("/policies")
async def policies(daemon: Asked, name: str | None = Query(None, max_length=128)) -> Policies:
    """The policies with their hits and findings. An unknown name is refused."""
    places: dict[int, tuple[Filter, list[str]]] = {}
    for policy, place in in_use(daemon):
        places.setdefault(id(policy), (policy, []))[1].append(place)
    rows = [_row(policy, used_by) for policy, used_by in places.values()]
    if name is not None:
        rows = [row for row in rows if row.name == name]
        if not rows:
            raise RefusalError(404, f"no policy {name!r} is in use")
    return Policies(policies=sorted(rows, key=lambda row: row.name))

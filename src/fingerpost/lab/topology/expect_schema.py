"""The shape of `expect:` in lab.yaml: what must hold, and when."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from fingerpost.config.fields import Duration, Name
from fingerpost.lab.topology.entry import Entry
from fingerpost.lab.topology.fields import Metric, Targets, expected_route


class RouteEntry(Entry):
    """A route that a table should have; as text "a -> 10.0.0.0/24 via b metric 3 proto rip"."""

    node: Name
    to: str | None = Field(default=None, description="A prefix, an address, or a node.")
    prefix: str | None = Field(default=None, description="A prefix, in place of to.")
    via: Targets | None = Field(default=None, description="All next hops: nodes or addresses.")
    metric: Metric | None = None
    protocol: str | None = Field(default=None, examples=["rip", "static", "connected"])


OneRoute = Annotated[
    RouteEntry, BeforeValidator(expected_route, json_schema_input_type=str | RouteEntry)
]


class ExpectEntry(Entry):
    """Something that must hold: one of the first seven, and when to look."""

    reachable: str | None = Field(default=None, examples=["a -> z"])
    unreachable: str | None = Field(default=None, examples=["a -> z"])
    path: str | None = Field(default=None, examples=["a -> b -> z"])
    lost: str | None = Field(default=None, examples=["at most 5 packets from a to z"])
    no_loop: bool | None = Field(default=None, alias="no loop")
    route: OneRoute | None = None
    no_route: OneRoute | None = Field(default=None, alias="no route")
    at: Duration | None = None
    after: Duration | None = None
    every: Duration | None = Field(default=None, description="Of lost: the time between packets.")


def _expectation(value: object) -> object:
    if isinstance(value, str):
        word, colon, rest = value.partition(":")
        return {word.strip(): rest.strip() if colon else True}
    if isinstance(value, dict) and "no loop" in value and value["no loop"] is None:
        return {**value, "no loop": True}
    return value


OneExpectation = Annotated[
    ExpectEntry, BeforeValidator(_expectation, json_schema_input_type=str | ExpectEntry)
]

"""Answers of an instance about a prefix, as plain data and in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fingerpost.addr import Prefix
    from fingerpost.ospf.machine import Ospf

FLOODED = "areas share a database: nobody is told of a prefix by itself"


@dataclass(frozen=True, slots=True)
class OspfAnswer:
    """Why a prefix is as it is. `data` are what `Instance` promises besides protocol and prefix."""

    protocol: str
    prefix: Prefix
    text: str
    data: dict[str, object] = field(default_factory=dict)

    def as_dict(self) -> dict[str, object]:
        """As plain data, for JSON."""
        return {"protocol": self.protocol, "prefix": str(self.prefix), **self.data}

    def __str__(self) -> str:
        """In words."""
        return self.text


def explain(ospf: Ospf, prefix: Prefix) -> OspfAnswer:
    """Say what is known of a prefix, and who is not heard that might know more."""
    ignored = [one.as_dict() | {"reason": str(one.reason)} for one in ospf.refusals.all()]
    rule = "no route of this instance leads there"
    data: dict[str, object] = {
        "state": "unknown",
        "rule": rule,
        "since": None,
        "ways": [],
        "ignored": ignored,
    }
    return OspfAnswer(ospf.dialect.name, prefix, f"{prefix}: {rule}", data)


def explain_told(ospf: Ospf, prefix: Prefix) -> OspfAnswer:
    """Say what others are told of a prefix."""
    data: dict[str, object] = {"reason": FLOODED, "places": []}
    return OspfAnswer(ospf.dialect.name, prefix, f"{prefix}: {FLOODED}", data)

"""The figures of a run as one JSON-able model, every speed as a ratio to named peers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from matching.change import BESIDE_A_READER, BESIDE_A_WRITER
from matching.records import Outcome, Record

OURS = "fingerpost"
# What each kind of speed is compared with, besides the fastest peer of the run.
REFERENCES = {"single": ("pytricia",), "bulk": ("numpy", "pytricia"), "change": ("pytricia",)}
# With what of the peers, none of which can do this, these kinds are compared.
COMPARED_AS = {BESIDE_A_READER: "", BESIDE_A_WRITER: "hit"}


def model(outcomes: list[Outcome], **about: Any) -> dict[str, Any]:
    """Everything that was measured; `about` says where, on what and with which options."""
    records = [record for outcome in outcomes for record in outcome.records]
    return {
        **about,
        "peers": [_peer(outcome) for outcome in outcomes],
        "records": [_record(record, records) for record in records],
    }


def is_ours(peer: str) -> bool:
    return peer.startswith(OURS)


def _peer(outcome: Outcome) -> dict[str, Any]:
    answers = sum(record.answers for record in outcome.records)
    wrong = sum(record.wrong for record in outcome.records)
    described = {key: value for key, value in asdict(outcome).items() if key != "records"}
    share = wrong / answers if answers else None
    return {**described, "answers": answers, "wrong": wrong, "wrong_share": share}


def _record(record: Record, records: list[Record]) -> dict[str, Any]:
    described = asdict(record)
    if record.rates:
        described["median"] = record.rate
    ratios = {
        name: record.rate / best.rate
        for name, best in _references(record, records).items()
        if best is not None
    }
    return {**described, "times_faster_than": ratios} if ratios else described


def _references(record: Record, records: list[Record]) -> dict[str, Record | None]:
    """The best way of each named peer, and of the fastest peer, on the same questions."""
    names = REFERENCES.get(record.measure, ())
    if not names:
        return {}
    asked = record.family, COMPARED_AS.get(record.kind, record.kind)
    speeds = [
        other
        for other in records
        if (other.family, other.kind) == asked and not is_ours(other.peer)
    ]
    same = [other for other in speeds if other.measure == record.measure]
    measures = ("single", "bulk") if record.measure == "bulk" else (record.measure,)
    found = {
        name: _fastest(
            other for other in speeds if other.peer == name and other.measure in measures
        )
        for name in names
    }
    best = _fastest(same)
    if best is not None:
        found[best.peer] = best
    return found


def _fastest(records: Iterable[Record]) -> Record | None:
    return max(records, key=lambda record: record.rate, default=None)

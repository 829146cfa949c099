"""What a file says about the quality of a link, as fields of `model.Quality`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fingerpost.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fingerpost.lab.topology.schema import QualityEntry


def quality_changes(entry: QualityEntry) -> dict[str, Any]:
    """The fields of `Quality` that an entry gives; those that it leaves out are not in it."""
    fields = {
        "delay_ns": entry.delay,
        "jitter_ns": entry.jitter,
        "bandwidth": entry.bandwidth,
        "loss": entry.loss,
        "duplicate": entry.duplicate,
        "reorder": entry.reorder,
        "corrupt": entry.corrupt,
    }
    changes: dict[str, Any] = {name: given for name, given in fields.items() if given is not None}
    if entry.queue is not None:
        changes["queue_packets"], changes["queue_bytes"] = entry.queue
    return changes


def changes_of(words: Mapping[str, object]) -> dict[str, Any]:
    """The same of words as lab.yaml has them: delay="10ms".

    Raises `UsageError`, naming each fault.
    """
    from pydantic import ValidationError

    from fingerpost.lab.topology.schema import QualityEntry
    from fingerpost.lab.topology.validate import LAB

    try:
        return quality_changes(QualityEntry.model_validate(dict(words)))
    except ValidationError as error:
        faults = []
        for detail in error.errors(include_url=False):
            field = str(detail["loc"][0])
            faults.append(f"{field}: {LAB.fault_of(detail, ('timeline', 0, 'set', field), words)}")
        raise UsageError("; ".join(faults)) from None

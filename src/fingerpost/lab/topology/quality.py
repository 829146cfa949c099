"""What a file says about the quality of a link, as fields of `model.Quality`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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

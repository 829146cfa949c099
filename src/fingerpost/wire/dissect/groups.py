"""Sources and records of multicast queries and reports as fields."""

from __future__ import annotations

from fingerpost.addr import Address
from fingerpost.wire.dissect.tree import Field
from fingerpost.wire.dissect.words import in_words, plain, words
from fingerpost.wire.group_records import GroupRecord, RecordType

_KINDS = {int(kind): in_words(kind.name) for kind in RecordType}


def source_fields(sources: tuple[Address, ...], at: int) -> list[Field]:
    """Give the source addresses that stand from `at` on."""
    fields = []
    for source in sources:
        text = str(source)
        size = len(source.packed)
        fields.append(Field("source", text, text, at, size))
        at += size
    return fields


def record_fields(records: tuple[GroupRecord, ...], at: int) -> list[Field]:
    """Give the records that stand from `at` on."""
    fields = []
    for record in records:
        size = len(record.pack())
        kind = _KINDS.get(record.kind, f"type {record.kind}")
        text = f"{kind} {record.group}"
        if record.sources:
            text += f", sources {words(record.sources)}"
        fields.append(Field("record", plain(record), text, at, size))
        at += size
    return fields

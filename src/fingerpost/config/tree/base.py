"""What every mapping of router.yaml has in common, and the types of small fields."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, WithJsonSchema

from fingerpost.addr import Address
from fingerpost.config.fields import ADDRESS, Shown, as_list, as_mapping, read_text, whole
from fingerpost.errors import AddressError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _in_file(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


class Thing(StrEnum):
    """What has a name that other parts of the file use."""

    POLICY = "policy"
    PREFIX_LIST = "prefix list"
    KEY_CHAIN = "key chain"
    TABLE = "table"
    AS_SET = "as-set"

    @property
    def section(self) -> str:
        """The section that describes such things by name."""
        return {"policy": "policies"}.get(self.value, f"{self.value.replace(' ', '-')}s")


@dataclass(frozen=True, slots=True)
class Refers:
    """Metadata of a field: its value is the name of a thing."""

    to: Thing


POLICY, PREFIX_LIST, KEY_CHAIN, TABLE, AS_SET = map(Refers, Thing)


class Entry(BaseModel):
    """A mapping; a field that is not of it is a fault. Names have hyphens in the file."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, arbitrary_types_allowed=True, alias_generator=_in_file
    )


def address(value: object) -> Address:
    """One bare address."""
    try:
        return Address(read_text(value, "an address: 10.0.0.1"))
    except AddressError as error:
        raise ValueError(str(error)) from None


def router_id(value: object) -> Address:
    """Four bytes that are written as an IPv4 address, not all of them zero."""
    found = address(value)
    if found.version != 4 or found.is_unspecified:
        raise ValueError("write it as an IPv4 address other than 0.0.0.0: 10.255.0.1")
    return found


def instant(value: object) -> int:
    """Nanoseconds since 1970 of a date and time with its zone, as RFC 3339 writes it."""
    right = "a date and time with its zone: 2026-01-31T00:00:00Z"
    try:
        found = datetime.fromisoformat(read_text(value, right))
    except ValueError:
        raise ValueError(f"write {right}") from None
    if found.tzinfo is None:
        raise ValueError(f"which zone? write {found.isoformat()}Z for universal time")
    past = found - _EPOCH
    return ((past.days * 86_400 + past.seconds) * 1_000_000 + past.microseconds) * 1000


def instant_text(value: int) -> str:
    """The instant as RFC 3339 writes it, in universal time."""
    found = _EPOCH + timedelta(microseconds=value // 1000)
    return found.isoformat().replace("+00:00", "Z")


def or_nothing(kind: Any) -> BeforeValidator:  # noqa: ANN401 - any type
    """A mapping that may be left empty (`a:`), which is one with nothing in it."""
    return BeforeValidator(as_mapping, json_schema_input_type=kind | None)


def or_one(kind: Any) -> BeforeValidator:  # noqa: ANN401 - any type
    """A list, of which one item may stand alone."""
    return BeforeValidator(as_list, json_schema_input_type=list[kind] | kind | None)


def _whole_in(least: int, most: int) -> WithJsonSchema:
    return WithJsonSchema({"type": "integer", "minimum": least, "maximum": most})


Word = Annotated[str, Field(min_length=1, max_length=200)]
OneAddress = Annotated[Address, PlainValidator(address), WithJsonSchema(ADDRESS)]
RouterId = Annotated[Address, PlainValidator(router_id), WithJsonSchema(ADDRESS)]
Instant = Annotated[
    int,
    PlainValidator(instant),
    WithJsonSchema({"type": "string", "format": "date-time"}),
    Shown(instant_text),
]
Byte = Annotated[int, PlainValidator(whole(0, 255)), _whole_in(0, 255)]
Distance = Annotated[int, PlainValidator(whole(0, 255)), _whole_in(0, 255)]
Tag = Annotated[int, PlainValidator(whole(0, 2**32 - 1)), _whole_in(0, 2**32 - 1)]
RipTag = Annotated[int, PlainValidator(whole(0, 2**16 - 1)), _whole_in(0, 2**16 - 1)]
RipMetric = Annotated[int, PlainValidator(whole(1, 15)), _whole_in(1, 15)]
Offset = Annotated[int, PlainValidator(whole(0, 16)), _whole_in(0, 16)]
Weight = Annotated[int, PlainValidator(whole(1, 256)), _whole_in(1, 256)]
Count = Annotated[int, PlainValidator(whole(0, 2**31 - 1)), _whole_in(0, 2**31 - 1)]
Several = Annotated[int, PlainValidator(whole(1, 2**31 - 1)), _whole_in(1, 2**31 - 1)]
KernelProtocol = Annotated[int, PlainValidator(whole(1, 255)), _whole_in(1, 255)]
KernelTable = Annotated[int, PlainValidator(whole(1, 2**32 - 1)), _whole_in(1, 2**32 - 1)]
KernelMetric = Annotated[int, PlainValidator(whole(0, 2**32 - 1)), _whole_in(0, 2**32 - 1)]

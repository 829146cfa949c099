"""What a policy changed in a route: every field that is not as it was, before and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fingerpost.rib.plain import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.rib.route import RibRoute

_FIELDS: Final = ("distance", "metric", "tag", "kind", "next_hops", "learned_from")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field; an attribute of the protocol's own counts as a field by its name."""

    field: str
    before: object
    after: object

    def as_dict(self) -> dict[str, object]:
        """As plain data, for JSON."""
        return {"field": self.field, "before": plain(self.before), "after": plain(self.after)}

    def __str__(self) -> str:
        """As `why` prints it."""
        return f"{self.field.replace('_', ' ')} {shown(self.before)} -> {shown(self.after)}"


def differences(before: RibRoute, after: RibRoute) -> tuple[FieldChange, ...]:
    """The fields in which two routes of one prefix and source differ, in a stable order."""
    return tuple(_differences(before, after))


def _differences(before: RibRoute, after: RibRoute) -> Iterator[FieldChange]:
    for name in _FIELDS:
        one, other = getattr(before, name), getattr(after, name)
        if one != other:
            yield FieldChange(name, one, other)
    one, other = before.attributes or {}, after.attributes or {}
    for name in dict.fromkeys((*one, *other)):
        if one.get(name) != other.get(name):
            yield FieldChange(name, one.get(name), other.get(name))


def shown(value: object) -> str:
    """A value for people: several with commas between, nothing as a dash."""
    if value is None or value in ((), []):
        return "-"
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value))
    return str(getattr(value, "value", value))

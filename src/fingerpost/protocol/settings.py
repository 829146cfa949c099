"""What the settings of protocols may have in common; each instance has a type of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar, runtime_checkable

Settings = TypeVar("Settings")


@runtime_checkable
class Patient(Protocol):
    """Settings as far as waiting goes; a protocol that changes no routes has none of it."""

    @property
    def silence_ns(self) -> int:
        """The longest that an instance keeps to itself what it knows."""
        ...

    @property
    def timeout_ns(self) -> int:
        """In which it gives up a silent neighbour, and has told so."""
        ...


@runtime_checkable
class Clocked(Protocol):
    """Settings of an instance that needs the time of day."""

    @property
    def epoch_ns(self) -> int:
        """What makes its instants nanoseconds since 1970."""
        ...


@dataclass(frozen=True, slots=True)
class Resumption:
    """The kernel still forwards by routes of a run before this one.

    `kept` is what the instance left for this one when its restart was planned; None where nobody
    planned the end.
    """

    kept: Mapping[str, object] | None = None


@runtime_checkable
class Resumable(Protocol):
    """Settings of an instance that neighbours may have waited for."""

    @property
    def resumption(self) -> Resumption | None:
        """What there was before; None for a start out of nothing."""
        ...


def with_resumption(settings: Settings, resumption: Resumption) -> Settings:
    """The settings with what there was before, if they have a place for it."""
    if not isinstance(settings, Resumable):
        return settings
    resumable: Any = settings
    told: Settings = replace(resumable, resumption=resumption)
    return told


def with_clock(settings: Settings, epoch_ns: int) -> Settings:
    """The settings with the time of day, if they have a place for it."""
    if not isinstance(settings, Clocked):
        return settings
    clocked: Any = settings
    told: Settings = replace(clocked, epoch_ns=epoch_ns)
    return told

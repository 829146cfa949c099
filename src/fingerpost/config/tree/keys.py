"""Key chains: keys with their lifetimes, for every protocol that signs what it says."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, PlainValidator, model_validator

from fingerpost.config.costs import Changing, Cost
from fingerpost.config.fields import enumerated, one_of
from fingerpost.config.tree.base import Entry, Instant, Tag, or_nothing, or_one
from fingerpost.config.tree.secrets import OneSecret
from fingerpost.protocol.keys import Algorithm

_KEYS = Changing(Cost.NONE, "whoever signs by key chain {1}")
AlgorithmWord = Annotated[Algorithm, PlainValidator(one_of(Algorithm)), enumerated(Algorithm)]


class LifetimeEntry(Entry):
    """When a key is used, by the clock of the machine; a side that is left out has no end."""

    from_: Annotated[Instant | None, _KEYS] = None
    until: Annotated[Instant | None, _KEYS] = None

    @model_validator(mode="after")
    def _rises(self) -> LifetimeEntry:
        if self.from_ is not None and self.until is not None and self.from_ >= self.until:
            raise ValueError("it ends before it begins; exchange from and until")
        return self


OneLifetime = Annotated[LifetimeEntry, or_nothing(LifetimeEntry)]


class TimedEntry(Entry):
    """What is used for a while."""

    send: Annotated[OneLifetime, _KEYS] = LifetimeEntry()
    accept: Annotated[OneLifetime | None, _KEYS] = Field(
        default=None, description="Left out: as for send."
    )

    @property
    def accepts(self) -> LifetimeEntry:
        """When it is accepted."""
        return self.send if self.accept is None else self.accept


class KeyEntry(TimedEntry):
    """One key."""

    id: Annotated[Tag, _KEYS]
    secret: Annotated[OneSecret, _KEYS]
    algorithm: Annotated[AlgorithmWord, _KEYS] = Algorithm.HMAC_SHA_256


class PasswordEntry(TimedEntry):
    """One password, in the clear."""

    password: Annotated[OneSecret, _KEYS]


class KeyChainEntry(Entry):
    """Keys of which one signs and all sign for others, each in its time."""

    keys: Annotated[list[KeyEntry | None], or_one(KeyEntry | None), Field(min_length=1), _KEYS]
    counts_mark: Annotated[bool, _KEYS] = Field(
        default=False,
        description="The length of the digest counts the trailer's first 4 bytes, as FRR's does "
        "by default.",
    )
    forgives_restart: Annotated[bool, _KEYS] = Field(
        default=False,
        description="A router that was silent for the timeout may count anew; FRR 9 does.",
    )

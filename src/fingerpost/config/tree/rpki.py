"""What an operator says about the RPKI: caches, files, local exceptions."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from fingerpost.config.costs import Changing, Cost
from fingerpost.config.fields import Duration
from fingerpost.config.tree.base import Count, Entry, OneAddress, or_nothing, or_one
from fingerpost.config.tree.bgp_neighbor import Port
from fingerpost.rpki.constants import PORT

_VALIDITY = Changing(Cost.REFEED, "what rests on the VRPs that change")


class CacheEntry(Entry):
    """A cache that tells by the RPKI to Router protocol (RFC 8210), over TCP."""

    port: Annotated[Port, _VALIDITY] = PORT
    preference: Annotated[Count, _VALIDITY] = Field(
        default=100,
        description="Of those that have data the ones of the lowest number count, together.",
    )
    refresh: Annotated[Duration | None, _VALIDITY] = Field(
        default=None, description="Left out: as it says."
    )
    retry: Annotated[Duration | None, _VALIDITY] = Field(
        default=None, description="Left out: as it says."
    )
    expire: Annotated[Duration | None, _VALIDITY] = Field(
        default=None, description="Left out: as it says."
    )


class RpkiEntry(Entry):
    """Who may originate what (RFC 6811), and who provides for whom (ASPA)."""

    caches: Annotated[
        dict[OneAddress, Annotated[CacheEntry, or_nothing(CacheEntry)]],
        or_nothing(dict[str, CacheEntry | None]),
        _VALIDITY,
    ] = Field(default_factory=dict, description="By address.")
    vrp_files: Annotated[list[str], or_one(str), _VALIDITY] = Field(
        default_factory=list,
        description="JSON as rpki-client writes it, by paths from this file's folder; "
        "read again when they are written anew.",
    )
    exceptions: Annotated[str | None, _VALIDITY] = Field(
        default=None, description="A SLURM file (RFC 8416)."
    )

"""What `KernelFib` says of its work: what was done, what the kernel refused and what to do then."""

from __future__ import annotations

import errno as numbers
import os
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from fingerpost.addr import Prefix

_ADVICE = {
    numbers.EEXIST: "a route of another protocol has this prefix and metric; "
    "remove it or give this router another metric",
    numbers.ENETUNREACH: "the gateway is not on a network of an interface that is up; "
    "it is tried again when an interface comes up",
    numbers.EHOSTUNREACH: "the gateway cannot be reached directly; "
    "it must be on a network of the interface",
    numbers.ENETDOWN: "the interface is down; it is tried again when it comes up",
    numbers.ENODEV: "the interface does not exist; it is tried again when it comes",
    numbers.EINVAL: "the kernel does not take these next hops, or the object that they are has "
    "gone with its link; it is tried again when an interface comes up",
    numbers.EPERM: "changing routes needs CAP_NET_ADMIN in this network namespace",
    numbers.ENOMEM: "the kernel has no memory for more routes",
    numbers.ENOBUFS: "the kernel has no memory for more routes",
    numbers.ENOSPC: "the kernel's limit of routes is reached (net.ipv6.route.max_size)",
    numbers.EOPNOTSUPP: "the kernel was built without what this route needs",
}


@dataclass(frozen=True, slots=True)
class Done:
    """What one `sync` did, in routes.

    `gone` were to be removed and had been removed by somebody else. `refused` were not carried out,
    `surprises` of them because something is there or is not that was thought otherwise. `lost`: the
    kernel's answer did not arrive, so the table was read again. `flushed` went with their nexthop
    object.
    """

    added: int = 0
    replaced: int = 0
    deleted: int = 0
    gone: int = 0
    refused: int = 0
    surprises: int = 0
    lost: int = 0
    flushed: int = 0

    def __add__(self, other: Self) -> Done:
        """Both together."""
        return Done(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def __bool__(self) -> bool:
        """Whether anything was done or tried."""
        return any(getattr(self, f.name) for f in fields(self))


@dataclass(frozen=True, slots=True)
class Found:
    """What a comparison with the kernel found, in routes that carry our protocol number.

    `kept` are as they were known, `missing` were known and are not there, `changed` lead another
    way, `strange` were not known. `strays` have another metric or tos than ours. `mended` counts
    nexthop objects that were made anew.
    """

    kept: int = 0
    missing: int = 0
    changed: int = 0
    strange: int = 0
    strays: int = 0
    mended: int = 0

    @property
    def routes(self) -> int:
        """How many there are with our metric, whatever was known of them."""
        return self.kept + self.changed + self.strange

    @property
    def is_drift(self) -> bool:
        """Whether anything was otherwise than it was known."""
        return bool(self.missing or self.changed or self.strange or self.strays or self.mended)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A change that the kernel did not carry out; it stays wanted.

    `way` is what was wanted ("none": no route), `words` are the kernel's own.
    """

    prefix: Prefix
    way: str
    errno: int
    words: str = ""

    @property
    def advice(self) -> str:
        """What would be right."""
        return _ADVICE.get(self.errno, os.strerror(self.errno))

    def __str__(self) -> str:
        """Prefix, way, errno, the kernel's words, and what would be right."""
        name = numbers.errorcode.get(self.errno, f"errno {self.errno}")
        words = f" ({self.words})" if self.words else ""
        return f"{self.prefix} {self.way}: {name}{words}: {self.advice}"


@dataclass(frozen=True, slots=True)
class KernelWhy:
    """What is wanted for a prefix, what the kernel has as far as known, and why they differ.

    `is_spared`: left by an earlier run, and nobody has said yet whether it is wanted.
    """

    prefix: Prefix
    want: str | None
    held: str | None
    is_spared: bool = False
    refusal: Refusal | None = None

    @property
    def is_installed(self) -> bool:
        """Whether the kernel has what is wanted."""
        return self.want is not None and self.want == self.held

    def __str__(self) -> str:
        """One sentence."""
        if self.refusal is not None:
            return str(self.refusal)
        if self.is_spared:
            return f"{self.prefix} {self.held}: left by an earlier run, not claimed yet"
        if self.want is None:
            left = "nothing wanted" if self.held is None else f"to be removed: {self.held}"
            return f"{self.prefix}: {left}"
        if self.is_installed:
            return f"{self.prefix} {self.want}: in the kernel"
        return f"{self.prefix} {self.want}: not in the kernel yet, which has {self.held or 'none'}"

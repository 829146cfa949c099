"""From what a file says about the RPKI to caches, and files that are read."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, TypeVar

from fingerpost.bgp.config import RpkiServer, VrpFile
from fingerpost.errors import UsageError
from fingerpost.rpki.files import Exceptions, Payloads, exceptions, payloads

if TYPE_CHECKING:
    from collections.abc import Callable

    from fingerpost.config.build import Workshop
    from fingerpost.config.faults import Path
    from fingerpost.config.tree.rpki import RpkiEntry

T = TypeVar("T")


def caches(entry: RpkiEntry) -> tuple[RpkiServer, ...]:
    """The caches that are asked."""
    return tuple(
        RpkiServer(
            str(address), address, one.port, one.refresh, one.retry, one.expire, one.preference
        )
        for address, one in entry.caches.items()
    )


def vrp_files(shop: Workshop, entry: RpkiEntry, path: Path) -> tuple[VrpFile, ...]:
    """The files with what they say; what cannot be read is noted as a fault."""
    found = []
    for at, name in enumerate(entry.vrp_files):
        place = shop.file.folder / name
        nothing = VrpFile(name, Payloads(), str(place))
        found.append(
            _made(shop, place, (*path, "vrp_files", at), partial(read_vrp_file, nothing), nothing)
        )
    return tuple(found)


def read_vrp_file(file: VrpFile, now_s: float | None = None) -> VrpFile:
    """The same file as it is now, by default at the time of day.

    Raises `UsageError` where it cannot be read, `LoadError` that names what is wrong in it.
    """
    place = FilePath(file.place)
    mark = mark_of(place)
    now_s = time.time() if now_s is None else now_s
    found = payloads(_octets(place), file.place, now_s=now_s)
    return replace(file, payloads=found, mark=mark)


def mark_of(place: FilePath) -> object:
    """What is another where a file was written anew; None where there is none."""
    try:
        known = place.stat()
    except (OSError, ValueError):
        return None
    return known.st_mtime_ns, known.st_size, known.st_ino


def local_exceptions(shop: Workshop, entry: RpkiEntry, path: Path) -> Exceptions | None:
    """Those of the SLURM file."""
    if entry.exceptions is None:
        return None
    place = shop.file.folder / entry.exceptions

    def read() -> Exceptions:
        return exceptions(_octets(place), str(place))

    return _made(shop, place, (*path, "exceptions"), read, Exceptions())


def _octets(place: FilePath) -> bytes:
    try:
        return place.read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise UsageError(f"{place} cannot be read: {reason}") from None


def _made(shop: Workshop, place: FilePath, path: Path, read: Callable[[], T], nothing: T) -> T:
    if shop.placeholder is not None and not place.exists():
        return nothing  # nobody is going to run by it here
    return shop.made(path, read) or nothing

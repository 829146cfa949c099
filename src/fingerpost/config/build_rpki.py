"""From what a file says about the RPKI to caches, and files that are read."""

from __future__ import annotations

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
        read = _read(shop, name, (*path, "vrp_files", at), payloads, Payloads())
        found.append(VrpFile(name, read))
    return tuple(found)


def local_exceptions(shop: Workshop, entry: RpkiEntry, path: Path) -> Exceptions | None:
    """Those of the SLURM file."""
    if entry.exceptions is None:
        return None
    return _read(shop, entry.exceptions, (*path, "exceptions"), exceptions, Exceptions())


def _read(shop: Workshop, name: str, path: Path, parse: Callable[[bytes, str], T], nothing: T) -> T:
    place = shop.file.folder / name

    def read() -> T:
        try:
            octets = place.read_bytes()
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise UsageError(f"{place} cannot be read: {reason}") from None
        return parse(octets, str(place))

    if shop.placeholder is not None and not place.exists():
        return nothing  # nobody is going to run by it here
    return shop.made(path, read) or nothing

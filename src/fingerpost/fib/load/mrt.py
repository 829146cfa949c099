"""RIB dumps of route collectors and routers: MRT (RFC 6396), with add-path (RFC 8050).

Read: TABLE_DUMP, and of TABLE_DUMP_V2 the unicast RIBs with and without add-path. Multicast and
RIB_GENERIC records are counted in `skipped`. The value of a prefix is an `MrtRoute`, the
announcement of one peer, or the attributes of it that `value` names (`origin_as`, `as_path`, ...).

Which peer's announcement stands for a prefix: the origin AS that most peers announce decides, the
first in the file of equals, and the first entry with that origin is the value; so one peer with a
leaked route does not decide. `peer=` (an address, or an AS number as int) takes that peer alone.

Records that do not decode are reported with offset, field, what stands there, and RFC section;
reading goes on behind them. A record of more than 16 MB is reported and skipped unread.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from fingerpost._core import Address, MrtEntries, MrtRoute, MrtTable
from fingerpost.errors import DecodeError, LoadError
from fingerpost.fib.load.loaded import Limits, Loaded
from fingerpost.fib.load.source import open_source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fingerpost._core import Prefix
    from fingerpost.fib.load.loaded import BadLines
    from fingerpost.fib.load.source import Source, TableFile

__all__ = ["MrtRoute", "mrt_entries", "read_mrt"]

ATTRIBUTES = tuple(name for name in vars(MrtRoute) if name[0] != "_" and name != "as_dict")


def read_mrt(
    source: Source,
    bad: BadLines,
    value: str | Sequence[str] | None,
    peer: Address | int | None,
) -> Loaded:
    """Read the whole source as a RIB dump.

    Raises LoadError where it is a file of updates, or where `peer` is not in it.
    """
    by_number = peer if isinstance(peer, int) else None
    table = MrtTable(None if isinstance(peer, int) else peer, by_number)
    for chunk in source.chunks():
        table.feed(chunk)
        source.check_memory(table.memory)
        if bad.strict and table.bad_total:
            break
    table.end()
    for offset, found, reason in table.bad:
        bad.at_offset(offset, found, reason, wire=True)
    bad.count(table.bad_total)
    skipped = dict(table.skipped)
    entries, lost = table.entries
    if not entries:
        _explain_nothing(source, skipped, table.peers, peer)
    prefixes, values = table.columns(_picker(source.name, value))
    return Loaded(prefixes, values, "mrt", duplicates=lost, skipped=skipped)


def _picker(file: str, value: str | Sequence[str] | None) -> Callable[[MrtRoute], object] | None:
    if value is None:
        return None
    names = [value] if isinstance(value, str) else list(value)
    missing = [name for name in names if name not in ATTRIBUTES]
    if missing or not names:
        raise LoadError(
            f"{file}: no attribute {', '.join(map(repr, missing))}; "
            f"there are {', '.join(ATTRIBUTES)}"
        )
    if isinstance(value, str):
        return attrgetter(value)
    return lambda route: tuple(getattr(route, name) for name in names)


def _explain_nothing(
    source: Source,
    skipped: dict[str, int],
    peers: list[tuple[Address, int]],
    peer: Address | int | None,
) -> None:
    """Raise LoadError where a reason is known why the file holds no route."""
    if peer is not None and peers:
        shown = ", ".join(f"{address} (AS{asn})" for address, asn in peers[:20])
        raise LoadError(f"{source.name}: no routes of peer {peer}; the file has {shown}")
    if messages := skipped.get("BGP4MP"):
        raise LoadError(
            f"{source.name} holds {messages} BGP4MP records (messages between BGP speakers or "
            f"state changes, RFC 6396 4.4) and no table; load a RIB dump instead: collectors name "
            f"them bview.* or rib.*, OpenBGPD writes them with `dump table-v2`"
        )


def mrt_entries(file: TableFile, limits: Limits | None = None) -> Iterator[tuple[Prefix, MrtRoute]]:
    """Give every entry of a RIB dump, of all peers, in file order, in constant memory.

    Raises DecodeError at the first record or entry that does not decode, LoadError where the file
    cannot be opened, is damaged or exceeds `limits`.
    """
    reader = MrtEntries()
    with open_source(file, limits or Limits(), None) as source:
        for chunk in source.chunks():
            for found in reader.feed(chunk):
                if isinstance(found, str):
                    raise DecodeError(f"{source.name}, {found}")
                yield found
        if cut := reader.end():
            raise DecodeError(f"{source.name}, {cut}")

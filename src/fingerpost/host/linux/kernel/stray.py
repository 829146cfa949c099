"""Routes of ours with another metric or tos than we give: left by a run with other settings."""

from __future__ import annotations

import struct
from errno import ESRCH
from typing import TYPE_CHECKING

from fingerpost.host.linux.kernel.attributes import FAMILIES, attribute, u32

if TYPE_CHECKING:
    from fingerpost._core import PrefixColumn, RouteSocket
    from fingerpost.host.linux.kernel.attributes import Tail

_DELETE = 25  # RTM_DELROUTE
_DST, _PRIORITY, _TABLE = 1, 6, 15  # RTA_*
_NOWHERE = 255  # RT_SCOPE_NOWHERE: any scope
_UNNAMED = 252  # RT_TABLE_COMPAT: the attribute says which
_HEAD = struct.Struct("=8BI")


def remove(
    socket: RouteSocket, protocol: int, table: int, tail: Tail, prefixes: PrefixColumn
) -> int:
    """Remove these routes, one request each; gives how many went."""
    short = table if table < 256 else _UNNAMED
    count = 0
    for prefix in prefixes:
        family = FAMILIES[prefix.version]
        body = _HEAD.pack(family, prefix.length, 0, tail.tos, short, protocol, _NOWHERE, 0, 0)
        body += attribute(_DST, prefix.network.packed)
        body += u32(_PRIORITY, tail.metric) + u32(_TABLE, table)
        errno, _ = socket.request(_DELETE, 0, body)
        count += errno in (0, ESRCH)
    return count

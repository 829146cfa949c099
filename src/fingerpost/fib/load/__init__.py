"""Table files of every kind, read into two native columns.

The life of a file: `source` opens it, sees through gzip, bzip2 and xz by magic bytes, and counts
bytes against a limit; `detect` tells the format from the first 64 KB; one reader a format takes
the stream apart; `Loaded` is what comes out, with the list of what was not a route.

| format | what | module |
|---|---|---|
| `text` | lines `prefix [value]`, also pyasn's `.dat` | text |
| `csv` | a header with a prefix column, or with first and last address | csv_table |
| `ip-route` | `ip route`, `ip -6 route`, with or without `-j` | ip_route |
| `frr` | FRR's `show ip route json`, `show ipv6 route json` | frr |
| `mrt` | RIB dumps of RFC 6396 and RFC 8050 | mrt |
"""

from __future__ import annotations

from fingerpost.fib.load.detect import FORMATS
from fingerpost.fib.load.loaded import BadLine, Limits, Loaded
from fingerpost.fib.load.mrt import MrtRoute, mrt_entries
from fingerpost.fib.load.read import load_kernel_routes, load_routes
from fingerpost.fib.load.route import NextHop, RouteEntry

__all__ = [
    "FORMATS",
    "BadLine",
    "Limits",
    "Loaded",
    "MrtRoute",
    "NextHop",
    "RouteEntry",
    "load_kernel_routes",
    "load_routes",
    "mrt_entries",
]

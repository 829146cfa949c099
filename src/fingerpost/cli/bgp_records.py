"""What `show bgp bmp` prints: who watches by BMP, and what is written of MRT."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.cli.bgp_tables import size
from fingerpost.cli.columns import age, aligned
from fingerpost.forwarding.durations import SECOND

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.cli.output import Model

_STATIONS = (
    *("station", "address", "state", "since", "sessions", "messages", "told", "unsent"),
    *("waiting", "dropped"),
)
_NUMBERS = _STATIONS[4:]


def records(model: Model) -> str:
    """A line for each station, why some are not there, and the files."""
    now, stations, mrt = model["now"], model["bmp"], model["mrt"]
    lines = [aligned(_STATIONS, [_station(one, now) for one in stations], _NUMBERS)]
    if not stations:
        lines = ["no station: bgp: {bmp: ...} names some"]
    lines += [text for one in stations for text in _beside(one, now)]
    return "\n".join(lines + ([] if mrt is None else list(_files(mrt, now))))


def _station(one: Model, now: int) -> tuple[str, ...]:
    since = one["connected_at"]
    return (
        one["name"],
        f"{one['address']} port {one['port']}",
        one["state"],
        "" if since is None else age((now - since) // SECOND),
        *(f"{one[name]:,}" for name in ("sessions", "messages")),
        *(size(one[name]) for name in ("octets", "unsent")),
        *(f"{one[name]:,}" for name in ("waiting", "dropped")),
    )


def _beside(one: Model, now: int) -> Iterator[str]:
    if one["tables"]:
        yield f"{one['name']}: {one['tables']} tables are still to be told"
    if one["reason"]:
        again = "" if one["connect_at"] is None else f"; again in {_until(one['connect_at'], now)}"
        yield f"{one['name']}: {one['reason']}{again}"


def _files(mrt: Model, now: int) -> Iterator[str]:
    if mrt["table"] is not None:
        path = mrt["table_path"]
        what = f"next in {_until(mrt['table_at'], now)}" if path is None else f"writing {path}"
        yield f"tables to {mrt['table']}: {mrt['tables']:,} written, {what}"
    if mrt["updates"] is not None:
        yield (
            f"updates to {mrt['updates_path']}: another file in {_until(mrt['rotate_at'], now)}, "
            f"{mrt['lost']:,} gaps"
        )


def _until(instant: int, now: int) -> str:
    return age(max(0, instant - now) // SECOND)

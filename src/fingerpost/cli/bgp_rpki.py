"""What `show bgp rpki` prints: caches, files, counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.cli.bgp_tables import size
from fingerpost.cli.columns import age, aligned
from fingerpost.forwarding.durations import SECOND

if TYPE_CHECKING:
    from fingerpost.cli.output import Model

_CACHES = (
    *("cache", "preference", "state", "used", "version", "session", "serial"),
    *("VRPs", "ASPAs", "updated", "expires"),
)
_NUMBERS = (_CACHES[1], *_CACHES[4:])


def caches(model: Model) -> str:
    """Each cache with its state, then files, then what came of all of them."""
    rpki, now = model["rpki"], model["now"]
    if rpki is None:
        return "nobody is asked: give it caches or files by bgp: {rpki: ...}"
    rows = [_cache(one, now) for one in rpki["caches"]]
    lines = [aligned(_CACHES, rows, _NUMBERS)] if rows else []
    lines += [
        f"{one['name']}: {one['last_error']} ({age((now - one['last_error_at']) // SECOND)} ago, "
        f"{one['errors']} in all)"
        for one in rpki["caches"]
        if one["last_error"] is not None
    ]
    lines += [
        f"file {one['path']}: {one['vrps']:,} VRPs, {one['aspas']:,} ASPAs"
        + (f", {one['expired']:,} entries have expired" if one["expired"] else "")
        for one in rpki["files"]
    ]
    lines.append(
        f"in use: {rpki['vrps_ipv4']:,} VRPs of IPv4, {rpki['vrps_ipv6']:,} of IPv6, "
        f"{rpki['aspas']:,} ASPAs; {size(rpki['memory'])}"
    )
    return "\n".join(lines)


def _cache(one: Model, now: int) -> tuple[str, ...]:
    def number(value: int | None) -> str:
        return "" if value is None else str(value)

    updated, expires = one["updated_at"], one["expires_at"]
    return (
        f"{one['address']}:{one['port']}",
        str(one["preference"]),
        one["state"],
        "yes" if one["is_used"] else "no",
        number(one["protocol_version"]),
        number(one["session"]),
        number(one["serial"]),
        f"{one['vrps_ipv4'] + one['vrps_ipv6']:,}",
        f"{one['aspas']:,}",
        "never" if updated is None else age((now - updated) // SECOND),
        "" if expires is None else age(max(0, expires - now) // SECOND),
    )

"""What `show rip` prints, as tables of text: columns and rows, without I/O.

Each function takes the model of `Rip.snapshot()`, here or from another process, so a table can be
made wherever that JSON is. Ages are at the model's own instant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from fingerpost.forwarding.durations import SECOND

Model: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and the cells of each row, as text; `right` are the columns that hold numbers."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: frozenset[str] = frozenset()

    def __str__(self) -> str:
        """With the columns aligned, and no blanks at the ends of lines."""
        widths = [max(map(len, cells)) for cells in zip(self.columns, *self.rows, strict=True)]
        return "\n".join(self._line(row, widths) for row in (self.columns, *self.rows))

    def _line(self, row: Sequence[str], widths: Sequence[int]) -> str:
        cells = [
            cell.rjust(width) if column in self.right else cell.ljust(width)
            for cell, width, column in zip(row, widths, self.columns, strict=True)
        ]
        return "  ".join(cells).rstrip()


def routes(model: Model) -> Table:
    """Each prefix with where it leads and who says so; one line a router that shares it.

    `time` is what is left until the route times out, or until what is lost is forgotten.
    """
    columns = ("network", "next hop", "metric", "from", "interface", "tag", "state", "time")
    rows = [row for route in model["routes"] for row in _route_rows(route, model["now"])]
    return Table(columns, tuple(rows), frozenset({"metric", "tag", "time"}))


def _route_rows(route: Model, now: int) -> list[tuple[str, ...]]:
    def row(hop: str, source: str, interface: str, due: int | None) -> tuple[str, ...]:
        is_lost = route["state"] == "deleted"
        state = route["origin"] if route["state"] == "ours" else route["state"]
        left = route["due"] if is_lost else due
        time = "" if left is None else clock(left - now)
        return (
            route["prefix"], hop, str(route["metric"]), source, interface, str(route["tag"]),
            state, time,
        )  # fmt: skip

    if route["state"] == "ours" or not route["paths"]:
        return [row(", ".join(route["next_hops"]), "self", "", None)]
    return [
        row(path["gateway"], path["neighbor"], path["interface"], path["due"])
        for path in route["paths"]
    ]


def neighbors(model: Model) -> Table:
    """Who was heard, what it said, when it spoke last, and whether BFD reaches it."""
    columns = (
        "neighbor", "interface", "version", "updates", "entries", "bad packets", "bad routes",
        "up", "last update", "bfd",
    )  # fmt: skip
    now = model["now"]
    rows = [
        (
            one["address"],
            one["interface"],
            str(one["version"]),
            str(one["responses"]),
            str(one["entries"]),
            str(one["bad_messages"]),
            str(one["bad_entries"]),
            clock(now - one["since"]),
            clock(now - one["heard"]),
            {True: "up", False: "down", None: ""}[one["bfd"]],
        )
        for one in model["neighbors"]
    ]
    return Table(columns, tuple(rows), frozenset(columns[2:-1]))


def interfaces(model: Model) -> Table:
    """What is sent and accepted on each interface, and what was not taken."""
    columns = (
        "interface", "state", "cost", "send", "recv", "split horizon", "authentication",
        "next update", "in", "out", "faults",
    )  # fmt: skip
    rows = [_interface_row(one, model["now"]) for one in model["interfaces"]]
    return Table(columns, tuple(rows), frozenset({"cost", "next update", "in", "out", "faults"}))


def _interface_row(one: Model, now: int) -> tuple[str, ...]:
    state = "up" if one["up"] else "down"
    silent = "announced" if one["announce_only"] else "loopback"
    state = silent if one["up"] and one["loopback"] else state
    state = "passive" if one["up"] and one["passive"] else state
    counters = one["counters"]
    heard = counters["responses_in"] + counters["requests_in"]
    due = one["next_update"]
    return (
        one["name"], state, str(one["cost"]), one["sending"],
        " ".join(map(str, one["accepting"])) or "none", one["split_horizon"],
        _authentication(one["authentication"]), "" if due is None else clock(due - now),
        str(heard), str(counters["datagrams_out"]), str(sum(counters["faults"].values())),
    )  # fmt: skip


def _authentication(model: Model | None) -> str:
    if model is None:
        return ""
    key = "" if model["key"] is None else f" key {model['key']}"
    return f"{model['kind']}{key}{' (expired)' if model['expired'] else ''}"


def faults(model: Model) -> Table:
    """What was not taken and why, by interface."""
    rows = [
        (one["name"], reason, str(count))
        for one in model["interfaces"]
        for reason, count in one["counters"]["faults"].items()
    ]
    rows += [("", reason, str(count)) for reason, count in model["faults"].items()]
    return Table(("interface", "reason", "count"), tuple(rows), frozenset({"count"}))


def status(model: Model) -> Table:
    """What is configured for the instance as a whole."""
    timers = model["timers"]
    jitter = timers["jitter_ns"] / SECOND
    redistributed = [_redistribution(one) for one in model["redistributes"]]
    default = model["default_metric"]
    counts = model["counts"]
    rows = [
        ("protocol", model["protocol"] + (" (stopped)" if model["stopped"] else "")),
        ("update", f"{seconds(timers['update_ns'])}, +/- {jitter:g} s"),
        ("timeout", seconds(timers["timeout_ns"])),
        ("garbage", seconds(timers["garbage_ns"])),
        ("distance", str(model["distance"])),
        ("maximum paths", str(model["maximum_paths"])),
        ("default route", "no" if default is None else f"metric {default}"),
        ("redistributes", ", ".join(redistributed) or "nothing"),
        ("routes", f"{counts['reached']} of {counts['routes']} can be reached"),
        ("neighbors", str(len(model["neighbors"]))),
    ]
    return Table(("what", "value"), tuple(rows))


def _redistribution(one: Model) -> str:
    metric = "" if one["metric"] is None else f" metric {one['metric']}"
    tag = "" if one["tag"] is None else f" tag {one['tag']}"
    return f"{one['source']}{metric}{tag}"


def clock(duration_ns: int) -> str:
    """A duration as operators read it: 00:02:59, or 3d04h when it is days; none is negative."""
    whole = max(0, duration_ns) // SECOND
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    if hours >= 24:
        return f"{hours // 24}d{hours % 24:02}h"
    return f"{hours:02}:{minute:02}:{second:02}"


def seconds(duration_ns: int) -> str:
    """A duration in seconds."""
    return f"{duration_ns / SECOND:g} s"

"""The tables of the makes, asked in the language of each, in the form of `told`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from interop.bgp.told import Told
from netns import Namespace

Row = dict[str, Any]
Found = Iterator[tuple[str, Told]]
_PAIR = re.compile(r"\(([^)]*)\)")
PEERS_OF_FRR = ("external", "internal", "confed-external", "confed-internal")
_ORIGINS = {"i": "IGP", "e": "EGP", "?": "INCOMPLETE"}


def bird(space: Namespace, folder: Path, family: int) -> Found:
    """What came from us by BIRD."""
    text = space.run(
        *("birdc", "-s", str(folder / "ctl"), "-r"),
        *("show", "route", "table", f"master{family}", "protocol", "fingerpost", "all"),
    )
    prefix, row = "", dict[str, str]()
    for line in [*text.splitlines(), "end/ "]:
        if line.startswith("\t"):
            name, _, value = line.strip().partition(": ")
            if name.startswith("BGP."):
                row[name[4:]] = value
            continue
        word = line.split(" ")[0]
        if "[fingerpost" not in line and "/" not in word:
            continue
        if row:  # another path, to the same prefix if the line does not say one
            yield prefix, _of_bird(row)
        prefix, row = word or prefix, {}


def _of_bird(row: dict[str, str]) -> Told:
    def listed(name: str) -> tuple[str, ...]:
        groups = _PAIR.findall(row.get(name, ""))
        return tuple(sorted(":".join(re.split(r"[,\s]+", one)) for one in groups))

    return Told(
        row.get("as_path", ""),
        row["origin"].upper(),
        row["next_hop"].split(" ")[0],
        int(row.get("med", 0)),
        listed("community"),
        listed("large_community"),
        listed("ext_community"),
    )


def frr(space: Namespace, folder: Path, family: int) -> Found:
    """What came from us by FRR."""
    model = vtysh(space, folder, f"show bgp ipv{family} unicast json detail")
    for prefix, rows in json.loads(model)["routes"].items():
        for row in rows:
            if row.get("peer", {}).get("type") in PEERS_OF_FRR:
                yield prefix, _of_frr(row)


def vtysh(space: Namespace, folder: Path, *lines: str, daemon: str = "bgpd") -> str:
    """What FRR says to lines of an operator."""
    words = [word for line in lines for word in ("-c", line)]
    return space.run("vtysh", "--vty_socket", str(folder), "-d", daemon, *words)


def _of_frr(row: Row) -> Told:
    hops = [one["ip"] for one in row["nexthops"] if one.get("scope") != "link-local"]
    extended = row.get("extendedCommunity", {}).get("string", "")
    return Told(
        row["aspath"]["string"].removeprefix("Local"),
        row["origin"].upper(),
        (hops or [one["ip"] for one in row["nexthops"]])[0],
        row.get("metric", 0),
        _frr_list(row, "community"),
        _frr_list(row, "largeCommunity"),
        tuple(sorted(extended.lower().split())),
    )


def _frr_list(row: Row, name: str) -> tuple[str, ...]:
    named = {"noExport": "no-export", "gracefulShutdown": "graceful-shutdown"}
    return tuple(sorted(named.get(one, one) for one in row.get(name, {}).get("list", ())))


def gobgp(space: Namespace, _folder: Path, family: int) -> Found:
    """What came from us by GoBGP."""
    text = space.run("gobgp", "global", "rib", "-a", f"ipv{family}", "-j")
    for prefix, rows in (json.loads(text) or {}).items():
        for row in rows:
            if row.get("neighbor-ip") not in (None, "<nil>", "invalid IP"):
                yield prefix, _of_gobgp(row["attrs"])


def _of_gobgp(attributes: list[Row]) -> Told:
    of = {one["type"]: one for one in attributes}
    segments = of.get(2, {}).get("as_paths", [])
    hop = of[3]["nexthop"] if 3 in of else of[14]["nexthop"]
    return Told(
        " ".join(str(number) for one in segments for number in one["asns"]),
        ("IGP", "EGP", "INCOMPLETE")[of[1]["value"]],
        hop,
        of.get(4, {}).get("metric", 0),
        tuple(sorted(_two(one) for one in of.get(8, {}).get("communities", ()))),
        tuple(
            sorted(
                f"{one['ASN']}:{one['LocalData1']}:{one['LocalData2']}"
                for one in of.get(32, {}).get("value", ())
            )
        ),
        tuple(sorted(f"rt:{one['value']}" for one in of.get(16, {}).get("value", ()))),
    )


def _two(number: int) -> str:
    return f"{number >> 16}:{number & 0xFFFF}"


def openbgpd(space: Namespace, folder: Path, family: int) -> Found:
    """What came from us by OpenBGPD."""
    words = ("-s", str(folder / "ctl"), "-j", "show", "rib")
    text = space.run("bgpctl", *words, "inet" if family == 4 else "inet6", "detail")
    for row in json.loads(text).get("rib", []):
        if row["neighbor"].get("description") != "LOCAL":
            yield row["prefix"], _of_openbgpd(row)


def _of_openbgpd(row: Row) -> Told:
    named = {"NO_EXPORT": "no-export"}
    return Told(
        row["aspath"],
        row["origin"].upper(),
        row["exit_nexthop"],
        row["metric"],
        tuple(sorted(named.get(one, one) for one in row.get("communities", ()))),
        tuple(sorted(row.get("large_communities", ()))),
        tuple(sorted(one.replace(" ", ":") for one in row.get("extended_communities", ()))),
    )


def exabgp(_space: Namespace, folder: Path, family: int) -> Found:
    """What came from us by ExaBGP: what its helper heard."""
    found: dict[tuple[str, str], Told] = {}
    name = f"ipv{family} unicast"
    for update in _heard(folder):
        attributes = update.get("attribute", {})
        for hop, rows in update.get("announce", {}).get(name, {}).items():
            for row in rows:
                if "nlri" in row:
                    found[_key(row)] = _of_exabgp(attributes, hop)
        for row in update.get("withdraw", {}).get(name, ()):
            found.pop(_key(row), None)
    for (prefix, _), told in found.items():
        yield prefix, told


def _key(row: Row) -> tuple[str, str]:
    return row["nlri"], row.get("path-information", "")


def _heard(folder: Path) -> Iterator[Row]:
    path = folder / "heard"
    if not path.exists():
        return
    for line in path.read_text().split("\n")[:-1]:
        message = json.loads(line).get("neighbor", {}).get("message", {})
        if "update" in message:
            yield message["update"]


def _of_exabgp(attributes: Row, hop: str) -> Told:
    path = attributes.get("as-path", {})
    numbers = (
        [number for key in sorted(path) for number in path[key]["value"]]
        if isinstance(path, dict)
        else path
    )
    return Told(
        " ".join(map(str, numbers)),
        attributes["origin"].upper(),
        "link-local" if hop.startswith("fe80:") else hop,
        attributes.get("med", 0),
        tuple(sorted(":".join(map(str, one)) for one in attributes.get("community", ()))),
        tuple(sorted(":".join(map(str, one)) for one in attributes.get("large-community", ()))),
        tuple(
            sorted(
                one["string"].replace("target", "rt")
                for one in attributes.get("extended-community", ())
            )
        ),
    )


VIEWS: dict[str, Callable[[Namespace, Path, int], Found]] = {
    "bird": bird,
    "frr": frr,
    "gobgp": gobgp,
    "openbgpd": openbgpd,
    "exabgp": exabgp,
}

"""How each make sees an instance of OSPF: its neighbours, and who is Designated Router where."""

from __future__ import annotations

import json
import re
import subprocess
from typing import Any, NamedTuple

from fingerpost.api.client import Client
from interop.ospf.network import Site

_BIRD_ROLES = re.compile(
    r"^Interface (e\d+) .*?Designated router \(ID\): (\S+)"
    r".*?Backup designated router \(ID\): (\S+)",
    re.MULTILINE | re.DOTALL,
)


class Roles(NamedTuple):
    """Router ids of the Designated Router and the Backup; 0.0.0.0 for nobody."""

    designated: str
    backup: str


def model(site: Site, version: int) -> dict[str, Any]:
    """What one of ours tells of an instance."""
    wanted = "ospf" if version == 2 else "ospf3"
    asked = Client(str(site.folder / "api.sock"), timeout=10).get("/v1/ospf", instance=wanted)
    found: dict[str, Any] = asked["instances"][0]["status"]
    return found


def vtysh(site: Site, *commands: str) -> str:
    """What FRR answers."""
    words = [word for one in commands for word in ("-c", one)]
    return _said("vtysh", "--vty_socket", str(site.folder), *words)


def birdc(site: Site, *words: str) -> str:
    """What BIRD answers."""
    return _said("birdc", "-s", str(site.folder / "ctl"), *words)


def _said(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    return done.stdout


def roles(site: Site, version: int) -> dict[str, Roles]:
    """Who is what, by interface."""
    match site.make:
        case "frr":
            return _roles_of_frr(site, version)
        case "bird":
            said = birdc(site, "show", "ospf", "interface", f"ospf{version}")
            return {name: Roles(dr, backup) for name, dr, backup in _BIRD_ROLES.findall(said)}
    return {
        one["name"]: Roles(one["designated"] or "0.0.0.0", one["backup"] or "0.0.0.0")
        for one in model(site, version)["interfaces"]
    }


def _roles_of_frr(site: Site, version: int) -> dict[str, Roles]:
    name = "ip ospf" if version == 2 else "ipv6 ospf6"
    said = json.loads(vtysh(site, f"show {name} interface json") or "{}")
    held = said.get("interfaces", said)
    keys = ("drId", "bdrId") if version == 2 else ("dr", "bdr")
    return {
        one: Roles(*(str(values.get(key, "0.0.0.0")) for key in keys))
        for one, values in held.items()
    }


def full(site: Site, version: int) -> dict[str, list[str]]:
    """The router ids of full neighbours, by interface."""
    found: dict[str, list[str]] = {}
    for interface, router_id, state in _neighbors(site, version):
        if state.lower().startswith("full"):
            found.setdefault(interface, []).append(router_id)
    return {name: sorted(found[name]) for name in sorted(found)}


def _neighbors(site: Site, version: int) -> list[tuple[str, str, str]]:
    if site.make == "frr":
        return _neighbors_of_frr(site, version)
    if site.make == "bird":
        said = birdc(site, "show", "ospf", "neighbors", f"ospf{version}").splitlines()
        rows = [line.split() for line in said]
        return [(row[4], row[0], row[2]) for row in rows if len(row) == 6 and row[1].isdigit()]
    return [
        (one["interface"], one["router_id"] or "", one["state"])
        for one in model(site, version)["neighbors"]
    ]


def _neighbors_of_frr(site: Site, version: int) -> list[tuple[str, str, str]]:
    if version == 2:
        said = json.loads(vtysh(site, "show ip ospf neighbor json") or "{}")
        return [
            (one["ifaceName"].split(":")[0], router_id, one["nbrState"])
            for router_id, held in said.get("neighbors", said).items()
            for one in held
        ]
    said = json.loads(vtysh(site, "show ipv6 ospf6 neighbor json") or "{}")
    return [
        (one["interfaceName"], one["neighborId"], one["state"]) for one in said.get("neighbors", [])
    ]

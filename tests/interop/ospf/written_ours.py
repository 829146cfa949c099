"""A site of a plan in our own words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from interop.ospf.plan import DEAD_S, HELLO_S, Plan, Wire, external, router_id


def written(plan: Plan, site: int, folder: Path) -> str:
    """The whole of router.yaml."""
    tree: dict[str, Any] = {
        "router": {"name": f"s{site}", "id": router_id(site)},
        "api": {"socket": str(folder / "api.sock")},
        "rollback": {"directory": str(folder / "store")},
        "static": [f"{external(site, v)} blackhole" for v in (2, 3) if site in plan.externals],
    }
    for version in plan.versions:
        tree["ospf" if version == 2 else "ospf3"] = _instance(plan, site, version)
    if plan.signing is not None and plan.signing.algorithm != "password":
        algorithm = plan.signing.algorithm.replace("md5", "keyed-md5")
        key = {"id": 1, "secret": plan.signing.key, "algorithm": algorithm}
        tree["key-chains"] = {"K": {"keys": [key]}}
    tree.update(yaml.safe_load(plan.said(site, 0)) or {})
    return yaml.safe_dump(tree, sort_keys=False)


def _instance(plan: Plan, site: int, version: int) -> dict[str, Any]:
    interfaces: dict[str, Any] = {"lo": {"area": plan.home(site)}}
    for number, wire in plan.wires_of(site).items():
        interfaces[f"e{number}"] = _interface(plan, site, wire, version)
    found: dict[str, Any] = {"interfaces": interfaces, "areas": {}, "min-ls-interval": "200ms"}
    for area in plan.areas_of(site):
        said = plan.area(area)
        entry: dict[str, Any] = {"kind": said.kind}
        if not said.has_summaries:
            entry["summaries"] = False
        elif said.kind == "nssa" and len(plan.areas_of(site)) > 1:
            entry["default-route"] = True  # as ospfd does
        ranges = [one for one in said.ranges if (":" in one) is (version == 3)]
        if ranges:
            entry["ranges"] = ranges
        ends = [end for end, through in plan.virtual_ends(site) if through == area]
        if ends:
            times = (("hello", f"{HELLO_S}s"), ("dead", f"{DEAD_S}s"), ("retransmit", "2s"))
            entry["virtual-links"] = {end: dict(times) | _signing(plan, version) for end in ends}
        found["areas"][area] = entry
    if site in plan.externals:
        told = {"metric": 20, "metric-type": plan.externals[site], "tag": plan.tags.get(site, 0)}
        found["redistribute"] = {"static": told}
    found.update(yaml.safe_load(plan.said(site, version)) or {})
    return found


def _interface(plan: Plan, site: int, wire: Wire, version: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "area": wire.area,
        "hello": f"{HELLO_S}s",
        "dead": f"{DEAD_S}s",
        "cost": wire.costs.get(site, 10),
        "priority": wire.priorities.get(site, 1),
        "retransmit": "2s",
    }
    if wire.is_point_to_point:
        found["type"] = "point-to-point"
    found.update(yaml.safe_load(wire.said(site, version)) or {})
    return found | _signing(plan, version)


def _signing(plan: Plan, version: int) -> dict[str, Any]:
    if plan.signing is None:
        return {}
    if plan.signing.algorithm == "password":
        return {"authentication": {"password": plan.signing.key[:8]}} if version == 2 else {}
    if version == 2 or plan.signing.algorithm.startswith("hmac"):
        return {"authentication": {"key-chain": "K"}}
    return {}

"""A site of a plan in the words of FRR: ospfd.conf and ospf6d.conf."""

from __future__ import annotations

from interop.ospf.plan import DEAD_S, HELLO_S, Plan, Signing, Wire, router_id

_HEAD = "frr defaults traditional\nhostname s{site}\n"


def daemons(plan: Plan, site: int) -> dict[str, str]:
    """The configuration of each daemon."""
    found = {}
    if 2 in plan.versions:
        found["ospfd"] = _written(plan, site, 2)
    if 3 in plan.versions:
        found["ospf6d"] = _written(plan, site, 3)
    if plan.said(site, 0):
        found["bfdd"] = plan.said(site, 0)
    return found


def _written(plan: Plan, site: int, version: int) -> str:
    ip = "ip ospf" if version == 2 else "ipv6 ospf6"
    lines = [_HEAD.format(site=site)]
    lines += ["interface lo", f" {ip} area 0.0.0.{plan.home(site)}", "exit"]
    for number, wire in plan.wires_of(site).items():
        lines += [f"interface e{number}", *_interface(ip, plan, site, wire, version)]
        lines += [*wire.said(site, version).splitlines(), "exit"]
    name = "ospf" if version == 2 else "ospf6"
    lines += [f"router {name}", f" ospf{'' if version == 2 else '6'} router-id {router_id(site)}"]
    lines.append(" timers throttle spf 0 50 500")
    if version == 2:
        lines.append(" timers throttle lsa all 200")
    if site in plan.externals:
        metric = f"metric 20 metric-type {plan.externals[site]} route-map TAGGED"
        lines.append(f" redistribute kernel {metric}")
    lines += [line for area in plan.areas_of(site) for line in _area(plan, site, area, version)]
    if version == 2:
        for end, area in plan.virtual_ends(site):
            times = f"hello-interval {HELLO_S} dead-interval {DEAD_S}"
            name = f" area 0.0.0.{area} virtual-link {end}"
            lines.append(f"{name} {times}")
            if plan.signing is not None:
                lines.append(f"{name} authentication message-digest")
                lines.append(f"{name} message-digest-key 1 md5 {plan.signing.key}")
    lines += plan.said(site, version).splitlines()
    tag = plan.tags.get(site, 0)
    lines += ["exit", "route-map TAGGED permit 10", *([f" set tag {tag}"] if tag else [])]
    return "\n".join([*lines, "exit", ""])


def _interface(ip: str, plan: Plan, site: int, wire: Wire, version: int) -> list[str]:
    lines = [
        f" {ip} area 0.0.0.{wire.area}",
        f" {ip} hello-interval {HELLO_S}",
        f" {ip} dead-interval {DEAD_S}",
        f" {ip} cost {wire.costs.get(site, 10)}",
        f" {ip} priority {wire.priorities.get(site, 1)}",
    ]
    if wire.is_point_to_point:
        lines.append(f" {ip} network point-to-point")
    if plan.signing is not None:
        lines += _signing(plan.signing, version)
    return lines


def _signing(signing: Signing, version: int) -> list[str]:
    if version == 3:
        if not signing.algorithm.startswith("hmac"):
            return []
        said = f"key-id 1 hash-algo {signing.algorithm} key {signing.key}"
        return [f" ipv6 ospf6 authentication {said}"]
    if signing.algorithm == "password":
        return [" ip ospf authentication", f" ip ospf authentication-key {signing.key[:8]}"]
    return [
        " ip ospf authentication message-digest",
        f" ip ospf message-digest-key 1 md5 {signing.key}",
    ]


def _area(plan: Plan, site: int, area: int, version: int) -> list[str]:
    said = plan.area(area)
    lines = []
    is_border = len(plan.areas_of(site)) > 1
    tail = " no-summary" if is_border and not said.has_summaries else ""
    if said.kind != "normal":
        lines.append(f" area 0.0.0.{area} {said.kind}{tail}")
    if is_border:
        for prefix in said.ranges:
            if (":" in prefix) is (version == 3):
                lines.append(f" area 0.0.0.{area} range {prefix}")
    return lines

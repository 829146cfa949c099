"""A site of a plan in the words of BIRD."""

from __future__ import annotations

from interop.ospf.plan import DEAD_S, HELLO_S, Plan, Signing, Wire, external, loopbacks, router_id

_HEAD = """
router id {id};
protocol device {{ scan time 1; }}
protocol kernel {{ ipv4 {{ export where source != RTS_STATIC; }}; merge paths on; }}
protocol kernel {{ ipv6 {{ export where source != RTS_STATIC; }}; merge paths on; }}
"""


def written(plan: Plan, site: int) -> str:
    """The whole of bird.conf."""
    lines = [_HEAD.format(id=router_id(site))]
    if site in plan.externals:
        lines.append(f"protocol static {{ ipv4; route {external(site, 2)} blackhole; }}")
        lines.append(f"protocol static {{ ipv6; route {external(site, 3)} blackhole; }}")
    for version in plan.versions:
        family = "ipv4" if version == 2 else "ipv6"
        export = "none"  # one that redistributes must be in an area that is no stub
        if site in plan.externals:
            tag = plan.tags.get(site, 0)
            metric = f"ospf_metric{plan.externals[site]} = 20; ospf_tag = {tag}; accept;"
            export = f"filter {{ if source = RTS_STATIC then {{ {metric} }} reject; }}"
        lines += [
            f"protocol ospf v{version} ospf{version} {{",
            "  ecmp yes; tick 1;",
            f"  {family} {{ import all; export {export}; }};",
        ]
        for area in plan.areas_of(site):
            lines += [f"  area {area} {{", *_area(plan, site, area, version), "  };"]
        lines.append("}")
    lines += [plan.said(site, version) for version in plan.versions]
    return "\n".join([*lines, ""])


def _area(plan: Plan, site: int, area: int, version: int) -> list[str]:
    said = plan.area(area)
    lines = []
    if said.kind != "normal":
        is_border = len(plan.areas_of(site)) > 1
        summary = "no" if is_border and not said.has_summaries else "yes"
        lines.append(f"    {said.kind}; summary {summary};")
    ranges = [f"{one};" for one in said.ranges if (":" in one) is (version == 3)]
    if ranges and len(plan.areas_of(site)) > 1:
        lines.append(f"    networks {{ {' '.join(ranges)} }};")
    if area == plan.home(site) and version == 3:  # it passes over addresses of a loopback
        lines.append(f"    stubnet {loopbacks(site)[1]};")
    elif area == plan.home(site):
        lines.append('    interface "lo" { stub yes; };')
    for number, wire in plan.wires_of(site).items():
        if wire.area == area:
            lines.append(
                f'    interface "e{number}" {{ {_interface(plan, site, wire, version)} }};'
            )
    for end, through in plan.virtual_ends(site):
        if area == through:
            words = f"hello {HELLO_S}; dead {DEAD_S}; retransmit 2;"
            if plan.signing is not None:
                words += f" {_signing(plan.signing, version)}"
            lines.append(f"    virtual link {end} {{ {words} }};")
    return lines


def _interface(plan: Plan, site: int, wire: Wire, version: int) -> str:
    kind = "ptp" if wire.is_point_to_point else "broadcast"
    words = [
        f"type {kind}; hello {HELLO_S}; dead {DEAD_S}; wait {DEAD_S}; retransmit 2;",
        f"cost {wire.costs.get(site, 10)}; priority {wire.priorities.get(site, 1)};",
    ]
    if plan.signing is not None:
        words.append(_signing(plan.signing, version))
    return " ".join([*words, wire.said(site, version)])


def _signing(signing: Signing, version: int) -> str:
    name = signing.algorithm
    if name == "password":
        return f'authentication simple; password "{signing.key[:8]}";' if version == 2 else ""
    if name == "md5":
        if version == 3:
            return ""
        name = "keyed md5"
    words = name.replace("hmac-sha-", "hmac sha")
    return f'authentication cryptographic; password "{signing.key}" {{ id 1; algorithm {words}; }};'

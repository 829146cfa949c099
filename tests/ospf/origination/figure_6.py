"""Figure 6 of RFC 2328 as a network of machines: four areas and a virtual link, its costs."""

from __future__ import annotations

from fingerpost.addr import Prefix
from fingerpost.ospf.config import (
    AreaRange,
    NetworkType,
    OspfArea,
    OspfInterface,
    Redistribution,
    VirtualLink,
)
from fingerpost.ospf.text import undotted

from ..network import Network
from .whole import static, whole

# the ids that the examples of RFC 2328 12.4.1 to 12.4.4 use, and more of the kind
IDS = {
    "RT1": "192.1.1.1",
    "RT2": "192.1.1.2",
    "RT3": "192.1.1.3",
    "RT4": "192.1.1.4",
    "RT5": "18.10.0.5",
    "RT6": "18.10.0.6",
    "RT7": "18.10.0.7",
    "RT8": "18.10.0.8",
    "RT9": "18.10.0.9",
    "RT10": "18.10.0.10",
    "RT11": "18.10.0.11",
    "RT12": "18.10.0.12",
}
NETWORKS = {
    "N1": "192.1.2.0/24",
    "N2": "192.1.3.0/24",
    "N3": "192.1.1.0/24",
    "N4": "192.1.4.0/24",
    "N6": "192.2.6.0/24",
    "N7": "192.2.7.0/24",
    "N8": "192.2.8.0/24",
    "N9": "192.3.9.0/24",
    "N10": "192.3.10.0/24",
    "N11": "192.3.11.0/24",
    "H1": "192.3.12.1/32",
    "Ia": "18.20.0.1/32",
    "Ib": "18.20.0.2/32",
}
RANGE_OF_AREA_3 = "192.3.0.0/16"
RANGE_OF_BACKBONE = "18.20.0.0/30"
EXTERNALS = {
    "N12": "128.12.0.0/16",
    "N13": "128.13.0.0/16",
    "N14": "128.14.0.0/16",
    "N15": "128.15.0.0/16",
}

# network: its area, routers with their costs
LANS = {
    "N3": (1, {"RT1": 1, "RT2": 1, "RT3": 1, "RT4": 1}),
    "N6": (2, {"RT7": 1, "RT8": 1, "RT10": 1}),
    "N8": (2, {"RT10": 3, "RT11": 2}),
    "N9": (3, {"RT9": 1, "RT11": 1, "RT12": 1}),
}
STUBS = {
    "N1": (1, "RT1", 3),
    "N2": (1, "RT2", 3),
    "N4": (1, "RT3", 2),
    "N7": (2, "RT8", 4),
    "N10": (3, "RT12", 2),
    "N11": (3, "RT9", 3),
    "H1": (3, "RT12", 10),
}
SERIAL = {
    ("RT3", "RT6"): (8, 6),
    ("RT4", "RT5"): (8, 8),
    ("RT5", "RT6"): (7, 6),
    ("RT5", "RT7"): (6, 6),
    ("RT6", "RT10"): (7, 5),
}


def figure_6() -> Network:
    """All routers are up, nothing has been said yet."""
    network = Network(2, make=whole)
    for name in IDS:
        told = {"static": Redistribution(metric_type=1)} if name in ("RT5", "RT7") else {}
        network.router(name, IDS[name], *_interfaces(name), areas=_areas(name), redistributes=told)
    # none of its interfaces has an address: packets come from one that OSPF does not tell
    network.link("lo", ("RT5", "lo", "18.10.0.5/32"), is_loopback=True)
    for lan, (_, ends) in LANS.items():
        base = NETWORKS[lan].removesuffix(".0/24")
        network.link(lan, *((r, lan, f"{base}.{r.removeprefix('RT')}/24") for r in ends))
    for stub, (_, router, _cost) in STUBS.items():
        network.link(stub, (router, stub, NETWORKS[stub].replace(".0/24", ".1/24")))
    for one, other in SERIAL:
        # the figure's address of the far end stands at the near one (12.4.1.1, option 1)
        is_numbered = (one, other) == ("RT6", "RT10")
        mine, yours = (NETWORKS["Ib"], NETWORKS["Ia"]) if is_numbered else ([], [])
        network.link(f"{one}-{other}", (one, other, mine), (other, one, yours))
    for name, said in (("RT5", ("N12", "N13", "N14")), ("RT7", ("N12", "N15"))):
        network.give(name, static(*(EXTERNALS[one] for one in said)))
    return network


def _areas(router: str) -> tuple[OspfArea, ...]:
    areas = [OspfArea(3, ranges=(AreaRange(Prefix(RANGE_OF_AREA_3)),))]
    if router in ("RT3", "RT4"):
        areas.append(OspfArea(0, ranges=(AreaRange(Prefix(RANGE_OF_BACKBONE)),)))
    if router in ("RT10", "RT11"):
        other = "RT11" if router == "RT10" else "RT10"
        areas.append(OspfArea(2, virtual_links=(VirtualLink(undotted(IDS[other])),)))
    return tuple(areas)


def _interfaces(router: str) -> list[OspfInterface]:
    found = [
        OspfInterface(lan, area=area, cost=ends[router])
        for lan, (area, ends) in LANS.items()
        if router in ends
    ]
    found += [
        OspfInterface(stub, area=area, cost=cost, is_passive=True)
        for stub, (area, held, cost) in STUBS.items()
        if held == router
    ]
    for ends, costs in SERIAL.items():
        if router in ends:
            at = ends.index(router)
            kind = NetworkType.POINT_TO_POINT
            found.append(OspfInterface(ends[1 - at], cost=costs[at], network_type=kind))
    return found

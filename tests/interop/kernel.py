"""A Linux router in a namespace, and what it does with a batch of frames."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from interop import craft
from interop.frames import (
    ADDRESSES,
    FAR,
    MTU,
    NEIGHBOURS,
    OWN,
    PORTS,
    REFUSALS,
    ROUTES,
    STATION,
    Probe,
)
from netns import Namespace, namespaces, veth

INJECTOR = Path(__file__).with_name("injector.py")
RETRANS_MS = 200
MEASURED_ON = "6.18"
# Linux's own limits on what it sends are another subject; those per sender that cannot be switched
# off (route/error_cost) are not met, since every packet has a sender of its own
ROUTER = {
    "net.ipv4.ip_forward": 1,
    "net.ipv6.conf.all.forwarding": 1,
    "net.ipv4.icmp_ratelimit": 0,
    "net.ipv4.icmp_ratemask": 0,
    "net.ipv6.icmp.ratelimit": 0,
    "net.ipv4.icmp_msgs_per_sec": 1_000_000,
    "net.ipv4.icmp_msgs_burst": 1_000_000,
    "net.ipv4.conf.all.rp_filter": 0,
    "net.ipv4.conf.default.rp_filter": 0,
    "net.ipv4.conf.all.log_martians": 0,
    "net.ipv6.conf.default.addr_gen_mode": 1,
    "net.ipv6.conf.default.accept_ra": 0,
    "net.ipv6.conf.default.accept_dad": 0,
}
PORT = {"net.ipv4.conf.{}.rp_filter": 0, "net.ipv4.neigh.{}.retrans_time_ms": RETRANS_MS}
PORT |= {"net.ipv6.neigh.{}.retrans_time_ms": RETRANS_MS, "net.ipv6.neigh.{}.proxy_delay": 0}


def answers_of_linux(probes: list[Probe]) -> list[list[tuple[str, bytes]]]:
    """What comes out of which port after each probe."""
    with namespaces("r", "p") as (router, peers):
        _set(peers, {"net.ipv6.conf.all.disable_ipv6": 1, "net.ipv6.conf.default.disable_ipv6": 1})
        _set(router, ROUTER)
        for port in PORTS:
            veth(router, port, peers, port)
            peers.ip(f"link set {port} arp off")
        _batch(router, [line for port in PORTS for line in _port(port)])
        for port in PORTS:
            _set(router, {name.format(port): value for name, value in PORT.items()})
        _set(router, {"net.ipv4.conf.eth2.rp_filter": 1})
        _batch(router, list(_routes()))
        return _inject(peers, probes)


def _set(space: Namespace, settings: dict[str, int]) -> None:
    space.run("sysctl", "-qw", *(f"{name}={value}" for name, value in settings.items()))


def _batch(space: Namespace, lines: list[str]) -> None:
    """Run many `ip` commands at once."""
    subprocess.run(
        ["ip", "-n", space.name, "-batch", "-"],
        input="\n".join(lines),
        text=True,
        check=True,
        capture_output=True,
    )


def _port(port: str) -> list[str]:
    lines = [f"link set {port} address {OWN[port]} mtu {MTU[port]}"]
    for address in ADDRESSES[port]:
        if ":" in address:
            lines.append(f"addr add {address} dev {port} nodad")
        else:
            lines.append(f"addr add {address} dev {port}" + ("" if "/31" in address else " brd +"))
    lines += [
        f"neigh add {address} lladdr {STATION[port]} dev {port} nud permanent"
        for address in NEIGHBOURS[port]
    ]
    return lines


def _routes() -> list[str]:
    lines = [f"route add {to} via {by} dev {port}" for to, (port, by) in ROUTES.items()]
    for kind, prefixes in REFUSALS.items():
        lines += [f"route add {kind} {prefix}" for prefix in prefixes]
    return lines


def _inject(peers: Namespace, probes: list[Probe]) -> list[list[tuple[str, bytes]]]:
    work = []
    for number, probe in enumerate(probes):
        mark = b"fence" + number.to_bytes(2, "big")
        packet = craft.ip4("10.50.255.1", FAR, mark, craft.NOBODYS)
        fence = craft.ethernet(OWN["eth0"], STATION["eth0"], craft.IPV4, packet)
        frames = [(port, frame.hex()) for port, frame in probe.frames]
        work.append(
            {
                "frames": frames,
                "fence": ("eth0", fence.hex()),
                "mark": mark.hex(),
                "wait_s": probe.wait_s,
            }
        )
    done = subprocess.run(
        ["ip", "netns", "exec", peers.name, sys.executable, str(INJECTOR)],
        input=json.dumps({"ports": PORTS, "probes": work}),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [
        [(port, bytes.fromhex(frame)) for port, frame in got] for got in json.loads(done.stdout)
    ]

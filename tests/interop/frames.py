"""The batch of crafted frames for a router of three links, and that router's tables.

    10.1.0.0/24, fd00:1::/64 - eth0  R  eth1 - 10.2.0.0/24, fd00:2::/64
                                     |
                              eth2 (MTU 1400) - 10.3.0.0/24, 10.3.1.0/31, fd00:3::/64

R is number 1 everywhere (10.3.1.0 on the /31) and fe80::1, fe80::2, fe80::3 on the links. Number 2
of each link is a router; most packets come from behind that of eth0, each from an address of its
own, so that no limit per sender is met. On each link one station has all addresses but R's.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from interop import craft
from interop.craft import IPV4, IPV6, NOBODYS

PORTS = ("eth0", "eth1", "eth2")
OWN = {"eth0": "02:00:00:00:00:01", "eth1": "02:00:00:00:00:11", "eth2": "02:00:00:00:00:21"}
STATION = {"eth0": "02:00:00:00:00:02", "eth1": "02:00:00:00:00:12", "eth2": "02:00:00:00:00:22"}
STRANGER = "02:00:00:00:00:99"
BROADCAST = "ff:ff:ff:ff:ff:ff"
MTU = {"eth0": 1500, "eth1": 1500, "eth2": 1400}
ADDRESSES = {
    "eth0": ("10.1.0.1/24", "fd00:1::1/64", "fe80::1/64"),
    "eth1": ("10.2.0.1/24", "fd00:2::1/64", "fe80::2/64"),
    "eth2": ("10.3.0.1/24", "10.3.1.0/31", "fd00:3::1/64", "fe80::3/64"),
}
# what is not asked for on the links: every other address is
NEIGHBOURS = {
    "eth0": [f"10.1.0.{n}" for n in (0, *range(2, 40))]
    + [f"fd00:1::{n:x}" for n in range(2, 40)]
    + [f"fe80::{n:x}" for n in range(9, 24)],
    "eth1": ["10.2.0.0", "10.2.0.2", "10.2.0.9", "fd00:2::2", "fd00:2::9", "fe80::9"],
    "eth2": ["10.3.0.2", "10.3.0.9", "10.3.1.1", "fd00:3::2", "fd00:3::9", "fe80::9"],
}
# prefix: (interface, gateway)
ROUTES = {
    "10.50.0.0/16": ("eth0", "10.1.0.2"),
    "10.8.0.0/16": ("eth1", "10.2.0.2"),
    "10.8.1.0/24": ("eth2", "10.3.0.2"),
    "10.8.1.7/32": ("eth1", "10.2.0.9"),
    "10.9.0.0/16": ("eth2", "10.3.0.2"),
    # so that a table leads to what no router should pass on
    "0.0.0.0/8": ("eth1", "10.2.0.2"),
    "100.64.0.0/10": ("eth1", "10.2.0.2"),
    "169.254.0.0/16": ("eth1", "10.2.0.2"),
    "192.0.0.0/24": ("eth1", "10.2.0.2"),
    "192.0.2.0/24": ("eth1", "10.2.0.2"),
    "192.88.99.0/24": ("eth1", "10.2.0.2"),
    "198.18.0.0/15": ("eth1", "10.2.0.2"),
    "203.0.113.0/24": ("eth1", "10.2.0.2"),
    "240.0.0.0/4": ("eth1", "10.2.0.2"),
    "fd00:50::/32": ("eth0", "fd00:1::2"),
    "fd00:51::/32": ("eth0", "fe80::9"),
    "fd00:8::/32": ("eth1", "fd00:2::2"),
    "fd00:9::/32": ("eth2", "fd00:3::2"),
    "::ffff:0:0/96": ("eth1", "fd00:2::2"),
    "64:ff9b::/96": ("eth1", "fd00:2::2"),
    "100::/64": ("eth1", "fd00:2::2"),
    "2001:db8::/32": ("eth1", "fd00:2::2"),
    "2002::/16": ("eth1", "fd00:2::2"),
    "3fff::/20": ("eth1", "fd00:2::2"),
    "5f00::/16": ("eth1", "fd00:2::2"),
    "fec0::/10": ("eth1", "fd00:2::2"),
}
REFUSALS = {
    "unreachable": ("10.60.0.0/16", "fd00:60::/32"),
    "prohibit": ("10.61.0.0/16", "fd00:61::/32"),
    "blackhole": ("10.62.0.0/16", "fd00:62::/32"),
}
# where packets go if not told otherwise: behind the routers of eth1, eth2, eth0
FAR, SMALL, BACK = "10.8.0.1", "10.9.0.1", "10.50.255.9"
FAR6, SMALL6, BACK6 = "fd00:8::1", "fd00:9::1", "fd00:50::ff09"
HERE, THERE = "10.1.0.1", "10.2.0.1"
HERE6, THERE6 = "fd00:1::1", "fd00:2::1"
NEAR, NEAR6, NEAR_LINK = "10.1.0.9", "fd00:1::9", "fe80::9"


@dataclass(frozen=True)
class Probe:
    """Frames that come in one after the other; `line` is the subject, `wait_s` the time to wait."""

    line: str
    name: str
    frames: tuple[tuple[str, bytes], ...]
    wait_s: float = 0.0


@dataclass
class Batch:
    """Collects probes; gives each packet an identification and a source that no other has."""

    probes: list[Probe] = field(default_factory=list)
    line: str = ""

    @property
    def number(self) -> int:
        """That of the next probe."""
        return len(self.probes) + 1

    @property
    def source(self) -> str:
        return f"10.50.{self.number >> 8}.{self.number & 255}"

    @property
    def source6(self) -> str:
        return f"fd00:50::{self.number:x}"

    def add(self, name: str, *frames: bytes | tuple[str, bytes], wait_s: float = 0.0) -> None:
        """Frames that come in on eth0 if no port is given."""
        ported = tuple(one if isinstance(one, tuple) else ("eth0", one) for one in frames)
        self.probes.append(Probe(self.line, name, ported, wait_s))

    def v4(
        self,
        destination: str = FAR,
        payload: bytes = b"0123456789abcdef",
        protocol: int = NOBODYS,
        *,
        source: str | None = None,
        to: str = OWN["eth0"],
        port: str = "eth0",
        **header: object,
    ) -> bytes:
        """A frame with an IPv4 packet."""
        header.setdefault("identification", 0x4000 + self.number)
        packet = craft.ip4(source or self.source, destination, payload, protocol, **header)  # type: ignore[arg-type]
        return craft.ethernet(to, STATION[port], IPV4, packet)

    def v6(
        self,
        destination: str = FAR6,
        payload: bytes = b"0123456789abcdef",
        next_header: int = NOBODYS,
        *,
        source: str | None = None,
        to: str = OWN["eth0"],
        port: str = "eth0",
        **header: object,
    ) -> bytes:
        """A frame with an IPv6 packet."""
        packet = craft.ip6(source or self.source6, destination, payload, next_header, **header)  # type: ignore[arg-type]
        return craft.ethernet(to, STATION[port], IPV6, packet)

    def icmp(
        self,
        kind: int,
        code: int,
        body: bytes,
        destination: str = HERE,
        *,
        good: bool = True,
        **header: object,
    ) -> bytes:
        """A frame with an ICMP message."""
        return self.v4(destination, craft.icmp4(kind, code, body, good=good), craft.ICMP, **header)  # type: ignore[arg-type]

    def ping(self, destination: str = HERE, data: bytes = b"abcdefgh", **header: object) -> bytes:
        """A frame with an echo request."""
        return self.icmp(8, 0, craft.echo(self.number, data), destination, **header)  # type: ignore[arg-type]

    def icmp6(
        self,
        kind: int,
        code: int,
        body: bytes,
        destination: str = HERE6,
        *,
        source: str | None = None,
        good: bool = True,
        before: bytes = b"",
        first: int = craft.ICMPV6,
        **header: object,
    ) -> bytes:
        """A frame with an ICMPv6 message after the extension headers `before`."""
        sender = source or self.source6
        message = craft.icmp6(sender, destination, kind, code, body, good=good)
        return self.v6(destination, before + message, first, source=sender, **header)  # type: ignore[arg-type]

    def ping6(self, destination: str = HERE6, **header: object) -> bytes:
        """A frame with an ICMPv6 echo request."""
        return self.icmp6(128, 0, craft.echo(self.number), destination, **header)  # type: ignore[arg-type]

    def udp(
        self, destination: str = HERE, *, good: bool = True, source: str | None = None, **h: object
    ) -> bytes:
        """A frame with a datagram to a port that nobody opened."""
        sender = source or self.source
        data = craft.udp4(sender, destination, 9, good=good)
        return self.v4(destination, data, craft.UDP, source=sender, **h)  # type: ignore[arg-type]

    def udp6(
        self,
        destination: str = HERE6,
        *,
        source: str | None = None,
        checksum: int | None = None,
        **h: object,
    ) -> bytes:
        """A frame with a datagram to a port that nobody opened."""
        sender = source or self.source6
        data = craft.udp6(sender, destination, 9, field=checksum)
        return self.v6(destination, data, craft.UDP, source=sender, **h)  # type: ignore[arg-type]

"""The others of a star in their own words: sessions with us, and routes that each tells.

Each make has three routes of IPv4 and one of IPv6 that say all that can be said of a path:
10.100+n.1.0/24 with metric and communities, 10.100+n.2.0/24 with a longer path and another origin,
10.100+n.3.0/24 that is not to leave our AS. All tell COMMON too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from interop.bgp import daemons
from interop.bgp.told import Table, Told
from netns import Namespace

COMMON = "10.99.0.0/24"
FAR = 64_999  # an AS behind each of them


def prefixes(number: int) -> tuple[str, str, str, str]:
    """What is told by the other of a cable."""
    one, two, three = (f"10.{100 + number}.{at}.0/24" for at in (1, 2, 3))
    return one, two, three, f"fd{number:02x}::/48"


def expected(
    makes: Mapping[str, int],
    make: str,
    family: int = 4,
    lateral: frozenset[str] = frozenset(),
    paths: int = 1,
) -> Table:
    """What the others of a star have told, as we tell it to one of them; `makes`: their cables.

    What one of `lateral` tells is not for another of these: they are peers or providers of ours.
    `paths`: so many of the best to a prefix that may be told, its own among them; 1: no RFC 7911.
    """
    found: dict[str, Told] = {}
    common: list[tuple[Told, bool]] = []  # the lowest router id first; whether they are for it
    number = makes[make]
    for name, other in makes.items():
        asn = 65_000 + other
        far = "" if name == "openbgpd" else f" {FAR}"  # it has no words for that
        one, two, _, six = prefixes(other)
        is_leak = {name, make} <= lateral
        is_meant = name != make and not is_leak
        if family == 4:
            plain = Told(f"65000 {asn}", "IGP", f"10.0.{number}.1")
            if not is_leak or paths == 1:
                common.append((plain, is_meant))
                if name == "bird" and paths > 1:
                    common.append((replace(plain, communities=(f"{asn}:7",)), is_meant))
            if not is_meant:
                continue
            found[one] = replace(plain, communities=(f"{asn}:100",), large=(f"{asn}:1:2",))
            longer = replace(plain, path=f"65000 {asn}{far}", origin="EGP")
            found[two] = replace(longer, extended=(f"rt:{asn}:1",))
        elif is_meant:
            hop = "link-local" if make == "exabgp" else f"fd00:{number}::1"  # it shows the last
            found[six] = Told(f"65000 {asn}", "IGP", hop, 0, (f"{asn}:600",))
    table = {prefix: frozenset({told}) for prefix, told in found.items()}
    told = frozenset(told for told, is_meant in common[:paths] if is_meant)
    return table | ({COMMON: told} if told else {})


def bird(number: int, more: str = "", channel: str = "", outside: str = "") -> str:
    """The whole of bird.conf; `more` of the session, `channel` of its IPv4."""
    asn = 65_000 + number
    one, two, three, six = prefixes(number)
    return f"""
router id 10.0.{number}.2;
protocol device {{ }}
protocol static {{ ipv4;
  route {one} blackhole {{ bgp_med = 50; bgp_community.add(({asn},100));
    bgp_large_community.add(({asn},1,2)); }};
  route {two} blackhole {{ bgp_path.prepend({FAR}); bgp_origin = ORIGIN_EGP;
    bgp_ext_community.add((rt,{asn},1)); }};
  route {three} blackhole {{ bgp_community.add((65535,65281)); }};
  route {COMMON} blackhole;
}}
protocol static {{ ipv4 {{ preference 100; }}; route {COMMON} blackhole {{
  bgp_community.add(({asn},7)); }}; }}
protocol static {{ ipv6; route {six} blackhole {{ bgp_community.add(({asn},600)); }}; }}
protocol bgp fingerpost {{
  local 10.0.{number}.2 as {asn}; neighbor 10.0.{number}.1 as 65000;
  ipv4 {{ import all; export all; {channel} }};
  ipv6 {{ import all; export all; next hop address fd00:{number}::2; }};
  {more}
}}
{outside}
"""


def frr(number: int, more: str = "", family: str = "", outside: str = "") -> str:
    """The whole of bgpd.conf; `more` of the session, `family` of its IPv4."""
    asn = 65_000 + number
    one, two, three, six = prefixes(number)
    us = f"neighbor 10.0.{number}.1"
    return f"""
hostname frr{number}
route-map ONE permit 10
 set metric 50
 set community {asn}:100
 set large-community {asn}:1:2
route-map TWO permit 10
 set origin egp
 set as-path prepend {FAR}
 set extcommunity rt {asn}:1
route-map THREE permit 10
 set community no-export
route-map SIX permit 10
 set community {asn}:600
route-map HOP6 permit 10
 set ipv6 next-hop global fd00:{number}::2
router bgp {asn}
 bgp router-id 10.0.{number}.2
 no bgp ebgp-requires-policy
 no bgp network import-check
 bgp default ipv4-unicast
 {us} remote-as 65000
 {us} timers connect 1
 {us} advertisement-interval 0
{more}
 address-family ipv4 unicast
  network {one} route-map ONE
  network {two} route-map TWO
  network {three} route-map THREE
  network {COMMON}
{family}
 exit-address-family
 address-family ipv6 unicast
  network {six} route-map SIX
  {us} activate
  {us} route-map HOP6 out
 exit-address-family
exit
{outside}
"""


def gobgp(number: int, more: str = "", family: str = "") -> str:
    """The whole of gobgp.toml; its routes are told by `gobgp_routes`."""
    return f"""
[global.config]
as = {65_000 + number}
router-id = "10.0.{number}.2"
[[neighbors]]
[neighbors.config]
neighbor-address = "10.0.{number}.1"
peer-as = 65000
{more}
[[neighbors.afi-safis]]
[neighbors.afi-safis.config]
afi-safi-name = "ipv4-unicast"
{family}
[[neighbors.afi-safis]]
[neighbors.afi-safis.config]
afi-safi-name = "ipv6-unicast"
{family}
"""


def gobgp_routes(number: int) -> list[str]:
    """The lines for `gobgp` that let it have its routes."""
    asn = 65_000 + number
    one, two, three, six = prefixes(number)
    rib = "gobgp global rib add"
    return [
        f"{rib} {one} origin igp med 50 community {asn}:100 large-community {asn}:1:2",
        f"{rib} {two} origin egp aspath {FAR} rt {asn}:1",
        f"{rib} {three} origin igp community no-export",
        f"{rib} {COMMON} origin igp",
        f"{rib} -a ipv6 {six} nexthop fd00:{number}::2 origin igp community {asn}:600",
    ]


def openbgpd(number: int, more: str = "", outside: str = "") -> str:
    """The whole of bgpd.conf; `more` of both sessions: it tells ::1 as next hop over IPv4."""
    asn = 65_000 + number
    one, two, three, six = prefixes(number)
    return f"""
AS {asn}
router-id 10.0.{number}.2
connect-retry 1
network {one} set {{ med 50 community {asn}:100 large-community {asn}:1:2 }}
network {two} set {{ origin egp ext-community rt {asn}:1 }}
network {three} set {{ community NO_EXPORT }}
network {COMMON}
network {six} set {{ community {asn}:600 }}
{outside}
neighbor 10.0.{number}.1 {{
  remote-as 65000
  announce IPv4 unicast
  announce IPv6 none
{more}
}}
neighbor fd00:{number}::1 {{
  remote-as 65000
  announce IPv6 unicast
  announce IPv4 none
{more}
}}
allow from any
allow to any
"""


def exabgp(number: int, more: str = "", capability: str = "") -> tuple[str, str]:
    """The whole of exabgp.conf, and what its helper says."""
    asn = 65_000 + number
    one, two, three, six = prefixes(number)
    lines = f"""
neighbor 10.0.{number}.1 {{
  router-id 10.0.{number}.2; local-address 10.0.{number}.2; local-as {asn}; peer-as 65000;
  family {{ ipv4 unicast; ipv6 unicast; }}
  capability {{ {capability} }}
  api {{ processes [ helper ]; receive {{ parsed; update; notification; }} neighbor-changes; }}
  {more}
}}
"""
    hop = f"next-hop 10.0.{number}.2"
    routes = [
        f"{one} {hop} med 50 community [ {asn}:100 ] large-community [ {asn}:1:2 ]",
        f"{two} {hop} origin egp as-path [ {asn} {FAR} ] extended-community [ target:{asn}:1 ]",
        f"{three} {hop} community [ no-export ]",
        f"{COMMON} {hop}",
        f"{six} next-hop fd00:{number}::2 community [ {asn}:600 ]",
    ]
    return lines, "".join(f"announce route {one}\n" for one in routes)


@contextmanager
def run_exabgp(
    number: int, more: str, capability: str, space: Namespace, folder: Path
) -> Iterator[None]:
    """ExaBGP with `exabgp`."""
    lines, said = exabgp(number, more, capability)
    with daemons.exabgp(space, folder, lines, said):
        yield

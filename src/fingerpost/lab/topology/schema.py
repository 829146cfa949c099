"""The shape of `lab.yaml` as pydantic models; the JSON Schema for editors is made of them.

The models know fields and their types. What fields mean together (does the node exist, is the
address taken) is the work of `build`.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from fingerpost.config import fields
from fingerpost.config.fields import Addresses, Duration, Interfaces, Name, OnePrefix, Prefixes
from fingerpost.config.tree.base import Instant
from fingerpost.config.tree.bgp_neighbor import Asn
from fingerpost.lab.topology.entry import Entry
from fingerpost.lab.topology.expect_schema import OneExpectation
from fingerpost.lab.topology.fields import (
    Bandwidth,
    Cost,
    End,
    Families,
    Loopbacks,
    Mac,
    Mtu,
    Peer,
    Place,
    Profile,
    Queue,
    ReversePathWord,
    RoleWord,
    Routes,
    RoutingWord,
    Seed,
    Share,
    Slots,
    Targets,
)
from fingerpost.lab.topology.router_section import (
    BgpSection,
    OspfSection,
    RipngSection,
    RipSection,
    RouterSection,
    with_router,
)


class InterfaceEntry(Entry):
    """One interface of a node."""

    addresses: Interfaces | None = Field(
        default=None, description="With the length of the subnet; left out: given out; []: none."
    )
    mtu: Mtu | None = None
    role: RoleWord | None = Field(default=None, description="border: drop private destinations.")
    urpf: ReversePathWord | None = Field(
        default=None, description="Reverse-path filter (RFC 3704)."
    )
    mac: Mac | None = None


def _interface(value: object) -> object:
    """Accept addresses alone for an interface that has nothing else to say."""
    return {} if value is None else value if isinstance(value, dict) else {"addresses": value}


OneInterface = Annotated[
    InterfaceEntry,
    BeforeValidator(_interface, json_schema_input_type=Interfaces | InterfaceEntry | None),
]


class ReplayEntry(Entry):
    """A recording of BGP that a host plays to the routers at its links; as text the file alone."""

    file: str = Field(description="MRT, a table or updates; from the folder of this file.")
    peer: Peer | None = Field(
        default=None, description="Address or AS of who is played; left out: the AS of the node."
    )
    speed: Annotated[float, Field(ge=0)] = Field(
        default=1.0, description="Of updates; 0: all at once."
    )


OneReplay = Annotated[
    ReplayEntry,
    BeforeValidator(
        lambda value: {"file": value} if isinstance(value, str) else value,
        json_schema_input_type=str | ReplayEntry,
    ),
]


class NodeEntry(Entry):
    """A node; also what `defaults` and `kinds` say about many."""

    kind: str | None = Field(
        default=None, description="router, host or bridge; others count as router."
    )
    label: str | None = Field(default=None, description="What a drawing writes beside it.")
    loopback: Loopbacks | None = Field(
        default=None, description="Left out: given out; false: none."
    )
    interfaces: dict[Name, OneInterface] = Field(default_factory=dict)
    addresses: dict[Name, Interfaces] = Field(
        default_factory=dict, description="Addresses by interface."
    )
    routes: Routes | None = Field(
        default=None, description="Static routes, as `ip route` writes them."
    )
    routing: RoutingWord | None = Field(
        default=None,
        description="shortest: computed by link cost; or protocols: rip, ripng, ospf, ospf3.",
    )
    as_: Asn | None = Field(
        default=None,
        alias="as",
        description="Its AS, for `routing: bgp`; left out: a private one.",
    )
    router: RouterSection | None = None
    gateway: Addresses | None = Field(default=None, description="Of a host; left out: its router.")
    replay: OneReplay | None = Field(
        default=None, description="What a host tells by BGP: a file of MRT."
    )
    slaac: bool | None = Field(
        default=None, description="A host makes its IPv6 addresses of what routers advertise."
    )
    profile: Profile | None = Field(default=None, description="Which packets are martians.")
    role: RoleWord | None = Field(default=None, description="Of every interface that says none.")
    urpf: ReversePathWord | None = Field(
        default=None, description="Of every interface that says none."
    )
    position: Place | None = None


class QualityEntry(Entry):
    """What a link does to frames; every field may be left out."""

    delay: Duration | None = None
    jitter: Duration | None = None
    bandwidth: Bandwidth | None = None
    queue: Queue | None = Field(default=None, description="Packets, or bytes with a unit.")
    loss: Share | None = None
    duplicate: Share | None = None
    reorder: Share | None = None
    corrupt: Share | None = None


class EndpointEntry(Entry):
    """One end of a link; as text "a:eth1", or "a" alone for its next free interface."""

    node: Name
    interface: Name | None = None
    mac: Mac | None = None
    rip: RipSection | None = None
    ripng: RipngSection | None = None
    ospf: OspfSection | None = None
    ospf3: OspfSection | None = None
    bgp: BgpSection | None = None


def _endpoint(value: object) -> object:
    if isinstance(value, dict):
        return value
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError('write NODE:INTERFACE, or NODE alone: "a:eth1"')
    value = str(value)
    node, colon, interface = value.partition(":")
    return {"node": node.strip(), **({"interface": interface.strip()} if colon else {})}


OneEndpoint = Annotated[
    EndpointEntry,
    BeforeValidator(_endpoint, json_schema_input_type=str | EndpointEntry),
]


class LinkEntry(QualityEntry):
    """A link between two endpoints, a LAN segment between more."""

    endpoints: Annotated[list[OneEndpoint], Field(min_length=2)]
    name: Name | None = None
    type: str | None = Field(
        default=None, description="containerlab's; veth is what a link is anyway."
    )
    mtu: Mtu | None = None
    cost: Cost | None = Field(
        default=None, description="What shortest paths and OSPF pay for it; 1 if left out."
    )
    ipv4: Slots = Field(default=(), description="One address for each endpoint, in order.")
    ipv6: Slots = Field(default=(), description="One address for each endpoint, in order.")
    prefixes: Prefixes = Field(default=(), description="Subnets to number the endpoints from.")
    rip: RipSection | None = None
    ripng: RipngSection | None = None
    ospf: OspfSection | None = None
    ospf3: OspfSection | None = None
    bgp: BgpSection | None = None
    directions: dict[Name, QualityEntry] = Field(
        default_factory=dict, description="By node: what differs for the frames it sends."
    )


OneNode = Annotated[
    NodeEntry, BeforeValidator(fields.as_mapping, json_schema_input_type=NodeEntry | None)
]


class TopologyEntry(Entry):
    """Nodes and links, as containerlab arranges them."""

    defaults: OneNode = NodeEntry()
    kinds: dict[Name, OneNode] = Field(default_factory=dict)
    nodes: dict[Name, OneNode] = Field(default_factory=dict)
    links: Annotated[list[LinkEntry | None], BeforeValidator(fields.as_list)] = Field(
        default_factory=list
    )


class SetEntry(QualityEntry):
    """A change of a link's quality, for one direction if `from` names a node."""

    link: str
    from_: Name | None = Field(default=None, alias="from")


class TimelineEntry(Entry):
    """Something that happens: `at`, and one of `fail`, `restore`, `set`."""

    at: Duration
    fail: Targets = Field(default_factory=list, description="Links, directions a->b, or nodes.")
    restore: Targets = Field(default_factory=list, description="As for fail.")
    set: SetEntry | None = None


class NumberingEntry(Entry):
    """Where addresses come from that the file leaves out."""

    families: Families | None = None
    loopback4: OnePrefix | None = None
    loopback6: OnePrefix | None = None
    link4: OnePrefix | None = None
    link6: OnePrefix | None = None
    lan4: OnePrefix | None = None
    lan6: OnePrefix | None = None


class LabFile(Entry):
    """A whole lab file."""

    name: str | None = None
    seed: Seed = 0
    start: Instant | None = Field(
        default=None, description="The date and time at which the run begins, for keys' lifetimes."
    )
    until: End = Field(default=None, description="When a run ends; or: converged.")
    routing: RoutingWord | None = Field(default=None, description="Of every node that says none.")
    numbering: NumberingEntry = NumberingEntry()
    topology: TopologyEntry
    timeline: Annotated[list[TimelineEntry | None], BeforeValidator(fields.as_list)] = Field(
        default_factory=list
    )
    expect: Annotated[list[OneExpectation | None], BeforeValidator(fields.as_list)] = Field(
        default_factory=list
    )


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a lab file (draft 2020-12), for editors that check while one types."""
    schema = with_router(LabFile.model_json_schema(by_alias=True))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "fingerpost lab",
    }

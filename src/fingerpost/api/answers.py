"""The answers to `/why` and `/why-not` as the API describes them.

The data are those of `router.why.RouteWhy.as_dict` and `router.why_not.RouteWhyNot.as_dict`;
instants are nanoseconds of the router's own clock, which `clock` ties to the time of day.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class _Part(BaseModel):
    """A part of an answer; it has these fields and no others."""

    model_config = ConfigDict(extra="forbid")


class Clock(_Part):
    """`now`: the instant of the answer; `wall`: the same in nanoseconds since 1970 (UTC)."""

    now: int | None
    wall: int | None


class NextHop(_Part):
    """One way on; without an interface it is recursive. `onlink`: the gateway is on the link."""

    interface: str | None
    gateway: str | None
    weight: int
    onlink: bool


class Route(_Part):
    """A route; `since` is the instant from which its source has said so."""

    prefix: str
    source: str
    distance: int
    metric: int
    tag: int
    kind: str
    next_hops: list[NextHop]
    attributes: dict[str, Any] | None
    learned_from: str | None
    since: int


class PolicyLine(_Part):
    """A line of a policy that had a say."""

    policy: str
    line: str
    did: str


class Decision(_Part):
    """The step that told two routes apart, and what each had to show."""

    rule: str
    better: str
    worse: str


class FieldChange(_Part):
    """What a policy changed."""

    field: str
    before: Any
    after: Any


class Message(_Part):
    """A message of a neighbour, as it was before any policy; the last that said so."""

    kind: str
    received: int
    neighbor: str | None
    interface: str | None
    fields: dict[str, Any]


class Way(_Part):
    """One way that a protocol knows; `rule` says why it lost."""

    wins: bool
    origin: str
    metric: int
    tag: int
    neighbor: str | None
    gateway: str | None
    interface: str | None
    rule: str | None
    message: Message | None


class OspfWay(Way):
    """A way of OSPF: the LSAs that it rests on, the one that names the prefix first, and the steps
    of the shortest path there; `details` are both in words.
    """

    path_type: str
    area: str
    cost: int
    type2_cost: int | None
    is_connected: bool
    next_hops: list[str]
    lsas: list[dict[str, Any]]
    path: list[dict[str, Any]]
    details: list[str]


class BgpWay(Way):
    """A path of BGP since an instant. `policy` and `details`: what the import policy did to it;
    `is_refused`: a check or that policy keeps it out of the choice, for the reason in `rule`;
    `validity`: what the RPKI says of it, where somebody asks that.
    """

    since: int
    path: str
    validity: dict[str, Any] | None
    stale: bool
    is_refused: bool
    policy: list[PolicyLine]
    details: list[str]


class NotHeard(_Part):
    """A router that speaks and is not heard; `since` and `heard` are instants."""

    interface: str
    address: str
    reason: str
    since: int
    heard: int
    messages: int


class ProtocolAnswer(_Part):
    """What a protocol knows of the prefix; `ignored` is empty where somebody offers it."""

    protocol: str
    prefix: str
    state: str
    rule: str
    since: int | None
    ways: list[OspfWay | BgpWay | Way]
    ignored: list[NotHeard]


class NamedAnswer(ProtocolAnswer):
    """The same with the name of the instance."""

    name: str


class Rest(_Part):
    """One step of a next-hop chain; `reason` is None where the gateway was found."""

    gateway: str | None
    rests_on: str | None
    next_hops: list[NextHop]
    reason: str | None


class Candidate(_Part):
    """One route of the prefix in the table, after the import policy, and how it came out.

    `text` is the route as `ip route` writes it. `decision` and `lost_to` are there for one that
    lost by rank, `unusable` for one without a next hop that leads somewhere. `changes`: what the
    import policy changed.
    """

    route: Route
    text: str
    wins: bool
    decision: Decision | None
    lost_to: str | None
    unusable: str | None
    policy: list[PolicyLine]
    changes: list[FieldChange]
    messages: list[Message]


class KeptOut(_Part):
    """A route that a channel kept out of the table."""

    source: str
    stage: str
    said: Route | None
    policy: list[PolicyLine]
    changes: list[FieldChange]
    reason: str


class Export(_Part):
    """What became of a route on its way out of the table."""

    is_accepted: bool
    policy: list[PolicyLine]
    changes: list[FieldChange]


class Kernel(_Part):
    """What the kernel forwards by: `want` is what it is to have, `held` what it has as known."""

    is_installed: bool
    want: str | None
    held: str | None
    reason: str


class Why(_Part):
    """Why packets are forwarded as they are. `prefix` None: no route; `winner` None: none usable.

    `skipped`: longer prefixes of which nothing can be used.
    """

    question: Literal["why"]
    router: str
    table: str
    clock: Clock
    asked: str
    prefix: str | None
    winner: Route | None
    text: str | None
    skipped: list[str]
    candidates: list[Candidate]
    kept_out: list[KeptOut]
    chain: list[Rest]
    forwarding: Export | None
    protocols: list[NamedAnswer]
    kernel: Kernel | None = None


class SourceEnding(_Part):
    """How far the route of one source came, and why no further."""

    source: str
    ending: Literal["used", "lost", "unusable", "held back", "refused", "disabled", "not announced"]
    reason: str
    route: Route | None
    text: str | None
    said: Route | None
    decision: Decision | None
    lost_to: str | None
    policy: list[PolicyLine]
    changes: list[FieldChange]
    protocol: ProtocolAnswer | None


class Place(_Part):
    """What an interface or neighbour is told; `fields` is empty for nothing."""

    place: str
    is_told: bool
    fields: dict[str, Any]
    reason: str | None


class Told(_Part):
    """What a protocol tells its neighbours. `channel`: how the table's route came to it."""

    name: str
    channel: Export | None
    protocol: str
    prefix: str
    reason: str | None
    places: list[Place]


class FromNeighbor(_Part):
    """What became of what a neighbour of BGP says of the prefix, and why that is not used."""

    instance: str
    neighbor: str
    outcome: Literal["used", "lost", "refused", "not received"]
    text: str
    ways: list[BgpWay]


class WhyNot(_Part):
    """Why something is not used, source by source.

    `told_outcome` is there where a protocol was asked about, `neighbor` where one of its neighbours
    was; `instead` is what the addresses use.
    """

    question: Literal["why-not"]
    router: str
    table: str
    clock: Clock
    asked: str
    source: str | None
    to: str | None
    outcome: Literal["used", "not in the kernel", "not forwarded", "not used"]
    told_outcome: Literal["told", "told to some", "not told"] | None
    winner: Route | None
    text: str | None
    sources: list[SourceEnding]
    unresolved: list[Rest]
    forwarding: Export | None
    instead: Route | None
    instead_text: str | None
    told: list[Told]
    neighbor: FromNeighbor | None = None
    kernel: Kernel | None = None

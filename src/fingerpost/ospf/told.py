"""What others are told of a prefix, and why so: our own LSAs that name it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.ospf.explain import OspfAnswer
from fingerpost.ospf.lsa_line import lsa_line
from fingerpost.ospf.redistribution import rule_for
from fingerpost.ospf.text import dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost._core import _OspfLsa
    from fingerpost.addr import Prefix
    from fingerpost.ospf.machine import Ospf
    from fingerpost.rib.route import RibRoute

FLOODED = "the LSAs of others are flooded as they are; they tell of it themselves"


def explain_told(ospf: Ospf, prefix: Prefix, offered: RibRoute | None) -> OspfAnswer:
    """Say which of our LSAs name a prefix; `offered` is what the routing table tells us."""
    places = list(_places(ospf, prefix)) if prefix.version == ospf.routing.family else []
    reason = None if places else _why_nothing(ospf, prefix, offered)
    lines = [f"  {one['place']}: {one['reason']}" for one in places]
    text = "\n".join([f"{prefix}: {reason or 'told by LSAs of ours'}", *lines])
    data: dict[str, object] = {"reason": reason, "places": places}
    return OspfAnswer(ospf.dialect.name, prefix, text, data)


def _places(ospf: Ospf, prefix: Prefix) -> Iterator[dict[str, object]]:
    areas = {area.scope: f"area {dotted(area.id)}" for area in ospf.areas.values()}
    external = ospf.originator.externals.get(prefix)
    found: dict[_OspfLsa, dict[str, object]] = {}
    for _, route, lsas in ospf.routing.calculator.candidates(prefix):
        if lsas and lsas[0][3] == ospf.router_id:
            found.setdefault(lsas[0], {"metric": route[1]})
    for scope, key in ospf.originator.told_of(prefix):
        said: dict[str, object]
        said = {} if external is None else {"metric": external.metric, "tag": external.tag}
        found[scope, key.type, key.id, key.router] = said
    for place, fields in found.items():
        line = lsa_line(ospf, place)
        if line is not None:
            yield {
                "place": areas.get(place[0], "all areas that take externals"),
                "is_told": True,
                "fields": fields,
                "reason": f"by our {line}",
            }


def _why_nothing(ospf: Ospf, prefix: Prefix, offered: RibRoute | None) -> str:
    if prefix.version != ospf.routing.family:
        return f"{ospf.dialect.name} tells of IPv{ospf.routing.family}"
    if offered is None or offered.source == (ospf.config.source or ospf.dialect.name):
        return FLOODED if ospf.routing.calculator.route(prefix) else "the table has no route for it"
    rule = rule_for(ospf.config, offered.source)
    if rule is None:
        return f"routes of {offered.source} are not redistributed"
    if rule.policy is not None:
        return f"the policy of redistribution of {offered.source} refuses it, or no area takes it"
    return "no area of ours takes externals"

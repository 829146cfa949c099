"""Why a prefix is forwarded as it is, and why not: the whole answer, among real RIP routers."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from fingerpost import policy
from fingerpost.addr import Address, Prefix
from fingerpost.errors import UsageError
from fingerpost.forwarding.route import NextHop, RouteKind
from fingerpost.rib import Leak, Limit, OnLimit, RibRoute, StaticRoute
from fingerpost.rib.instant_text import Clock
from fingerpost.rip import Redistribution, RipConfig, RipInterface, RipLimits, SplitHorizon
from fingerpost.router import ChannelConfig, ConfigurationChanged, ProtocolConfig
from fingerpost.router.why_not_text import why_not_lines
from fingerpost.router.why_text import why_lines
from router.test_routing import FAR, config, line_of_three, main, static
from router.wires import S, Wires
from router.wires import rip as rip_on

POLICIES = policy.load(
    {
        "prefix-lists": {"far": ["permit 203.0.113.0/24"]},
        "policies": {
            "refuse": {
                "otherwise": "accept",
                "statements": [{"name": "no", "match": {"prefix-list": "far"}, "then": "reject"}],
            },
            "farther": [{"name": "up", "set": {"metric": "+2", "tag": 9}}],
            "wide": [{"name": "short", "match": {"prefix": "0.0.0.0/0 le 16"}}],
        },
    }
)


def settled(**fields: object) -> Wires:
    world = line_of_three(**fields)
    world.run(40 * S)
    return world


def configure(world: Wires, name: str, **fields: object) -> None:
    held = world.routers[name].config
    world.give(name, ConfigurationChanged(replace(held, **fields)))  # type: ignore[arg-type]


def import_by(world: Wires, name: str, judge: str | None, limit: Limit | None = None) -> None:
    guarded = replace(
        world.routers[name].config.protocols["rip"],
        channel=ChannelConfig(POLICIES[judge] if judge else None, limit=limit),
    )
    configure(world, name, protocols={"rip": guarded})


def why_not_text(world: Wires, name: str, prefix: object = FAR, **asked: str) -> list[str]:
    return str(world.routers[name].explain_not(prefix, **asked)).splitlines()  # type: ignore[arg-type]


def test_losers_stand_beside_the_winner_with_the_rule_and_both_values() -> None:
    world = settled()
    configure(world, "c", tables=main(static(str(FAR), "10.0.2.2")))
    text = str(world.routers["c"].explain(FAR))
    assert text.splitlines()[0] == f"{FAR}: {FAR} via 10.0.2.2 dev bc proto static [1/0]"
    assert "proto rip [120/5]: distance 120 loses to 1 of static" in text
    assert "next hop 10.0.2.2 rests on 10.0.2.0/24: via 10.0.2.2 dev bc" in text


def test_what_the_import_policy_changed_is_shown_before_and_after() -> None:
    world = settled()
    import_by(world, "c", "farther")
    answer = world.routers["c"].explain(FAR)
    model: Any = answer.as_dict()
    (candidate,) = model["candidates"]
    assert candidate["changes"] == [
        {"field": "metric", "before": 5, "after": 7},
        {"field": "tag", "before": 0, "after": 9},
    ]
    assert "policy farther line up: metric +2, tag = 9, accept" in str(answer)
    assert "policy changed metric 5 -> 7, tag 0 -> 9" in str(answer)


@pytest.mark.parametrize("asked", [str(FAR), "203.0.113.7"])
def test_what_was_refused_is_in_the_answer_to_why(asked: str) -> None:
    world = settled()
    import_by(world, "c", "refuse")
    configure(world, "c", tables=main(static("0.0.0.0/0", "10.0.2.2")))
    text = str(world.routers["c"].explain(asked))
    assert f"not in the table: {FAR} via 10.0.2.2 dev bc proto rip [120/5] was refused" in text
    assert "policy refuse line no: reject" in text


def test_what_the_limit_holds_back_is_in_both_answers() -> None:
    world = line_of_three()
    import_by(world, "c", None, Limit(0))
    world.run(40 * S)
    assert "waits: the limit of 0 prefixes is reached" in str(world.routers["c"].explain(FAR))
    assert why_not_text(world, "c")[1].startswith(f"  rip: {FAR} via 10.0.2.2")


def test_a_channel_that_its_limit_ended_says_so() -> None:
    world = line_of_three()
    import_by(world, "c", None, Limit(1, OnLimit.DISABLE))
    world.run(40 * S)
    line = "  rip: the channel of rip was ended by its limit of 1 prefixes"
    assert line in why_not_text(world, "c")


def test_instants_are_shown_as_the_host_can_tell_them() -> None:
    world = settled()
    answer = world.routers["c"].explain(FAR)
    since = answer.rib.candidates[0].route.since
    assert f"since {since / S:.3f} s" in str(answer)
    aged = "\n".join(why_lines(answer.as_dict(Clock(since + 192 * S))))
    assert "said by rip from 10.0.2.2 since 3m12s ago" in aged
    told = "\n".join(why_lines(answer.as_dict(Clock(since + 5 * S, wall=1_000 * S))))
    assert ":35 (5s ago)" in told  # 995 s after the minute in which 1970 began
    assert answer.as_dict(Clock(7, 8))["clock"] == {"now": 7, "wall": 8}


def test_the_answers_are_plain_data_from_which_their_text_is_made() -> None:
    world = settled()
    configure(world, "c", tables=main(static(str(FAR), "10.0.2.2")))
    why = world.routers["c"].explain("203.0.113.7")
    assert "\n".join(why_lines(json.loads(json.dumps(why.as_dict())))) == str(why)
    for source, to in ((None, None), ("rip", None), (None, "rip")):
        answer = world.routers["c"].explain_not(FAR, source, to=to)
        assert "\n".join(why_not_lines(json.loads(json.dumps(answer.as_dict())))) == str(answer)


# -- why not: on the way in ------------------------------------------------------------------------


def test_why_not_of_what_lost_names_to_whom_by_what() -> None:
    world = settled()
    configure(world, "c", tables=main(static(str(FAR), "10.0.2.2")))
    lines = why_not_text(world, "c", source="rip")
    assert lines[0] == f"{FAR} of rip: not used"
    assert lines[2].startswith(f"  rip: lost, {FAR} via 10.0.2.2 dev bc proto rip [120/5]: ")
    assert lines[2].endswith(": distance 120 loses to 1 of static")


def test_why_not_of_what_nobody_said_asks_each_protocol_and_tells_what_is_used_instead() -> None:
    world = settled()
    configure(world, "c", tables=main(static("203.0.0.0/16", "10.0.2.2")))
    lines = why_not_text(world, "c", "203.0.99.0/24")
    assert lines == [
        "203.0.99.0/24: not used",
        "  rip: not announced",
        "    rip on 203.0.99.0/24: no router has offered it",
        "  its addresses use 203.0.0.0/16 via 10.0.2.2 dev bc proto static [1/0]",
    ]


def test_why_not_of_a_next_hop_that_leads_nowhere_says_what_is_missing() -> None:
    world = settled()
    configure(world, "c", tables=main(static("192.0.2.0/24", "198.51.100.1")))
    lines = why_not_text(world, "c", "192.0.2.0/24", source="static")
    assert lines[1].endswith("via 198.51.100.1 proto static [1/0]: no next hop leads anywhere")
    assert lines[2] == "  next hop 198.51.100.1: no route leads to it"


def test_why_not_of_a_network_whose_interface_is_down() -> None:
    world = settled()
    world.cut("c", "bc")
    lines = why_not_text(world, "c", "10.0.2.0/24", source="connected")
    assert lines[1].startswith("  connected:bc: unusable, 10.0.2.0/24 dev bc")
    assert lines[2] == "  interface bc is down"


def test_why_not_of_a_source_that_is_not_there_names_those_that_are() -> None:
    lines = why_not_text(settled(), "c", source="ospf")
    assert lines[0] == f"{FAR} of ospf: not used"
    assert "  ospf: no source ospf has or could have it; there is rip" in lines


def test_why_not_of_a_router_that_knows_nothing() -> None:
    world = Wires()
    world.router("a")
    assert why_not_text(world, "a")[1].startswith("  no source has it")


def test_why_not_of_what_another_table_does_not_leak() -> None:
    world = Wires()
    tables = {
        **main(),
        "blue": main(StaticRoute(FAR, kind=RouteKind.BLACKHOLE))["main"],
    }
    leaks = (Leak("blue", "main", POLICIES["wide"]),)
    world.router("a", config(tables=tables, leaks=leaks), ab="10.0.1.1/24")
    lines = why_not_text(world, "a")
    assert lines[1] == (
        f"  table:blue: {FAR} blackhole proto static [1/0] was refused on its way from table blue"
    )
    assert lines[2] == "    policy wide line end: reject, for no line decided"
    lines = why_not_text(world, "a", "192.0.2.0/24")
    assert lines[1] == "  table:blue: table blue uses nothing for 192.0.2.0/24"


def test_what_is_kept_from_the_forwarding_table_is_not_called_used() -> None:
    world = settled()
    configure(world, "c", tables=main(export_policy=POLICIES["refuse"]))
    answer = world.routers["c"].explain_not(FAR)
    assert (answer.used, answer.outcome) == (False, "not forwarded")
    assert "  not forwarded by: policy refuse line no: reject" in str(answer).splitlines()
    assert world.routers["c"].explain_not("10.0.1.0/24").used


# -- why not: on the way out -----------------------------------------------------------------------


def test_who_is_told_of_a_learned_route_and_who_is_not() -> None:
    world = settled()
    lines = why_not_text(world, "b", to="rip")
    assert lines[0] == f"{FAR} to rip: told to some"
    assert lines[2:] == [
        "  rip on ab: told metric 16, tag 0: "
        "split horizon (poisoned): it is learned from this link",
        "  rip on bc: told metric 4, tag 0",
    ]


def test_the_network_of_a_link_is_not_told_to_it() -> None:
    lines = why_not_text(settled(), "b", "10.0.1.0/24", to="rip")
    assert lines[2:] == [
        "  rip on ab: not told, split horizon (poisoned): it is the network of this link",
        "  rip on bc: told metric 1, tag 0",
    ]


def test_what_is_not_redistributed_is_told_to_nobody() -> None:
    lines = why_not_text(settled(), "a", "10.1.0.0/24", to="rip")
    assert lines[0] == "10.1.0.0/24 to rip: not told"
    assert lines[2] == "  rip tells nobody: routes of connected:lan are not redistributed"


def test_the_export_policy_line_that_withheld_a_route_is_named() -> None:
    world = settled()
    held = world.routers["a"].config.protocols["rip"]
    guarded = replace(held, channel=ChannelConfig(export_policy=POLICIES["refuse"]))
    configure(world, "a", protocols={"rip": guarded})
    world.run(400 * S)
    lines = why_not_text(world, "a", to="rip")
    assert lines[2:] == [
        "  rip is not given it: policy refuse line no: reject",
        "  rip tells nobody: no neighbor has offered it, and the table gives us nothing to tell",
    ]


def test_interfaces_that_are_silent_say_why() -> None:
    world = Wires()
    told = {"static": Redistribution()}
    links = (
        RipInterface("ab"),
        RipInterface("p", is_passive=True),
        RipInterface("d"),
        RipInterface("s", split_horizon=SplitHorizon.NONE, policy_out=(lambda _: None,)),
    )
    world.router(
        "a",
        config(
            tables=main(StaticRoute(FAR, kind=RouteKind.BLACKHOLE)),
            protocols={"rip": ProtocolConfig("rip", RipConfig(links, redistributes=told))},
        ),
        ab="10.0.1.1/24",
        p="10.0.2.1/24",
        d="10.0.3.1/24",
        s="10.0.4.1/24",
    )
    world.cut("a", "d")
    world.run(40 * S)
    assert why_not_text(world, "a", to="rip")[2:] == [
        "  rip on ab: told metric 1, tag 0",
        "  rip on d: not told, the interface is down",
        "  rip on p: not told, the interface is passive",
        "  rip on s: not told, refused on the interface by <lambda>",
    ]


def test_a_redistribution_that_refuses_is_told_from_one_that_is_missing() -> None:
    world = settled()
    refusing = {"static": Redistribution(policy=(lambda _: None,))}
    configure(world, "a", protocols={"rip": rip_on("ab", redistributes=refusing)})
    world.run(400 * S)
    (line,) = why_not_text(world, "a", to="rip")[2:]
    assert "the policy that redistributes static refuses 203.0.113.0/24 blackhole" in line


def test_a_prefix_of_the_other_family_is_not_told_and_said_so() -> None:
    world = settled()
    hop = StaticRoute(Prefix("2001:db8::/32"), (NextHop("ab", Address("fe80::1")),))
    configure(world, "a", tables=main(hop))
    assert why_not_text(world, "a", "2001:db8::/32", to="rip")[2] == (
        "  rip tells nobody: it tells IPv4 routes only"
    )


def test_a_protocol_that_is_not_there_is_wrong_use() -> None:
    with pytest.raises(UsageError, match="table main has no protocol 'ospf'; it has rip"):
        settled().routers["a"].explain_not(FAR, to="ospf")


def test_a_table_that_is_not_there_is_wrong_use() -> None:
    with pytest.raises(UsageError, match="has no table 'blue'"):
        settled().routers["a"].explain_not(FAR, table="blue")


# -- the message that a route came by --------------------------------------------------------------


def test_the_message_that_brought_a_route_is_told_as_it_was_before_any_policy() -> None:
    world = settled()
    import_by(world, "c", "farther")
    world.run(100 * S)
    model: Any = world.routers["c"].explain(FAR).as_dict()
    (message,) = model["candidates"][0]["messages"]
    assert 65 * S <= message.pop("received") <= 100 * S  # the last one, said every 25 to 35 s
    assert message == {
        "kind": "rip response",
        "neighbor": "10.0.2.2",
        "interface": "bc",
        "fields": {"metric": 4, "tag": 0, "next_hop": None},
    }
    text = str(world.routers["c"].explain(FAR))
    assert "    rip response from 10.0.2.2 on bc, " in text
    assert "metric 4, tag 0" in text


def with_policy_in(*links: str, **fields: object) -> ProtocolConfig:
    interfaces = tuple(RipInterface(link, **fields) for link in links)  # type: ignore[arg-type]
    return ProtocolConfig("rip", RipConfig(interfaces))


def test_what_the_policy_of_an_interface_refused_is_known_with_the_message() -> None:
    def distant_only(route: RibRoute) -> RibRoute | None:
        return None if route.prefix == FAR else route

    world = line_of_three()
    configure(world, "c", protocols={"rip": with_policy_in("bc", policy_in=(distant_only,))})
    world.run(40 * S)
    lines = why_not_text(world, "c")
    assert lines[1:4] == [
        "  rip: not announced",
        f"    rip on {FAR}: no offer of it was taken",
        "      lost: metric 5 from 10.0.2.2 on bc: refused on the interface by distant_only",
    ]
    assert lines[4].startswith("        rip response from 10.0.2.2 on bc, ")
    assert lines[4].endswith("s: metric 4, tag 0")


def test_a_policy_of_lines_on_an_interface_names_the_line_that_refused() -> None:
    world = line_of_three()
    judge = POLICIES["refuse"]
    configure(world, "c", protocols={"rip": with_policy_in("bc", policy_in=(judge,))})
    world.run(40 * S)
    assert "refused on the interface by policy refuse line no: reject" in str(
        world.routers["c"].explain_not(FAR)
    )
    assert judge.hits[0] > 0
    hits = list(judge.hits)
    world.routers["c"].explain_not(FAR)
    assert judge.hits == hits


def test_a_route_that_the_channel_refused_is_told_with_its_message() -> None:
    world = settled()
    import_by(world, "c", "refuse")
    for answer in (world.routers["c"].explain(FAR), world.routers["c"].explain_not(FAR)):
        lines = str(answer).splitlines()
        assert any(line.lstrip().startswith("rip response from 10.0.2.2 on bc, ") for line in lines)


def test_what_is_taken_again_is_not_among_the_refused() -> None:
    world = line_of_three()
    judge = POLICIES["refuse"]
    configure(world, "c", protocols={"rip": with_policy_in("bc", policy_in=(judge,))})
    world.run(40 * S)
    configure(world, "c", protocols={"rip": with_policy_in("bc")})
    world.run(100 * S)
    assert "lost" not in str(world.routers["c"].explain(FAR))


def test_an_offer_for_which_there_is_no_room_is_known() -> None:
    world = line_of_three()
    interfaces = (RipInterface("bc"),)
    full = ProtocolConfig("rip", RipConfig(interfaces, limits=RipLimits(routes=1)))
    configure(world, "c", protocols={"rip": full})
    world.run(40 * S)
    missing = next(p for p in (FAR, Prefix("10.0.1.0/24")) if p not in world.fibs["c"])
    text = str(world.routers["c"].explain_not(missing))
    assert "from 10.0.2.2 on bc: no room: 1 routes are learned already" in text


def test_offers_that_lost_in_rip_keep_their_message() -> None:
    world = Wires()
    for name, link, metric in (("a", "ac", 3), ("b", "bc", 5)):
        told = {"static": Redistribution(metric=metric)}
        start = config(
            tables=main(StaticRoute(FAR, kind=RouteKind.BLACKHOLE)),
            protocols={"rip": rip_on(link, redistributes=told)},
        )
        world.router(name, start, **{link: f"10.0.{metric}.1/24"})
    world.router(
        "c", config(protocols={"rip": rip_on("ac", "bc")}), ac="10.0.3.3/24", bc="10.0.5.3/24"
    )
    world.run(70 * S)
    model: Any = world.routers["c"].explain(FAR).as_dict()
    won, lost = model["protocols"][0]["ways"]
    assert (won["wins"], won["message"]["fields"]["metric"]) == (True, 3)
    assert (lost["wins"], lost["message"]["fields"]["metric"]) == (False, 5)
    assert lost["rule"] == "offered with a higher metric by another router: 6 against 4"

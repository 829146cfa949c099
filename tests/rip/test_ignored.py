"""An operator sees who comes, who goes, and who speaks without being heard, with the reason."""

from __future__ import annotations

from fingerpost.addr import Address
from fingerpost.protocol import events as ev
from fingerpost.rip import Algorithm, Fault, Key, KeyChain, RipConfig, RipInterface
from fingerpost.rip.ignored import MOST
from fingerpost.rip.show import interfaces
from rip.single import EXACT, LINKS, PEER_NG, S, heard, machine, rte

KEYED = RipInterface("eth0", authenticator=KeyChain((Key(1, b"secret", Algorithm.KEYED_MD5),)))
FAR = "10.9.0.0/16"


def told(outputs: list[ev.Output], word: str) -> list[tuple[str | None, str]]:
    found = [one for one in outputs if isinstance(one, ev.Happened)]
    return [(one.interface, one.detail) for one in found if one.kind.startswith(word)]


def test_a_neighbor_is_told_of_when_it_comes_and_when_it_is_silent() -> None:
    rip = machine()
    said = [heard([rte(FAR)], interface="eth0"), heard([rte(FAR)], interface="eth0")]
    assert told(rip.receive(said[0], S), "neighbor") == [("eth0", "10.0.0.2, version 2")]
    assert told(rip.receive(said[1], 2 * S), "neighbor") == []
    silent = 2 * S + EXACT.timeout_ns
    assert told(rip.receive(ev.TimePassed(), silent), "neighbor") == []
    lost = [("eth0", "10.0.0.2: silent for 180 s")]
    assert told(rip.receive(ev.TimePassed(), silent + 1), "neighbor down") == lost
    assert told(rip.receive(ev.TimePassed(), silent + 2), "neighbor") == []
    assert len(told(rip.receive(said[0], silent + S), "neighbor up")) == 1
    assert [one["since"] for one in rip.snapshot()["neighbors"]] == [silent + S]


def test_a_neighbor_is_told_of_when_its_link_goes() -> None:
    rip = machine()
    rip.receive(heard([rte(FAR)]), S)
    down = rip.receive(ev.InterfaceWentDown("eth0"), 2 * S)
    assert told(down, "neighbor") == [("eth0", "10.0.0.2: the interface is down")]
    assert told(rip.receive(ev.InterfaceWentDown("eth0"), 3 * S), "neighbor") == []
    rip.receive(ev.InterfaceWentUp("eth0", LINKS["eth0"]), 4 * S)
    assert told(rip.receive(heard([rte(FAR)]), 5 * S), "neighbor up") != []


def test_rfc_2453_5_2_who_lacks_the_key_is_shown_with_the_reason() -> None:
    rip = machine(KEYED)
    rip.receive(heard([rte(FAR)]), S)
    rip.receive(heard([rte(FAR)]), 2 * S)
    (one,) = rip.snapshot()["ignored"]
    assert one == {
        "interface": "eth0",
        "address": "10.0.0.2",
        "reason": str(Fault.NO_AUTHENTICATION),
        "since": S,
        "heard": 2 * S,
        "messages": 2,
    }
    answer = rip.explain(FAR)
    assert answer.as_dict()["ignored"] == [one]
    assert "10.0.0.2 on eth0 is not heard: authentication missing" in str(answer)


def test_who_is_heard_again_is_ignored_no_more() -> None:
    rip = machine()
    rip.receive(heard([rte(FAR)], port=1000), S)
    assert [one["reason"] for one in rip.snapshot()["ignored"]] == [str(Fault.SOURCE_PORT)]
    rip.receive(heard([rte(FAR)]), 2 * S)
    assert rip.snapshot()["ignored"] == []


def test_who_was_ignored_is_forgotten_with_the_timeout() -> None:
    rip = machine()
    rip.receive(heard([rte(FAR)], source=Address("192.0.2.7")), S)
    assert len(rip.snapshot(S + EXACT.timeout_ns)["ignored"]) == 1
    assert rip.snapshot(S + EXACT.timeout_ns + 1)["ignored"] == []


def test_the_answer_about_a_route_that_is_there_does_not_speak_of_others() -> None:
    rip = machine()
    rip.receive(heard([rte(FAR)], port=1000, source=Address("10.0.0.9")), S)
    rip.receive(heard([rte(FAR)]), S)
    assert rip.explain(FAR).as_dict()["ignored"] == []
    assert len(rip.explain("10.8.0.0/16").ignored) == 1
    assert rip.explain("2001:db8::/32").ignored == ()


def test_a_flood_of_sources_is_bounded_and_the_last_ones_are_kept() -> None:
    rip = machine()
    for number in range(MOST + 10):
        source = Address("192.0.2.0") + number
        rip.receive(heard([rte(FAR)], source=source), S + number)
    kept = [Address(one["address"]) for one in rip.snapshot()["ignored"]]
    assert len(kept) == MOST
    assert min(kept) == Address("192.0.2.10")


def test_our_own_messages_make_nobody_ignored() -> None:
    rip = machine()
    rip.receive(heard([rte(FAR)], source=LINKS["eth0"][0].address), S)
    assert rip.snapshot()["ignored"] == []


def test_rfc_2080_2_4_2_ripng_tells_of_a_hop_limit_that_is_forged() -> None:
    rip = machine(version="ng")
    rip.receive(heard(b"\2\1\0\0", source=PEER_NG, port=521, hop_limit=64), S)
    assert [one["reason"] for one in rip.snapshot()["ignored"]] == [str(Fault.HOP_LIMIT)]


def test_an_interface_that_is_only_announced_is_not_called_a_loopback() -> None:
    rip = machine(config=RipConfig((RipInterface("eth0", is_loopback=True), RipInterface("eth1"))))
    rip.receive(heard([rte(FAR)], interface="eth1", source=Address("10.0.1.2")), S)
    assert [row[1] for row in interfaces(rip.snapshot()).rows] == ["announced", "up"]
    announced, spoken = rip.explain_told(FAR, None).links
    assert "announce-only" in str(announced.reason)
    assert spoken.offer is not None

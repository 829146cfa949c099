"""Sessions with FRR's bfdd: up, seen lost in time, other times by a Poll Sequence, AdminDown."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from daemon.processes import wait
from foreign import require_frr
from interop.bfd.plan import OURS, PATIENCE_S, PEERS, TIMES, Place, beside_frr, ours

# a machine that runs other tests at the same time is late now and then
LATE_S = 1.5


@pytest.fixture(scope="module")
def held() -> Iterator[Place]:
    require_frr("bfdd")
    with beside_frr(ours()) as found:
        yield found


@pytest.fixture
def frr(held: Place) -> Place:
    """Both ends as they were at first, and up."""
    held.cable.mend()
    held.change(ours())
    held.wait_up()
    return held


def test_both_ends_say_the_same_of_a_session(frr: Place) -> None:
    wait(
        lambda: {one["status"] for one in frr.frr_peers().values()} == {"up"}, PATIENCE_S, "FRR up"
    )
    frr.wait_for("transmit_ns", 100_000_000)
    theirs = frr.frr_peers()
    for peer, own in zip(PEERS, OURS, strict=True):
        mine = frr.session(peer)
        assert theirs[own]["id"] == mine["remote"]["id"]
        assert theirs[own]["remote-id"] == mine["id"]
        assert theirs[own]["remote-receive-interval"] == mine["min_receive_ns"] // 1_000_000 == 100
        assert theirs[own]["remote-transmit-interval"] == 100
        assert theirs[own]["remote-detect-multiplier"] == mine["multiplier"] == 3
        assert mine["detection_ns"] == 300_000_000
        assert mine["counters"]["faults"] == {}
        assert mine["reason"] is None


def test_a_silent_cable_is_seen_by_both_and_the_static_route_goes_the_other_way(
    frr: Place,
) -> None:
    wait(lambda: frr.way() == "10.0.0.2", PATIENCE_S, "the route by 10.0.0.2")
    before = len(frr.times_of("bfd session down"))
    cut = frr.cable.cut()
    wait(lambda: frr.way() == "blackhole", PATIENCE_S, "the other route")
    first = frr.times_of("bfd session down")[before]
    # the last packet came up to 100 ms before the cut
    assert cut + 0.19 < first < cut + 0.30 + LATE_S
    assert frr.session()["diagnostic"] == "Control Detection Time Expired"
    assert frr.session()["reason"] == "nothing heard for 300 ms, the Detection Time"
    wait(lambda: frr.frr_peers()["10.0.0.1"]["status"] == "down", PATIENCE_S, "FRR down")
    frr.cable.mend()
    frr.wait_up()
    wait(lambda: frr.way() == "10.0.0.2", PATIENCE_S, "the route by 10.0.0.2 again")


def downs(frr: Place) -> int:
    return sum(one["counters"]["downs"] for one in frr.model["sessions"])


def test_other_times_are_agreed_on_while_sessions_stay_up(frr: Place) -> None:
    before = downs(frr), frr.session()["counters"]["polls_out"]
    frr.change(ours("min-transmit: 250ms, min-receive: 150ms, multiplier: 4"))
    wait(
        lambda: frr.frr_peers()["10.0.0.1"]["remote-transmit-interval"] == 250,
        PATIENCE_S,
        "FRR heard of it",
    )
    frr.wait_for("polling", False)
    frr.wait_for("transmit_ns", 250_000_000)
    frr.wait_for("detection_ns", 450_000_000)
    theirs = frr.frr_peers()["10.0.0.1"]
    assert (theirs["remote-receive-interval"], theirs["remote-detect-multiplier"]) == (150, 4)
    # and now they change theirs, which we answer
    told = ("peer 10.0.0.1 interface right", "transmit-interval 400", "receive-interval 300")
    frr.vtysh("configure terminal", "bfd", *told)
    frr.wait_for("detection_ns", 3 * 400_000_000)
    frr.wait_for("transmit_ns", 300_000_000)
    back = ("peer 10.0.0.1 interface right", "transmit-interval 100", "receive-interval 100")
    frr.vtysh("configure terminal", "bfd", *back)
    frr.wait_for("detection_ns", 3 * 150_000_000)
    assert downs(frr) == before[0]
    assert frr.session()["counters"]["polls_out"] > before[1]
    assert frr.session()["counters"]["polls_in"] > 0


def test_each_end_sees_that_the_other_has_switched_it_off(frr: Place) -> None:
    shut = "{address: 10.0.0.2, shutdown: true}"
    frr.change(ours(peers=(shut, PEERS[1])))
    wait(
        lambda: frr.frr_peers()["10.0.0.1"]["remote-diagnostic"] == "administratively down",
        PATIENCE_S,
        "FRR knows why",
    )
    assert frr.frr_peers()["10.0.0.1"]["status"] == "down"
    assert frr.statuses() == {"10.0.0.2": "AdminDown", "fd00::2": "Up"}
    frr.change(ours())
    frr.wait_up()
    frr.vtysh("configure terminal", "bfd", "peer 10.0.0.1 interface right", "shutdown")
    frr.wait_for("status", "Down")
    assert frr.session()["diagnostic"] == "Neighbor Signaled Session Down"
    wait(
        lambda: (
            frr.session()["reason"] == "the neighbor has shut the session down (AdminDown)"
            or frr.session()["last_fall"] == "the neighbor has shut the session down (AdminDown)"
        ),
        PATIENCE_S,
        "why",
    )
    frr.vtysh("configure terminal", "bfd", "peer 10.0.0.1 interface right", "no shutdown")
    frr.wait_up()


def test_what_is_shown_has_the_columns_of_frr(frr: Place) -> None:
    lines = frr.router.run("show", "bfd").stdout.splitlines()
    assert lines[0] == "session count: 2"
    assert lines[1].startswith("session id  local address  peer address  interface  status")
    theirs = frr.vtysh("show bfd peers brief")
    for peer, own in zip(PEERS, OURS, strict=True):
        session = frr.session(peer)
        (line,) = [one for one in lines if f" {peer} " in one]
        assert line.split()[:5] == [str(session["id"]), own, peer, "left", "Up"]
        assert own in theirs
    for part in ("details", "counters", "faults"):
        assert frr.router.run("show", "bfd", part).stdout


def test_neighbours_several_hops_away_meet_by_any_interface(frr: Place) -> None:
    """RFC 5883, with a limit of hops: 254 is the least that either takes."""
    frr.join_loopbacks()
    peer = "peer 10.255.0.1 multihop local-address 10.255.0.2"
    frr.vtysh("configure terminal", "bfd", peer, "transmit-interval 100", "receive-interval 100")
    far = "{address: 10.255.0.2, local: 10.255.0.1, hops: 2}"
    frr.change(ours(peers=(*PEERS, far)))
    frr.wait_for("status", "Up", "10.255.0.2")
    wait(lambda: frr.frr_peers()["10.255.0.1"]["status"] == "up", PATIENCE_S, "FRR up")
    frr.vtysh("configure terminal", "bfd", f"no {peer}")
    frr.wait_for("status", "Down", "10.255.0.2")


def test_an_end_that_stops_says_so(frr: Place) -> None:
    assert TIMES in ours()
    frr.router.end()
    wait(
        lambda: (
            {one["remote-diagnostic"] for one in frr.frr_peers().values()}
            == {"administratively down"}
        ),
        PATIENCE_S,
        "FRR knows",
    )
    frr.router.start()
    frr.wait_up()

"""Sessions with BIRD: every kind of authentication, loss of the link, other times, restarts."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from signal import SIGCONT, SIGKILL, SIGSTOP

import pytest

from daemon.processes import wait
from interop.bfd.plan import PATIENCE_S, STATICS, TIMES, Place, beside_bird, bird_peers, ours
from interop.bfd.test_frr import LATE_S
from netns import Namespace, require_root

TRIES = 4  # of a machine that may be too busy for 50 ms itself
KEY = "sesame"
KINDS = {
    "simple": "simple",
    "keyed-md5": "keyed md5",
    "meticulous-keyed-md5": "meticulous keyed md5",
    "keyed-sha1": "keyed sha1",
    "meticulous-keyed-sha1": "meticulous keyed sha1",
}


@pytest.fixture(scope="module")
def held() -> Iterator[Place]:
    require_root("bird")
    with beside_bird(ours()) as found:
        yield found


@pytest.fixture
def bird(held: Place) -> Place:
    """Both ends as they were at first, and up."""
    held.cable.mend()
    configure(held, bird_peers())
    held.change(ours())
    held.wait_up()
    return held


def configure(bird: Place, text: str) -> None:
    (bird.folder / "bird.conf").write_text(text)
    assert "Reconfigur" in bird.birdc("configure")


def signed(kind: str, secret: str = KEY) -> tuple[str, str]:
    """How both ends are told of authentication."""
    theirs = f'authentication {KINDS[kind]}; password "{secret}" {{ id 7; }};'
    return f", authentication: {{type: {kind}, keys: {{id: 7, secret: {KEY}}}}}", theirs


@pytest.mark.parametrize("kind", KINDS)
def test_authentication_of_each_kind_brings_sessions_up_and_keeps_them(
    bird: Place, kind: str
) -> None:
    mine, theirs = signed(kind)
    configure(bird, bird_peers(theirs))
    bird.change(ours(more=mine))
    bird.wait_up()
    bird.wait_for("transmit_ns", 100_000_000)
    counters = bird.session()["counters"]
    wait(
        lambda: bird.session()["counters"]["packets_in"] > counters["packets_in"] + 20,
        PATIENCE_S,
        "twenty packets more",
    )
    after = bird.session()["counters"]
    assert after["downs"] == counters["downs"]
    assert after["faults"] == counters["faults"]
    assert {state for state, _, _ in bird.bird_sessions().values()} == {"Up"}


def test_another_secret_keeps_sessions_down_and_says_so(bird: Place) -> None:
    mine, theirs = signed("meticulous-keyed-sha1", "another")
    configure(bird, bird_peers(theirs))
    bird.change(ours(more=mine))
    wait(lambda: "wrong digest" in str(bird.session()["reason"]), PATIENCE_S, "the reason is told")
    assert bird.session()["status"] == "Down"
    shown = bird.router.run("show", "bfd").stdout
    assert "the neighbor's packets are refused: wrong digest" in shown


def test_a_silent_cable_is_seen_within_the_detection_time(bird: Place) -> None:
    bird.wait_for("detection_ns", 300_000_000)
    before = len(bird.times_of("bfd session down"))
    cut = bird.cable.cut()
    wait(lambda: set(bird.statuses().values()) == {"Down"}, PATIENCE_S, "both sessions are down")
    first = bird.times_of("bfd session down")[before]
    assert cut + 0.19 < first < cut + 0.30 + LATE_S
    wait(
        lambda: {state for state, _, _ in bird.bird_sessions().values()} == {"Down"},
        PATIENCE_S,
        "BIRD sees it",
    )


def test_a_neighbour_that_stands_still_is_seen_and_one_that_goes_on_is_met_again(
    bird: Place,
) -> None:
    bird.wait_for("detection_ns", 300_000_000)
    bird.router.signal(SIGSTOP)
    try:
        wait(
            lambda: {state for state, _, _ in bird.bird_sessions().values()} == {"Down"},
            PATIENCE_S,
            "BIRD misses us",
        )
    finally:
        bird.router.signal(SIGCONT)
    bird.wait_up()


def test_both_ends_count_with_the_same_times(bird: Place) -> None:
    downs = bird.session()["counters"]["downs"]
    bird.change(ours("min-transmit: 150ms, min-receive: 250ms, multiplier: 5"))
    configure(bird, bird_peers(transmit=200, receive=350, multiplier=2))
    bird.wait_for("transmit_ns", 350_000_000)
    bird.wait_for("detection_ns", 2 * 250_000_000)
    wait(
        lambda: bird.bird_sessions()["10.0.0.1"] == ("Up", 0.25, 5 * 0.35),
        PATIENCE_S,
        "BIRD has the same times",
    )
    assert bird.session()["counters"]["downs"] == downs


def test_link_local_neighbours_meet_too(bird: Place) -> None:
    ends = [link_local(bird.us, "left"), link_local(bird.them, "right")]
    text = bird_peers().replace("neighbor fd00::1", f"neighbor {ends[0]}")
    configure(bird, text)
    bird.change(ours(peers=("10.0.0.2", f'{{address: "{ends[1]}", interface: left}}')))
    bird.wait_for("status", "Up", ends[1])
    assert bird.session(ends[1])["local"] == ends[0]
    assert bird.bird_sessions()[ends[0]][0] == "Up"


def link_local(space: Namespace, name: str) -> str:
    (link,) = json.loads(space.run("ip", "-j", "-6", "addr", "show", "dev", name, "scope", "link"))
    return next(str(one["local"]) for one in link["addr_info"] if "local" in one)


def test_neighbours_several_hops_away_meet_by_any_interface(bird: Place) -> None:
    """RFC 5883: from loopback to loopback. BIRD's packets begin with a hop limit of 64."""
    bird.join_loopbacks()
    far = "neighbor 10.255.0.1 local 10.255.0.2 multihop on;\n  neighbor fd00::1"
    configure(bird, bird_peers().replace("neighbor fd00::1", far))
    peer = "{address: 10.255.0.2, local: 10.255.0.1, hops: 255}"
    bird.change(ours(peers=("10.0.0.2", peer)))
    bird.wait_for("status", "Up", "10.255.0.2")
    bird.cable.cut()
    bird.wait_for("status", "Down", "10.255.0.2")
    bird.cable.mend()
    bird.wait_for("status", "Up", "10.255.0.2")


def test_either_end_may_be_killed_and_begin_anew(bird: Place) -> None:
    bird.router.end(SIGKILL)
    bird.router.start()
    bird.wait_up()
    assert TIMES in ours()


def test_tshark_reads_all_that_went_over_the_cable(bird: Place, tmp_path: Path) -> None:
    if shutil.which("tshark") is None:
        pytest.skip("tshark is not installed")
    mine, theirs = signed("keyed-md5")
    configure(bird, bird_peers(theirs))
    bird.change(ours(more=mine))
    bird.wait_up()
    capture = bird.cable.save(tmp_path / "cable.pcap")
    fields = ("bfd.version", "bfd.my_discriminator", "ip.ttl", "ipv6.hlim", "udp.srcport")
    words = [word for one in fields for word in ("-e", one)]
    command = ["tshark", "-n", "-r", str(capture), "-o", "udp.check_checksum:TRUE"]
    asked = [*command, "-Y", "udp.dstport==3784 && !icmp && !icmpv6", "-T", "json", *words]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=True)
    packets = [one["_source"]["layers"] for one in json.loads(done.stdout)]
    assert len(packets) > 100
    limits = {
        value for one in packets for key in ("ip.ttl", "ipv6.hlim") for value in one.get(key, [])
    }
    assert limits == {"255"}
    bad = [
        *command,
        "-Y",
        "(bfd || udp.dstport==3784) && (_ws.malformed || _ws.expert.severity>=6)",
    ]
    done = subprocess.run(bad, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == ""


def test_a_large_change_of_configuration_takes_nothing_down(bird: Place) -> None:
    configure(bird, bird_peers(transmit=50, receive=50))
    quick = ours("min-transmit: 50ms, min-receive: 50ms, multiplier: 3")
    many = "\n".join(f"  - 100.{n >> 8}.{n & 255}.0/24 via 10.0.0.2" for n in range(10_000))
    for _ in range(TRIES):
        bird.change(quick)
        bird.wait_up()
        bird.wait_for("detection_ns", 150_000_000)
        before = bird.session()["counters"]["downs"]
        bird.change(f"{quick}static:\n{many}\n".replace(STATICS, "", 1))
        after = bird.session()["counters"]["downs"]
        if before == after and "100.39.15.0/24" in bird.router.kernel():
            return
    pytest.fail(f"{TRIES} times the session fell: {bird.session()['last_fall']}")

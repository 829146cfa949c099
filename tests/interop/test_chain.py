"""The same questions to a chain of Linux routers and to one of ours: the same answers.

`ping`, `traceroute` and `tracepath` of Debian run in a namespace; what they print is compared with
times taken out. Where the two differ the difference stands here with the words of the RFC.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from interop.chain import Chain, linux_chain, our_chain
from netns import require_root

pytestmark = pytest.mark.slow

QUESTIONS = {
    "echo": "ping -n -c 3 -i 0.2 10.0.2.2",
    "echo, IPv6": "ping -n -c 3 -i 0.2 fd00:0:0:2::2",
    "echo of a router's near interface": "ping -n -c 1 10.0.1.1",
    "echo of a router's far interface": "ping -n -c 1 10.0.2.1",
    "echo of a router's far interface, IPv6": "ping -n -c 1 fd00:0:0:2::1",
    "TTL 1": "ping -n -c 1 -W 2 -t 1 10.0.2.2",
    "TTL 2": "ping -n -c 1 -W 2 -t 2 10.0.2.2",
    "TTL 1 to the router itself": "ping -n -c 1 -t 1 10.0.1.1",
    "hop limit 1": "ping -n -c 1 -W 2 -t 1 fd00:0:0:2::2",
    "hop limit 2": "ping -n -c 1 -W 2 -t 2 fd00:0:0:2::2",
    "may be fragmented": "ping -n -c 1 -W 2 -M dont -s 3000 10.0.2.2",
    "exactly the MTU": "ping -n -c 1 -W 2 -M do -s 1372 10.0.2.2",
    "no route": "ping -n -c 1 -W 2 10.9.9.9",
    "no route, IPv6": "ping -n -c 1 -W 2 fd00:9::1",
    "unreachable route": "ping -n -c 1 -W 2 172.16.1.1",
    "unreachable route, IPv6": "ping -n -c 1 -W 2 fd00:a::1",
    "prohibited route": "ping -n -c 1 -W 2 172.16.2.1",
    "prohibited route, IPv6": "ping -n -c 1 -W 2 fd00:b::1",
    "blackhole": "ping -n -c 1 -W 1 172.16.3.1",
    "blackhole, IPv6": "ping -n -c 1 -W 1 fd00:c::1",
    "nobody there": "ping -n -c 1 -W 5 10.0.2.99",
    "nobody there, IPv6": "ping -n -c 1 -W 5 fd00:0:0:2::99",
    "directed broadcast": "ping -n -c 1 -W 1 -b 10.0.2.255",
    "record route": "ping -n -c 1 -W 2 -R 10.0.2.2",
    "timestamps": "ping -n -c 1 -W 2 -T tsonly 10.0.2.2",
    "timestamps with addresses": "ping -n -c 1 -W 2 -T tsandaddr 10.0.2.2",
    "traceroute": "traceroute -n -q 1 -w 2 10.0.2.2",
    "traceroute, IPv6": "traceroute -6 -n -q 1 -w 2 fd00:0:0:2::2",
    "traceroute by echo": "traceroute -n -q 1 -w 2 -I 10.0.2.2",
    "traceroute by TCP": "traceroute -n -q 1 -w 2 -T -p 81 10.0.2.2",
    "traceroute to a prohibited route": "traceroute -n -q 1 -w 2 172.16.2.1",
    "traceroute to an unreachable route": "traceroute -n -q 1 -N 1 -w 2 172.16.1.1",
    "traceroute to a router": "traceroute -n -q 1 -w 2 10.0.12.2",
    "traceroute with MTUs": "traceroute -n -q 1 -w 2 --mtu 10.0.2.2",
    "tracepath": "tracepath -n 10.0.2.2",
    "tracepath, IPv6": "tracepath -6 -n fd00:0:0:2::2",
    # the path MTU is known now, and asked for again after it was forgotten
    "packet too big": "ping -n -c 2 -i 0.2 -W 1 -M do -s 1400 10.0.2.2",
    "packet too big, IPv6": "ping -n -c 2 -i 0.2 -W 1 -M do -s 1400 fd00:0:0:2::2",
    # the first request is too big for the way there, the second answer for the way back
    "large over IPv6": "ping -n -c 3 -i 0.5 -W 2 -s 3000 fd00:0:0:2::2",
}

# What each prints where they differ: a line of Linux's answer and one of ours.
DIFFERENT = {
    # RFC 4443 3.1: "If the reason for the failure to deliver is that the route to the destination
    # is a reject route, the Code field is set to 6." Linux says 0, no route.
    "unreachable route, IPv6": ("Destination unreachable: No route", "Unknown code 6"),
    # RFC 791 3.1: "If the time is not available in milliseconds or cannot be provided with respect
    # to midnight UT then any time may be inserted [...] provided the high order bit is set". A lab
    # has its own time.
    "timestamps": ("absolute", "absolute not-standard"),
    "timestamps with addresses": ("10.0.12.2", "absolute not-standard"),
}


THEIRS: dict[str, str] = {}  # what Linux has said, which is asked once


@pytest.fixture(scope="module")
def linux() -> Iterator[Chain]:
    require_root("ping", "traceroute", "tracepath")
    with linux_chain() as chain:
        wait_for(chain)
        yield chain


@pytest.fixture(scope="module", params=["tap", "host"])
def ours(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Chain]:
    require_root("ping", "traceroute", "tracepath")
    with our_chain(tmp_path_factory.mktemp("chain"), request.param) as chain:
        wait_for(chain)
        yield chain


def wait_for(chain: Chain) -> None:
    """Until both families work from end to end: links take their time to come up."""
    for target in ("10.0.2.2", "fd00:0:0:2::2"):
        for _ in range(30):
            if "1 received" in chain.a.run(*f"ping -n -c 1 -W 1 {target}".split(), check=False):
                break
        else:
            raise AssertionError(f"no answer from {target}")


def answer(chain: Chain, words: str) -> str:
    """What a tool prints, without what differs from run to run."""
    for family in ("-4", "-6"):
        for host in (chain.a, chain.b):
            host.run("ip", family, "route", "flush", "cache")
    said = chain.a.run(*words.split(), timeout=40, check=False)
    said = re.sub(r"time[= ]\d[\d.]* ?ms", "time", said)
    said = re.sub(r" *\d[\d.]* ?ms", " ms", said)
    said = re.sub(r"rtt .*", "rtt", said)
    said = re.sub(r"\d+ absolute", "absolute", said)
    return re.sub(r"^(\t(?:[\d.]+\t)?)\d+$", r"\1", said, flags=re.MULTILINE).strip()


@pytest.mark.parametrize("name", QUESTIONS)
def test_our_routers_answer_as_linux_does(name: str, linux: Chain, ours: Chain) -> None:
    if name not in THEIRS:
        if "172.16." in QUESTIONS[name]:
            time.sleep(1.2)  # Linux counts what such routes refuse, and is silent for a second
        THEIRS[name] = answer(linux, QUESTIONS[name])
    theirs, own = THEIRS[name], answer(ours, QUESTIONS[name])
    if name in DIFFERENT:
        assert DIFFERENT[name][0] in theirs
        assert DIFFERENT[name][1] in own
    else:
        assert own == theirs


def test_tcp_goes_through_with_equal_bytes(ours: Chain, tmp_path: Path) -> None:
    sent = tmp_path / "sent"
    sent.write_bytes(bytes(range(256)) * 1024)
    received = tmp_path / "received"
    script = (
        "import socket,sys;s=socket.create_server(('10.0.2.2',8080));s.settimeout(20);"
        "c,_=s.accept();c.settimeout(20);f=open(sys.argv[1],'wb');"
        "[f.write(d) for d in iter(lambda:c.recv(65536),b'')]"
    )
    server = subprocess.Popen(
        ["ip", "netns", "exec", ours.b.name, sys.executable, "-c", script, str(received)]
    )
    time.sleep(1)
    client = (
        "import socket,sys;s=socket.create_connection(('10.0.2.2',8080),20);"
        "s.sendall(open(sys.argv[1],'rb').read());s.close()"
    )
    ours.a.run(sys.executable, "-c", client, str(sent))
    assert server.wait(20) == 0
    assert received.read_bytes() == sent.read_bytes()

"""A `Speaker` beside BIRD on the loopback: routes both ways, and the words of an end."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from fingerpost import Speaker
from fingerpost._core import PrefixColumn
from fingerpost.bgp.family import IPV4, IPV6

from .test_speaker import HERE, THERE, free_port

pytestmark = pytest.mark.skipif(shutil.which("bird") is None, reason="BIRD is not installed")
COUNT = 10_000
CONFIG = """
router id 192.0.2.99;
protocol device {{ scan time 60; }}
protocol static four {{ ipv4; route 203.0.113.0/24 blackhole {{
  bgp_community.add((65000,1)); bgp_large_community.add((65000,2,3)); }}; }}
protocol static six {{ ipv6; route 2001:db8:1::/48 blackhole; }}
protocol bgp speaker {{
  local {there} port {port} as 65000;
  neighbor {here} as 65010;
  strict bind yes; passive yes; multihop 2; password "of-both";
  ipv4 {{ import all; export all; next hop address 192.0.2.99; }};
  ipv6 {{ import all; export all; next hop address 2001:db8::99; }};
}}
"""


class Bird:
    """One that runs in a folder of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        self.control = folder / "bird.ctl"
        config = folder / "bird.conf"
        config.write_text(CONFIG.format(here=HERE, there=THERE, port=port))
        words = ["bird", "-f", "-c", str(config), "-s", str(self.control)]
        words += ["-P", str(folder / "bird.pid")]
        self.process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        end = time.monotonic() + 20
        while not self.control.exists():
            if self.process.poll() is not None or time.monotonic() > end:
                self.close()
                pytest.skip("BIRD does not start here")
            time.sleep(0.02)

    def ask(self, command: str) -> str:
        words = ["birdc", "-s", str(self.control), command]
        return subprocess.run(words, capture_output=True, text=True, timeout=10, check=True).stdout

    def close(self) -> None:
        self.process.terminate()
        self.process.communicate(timeout=10)


def test_bird_and_a_program_tell_each_other(tmp_path: Path) -> None:
    port = free_port()
    bird = Bird(tmp_path, port)

    async def talk() -> None:
        async with Speaker(65010, "192.0.2.10", seed=1) as speaker:
            peer = await speaker.connect(
                THERE, asn=65000, port=port, local_address=HERE, md5="of-both", timeout=10
            )
            assert peer.families == (IPV4, IPV6)
            said = {}
            async with asyncio.timeout(10):
                async for update in speaker.updates():
                    said[str(update.prefix)] = update.path
                    if len(said) == 2:
                        break
            four, six = said["203.0.113.0/24"], said["2001:db8:1::/48"]
            assert four is not None
            assert six is not None
            assert str(four) == "65000 via 192.0.2.99"
            assert four.communities == ("65000:1", "65000:2:3")
            assert str(six.next_hop) == "2001:db8::99"
            column = PrefixColumn(f"10.{at >> 8}.{at & 255}.0/24" for at in range(COUNT))
            speaker.announce(column, next_hop="192.0.2.10")
            speaker.announce(
                "198.51.100.0/24",
                next_hop="192.0.2.10",
                path="64999",
                communities=["65010:100", "65010:1:2"],
            )
            speaker.announce("2001:db8:2::/48", next_hop="2001:db8::10")
            await comes(f"{COUNT + 1} of", "show route protocol speaker table master4 count")
            await comes("2001:db8::10", "show route all 2001:db8:2::/48")
            shown = await ask("show route all 198.51.100.0/24")
            assert "BGP.as_path: 65010 64999" in shown
            assert "BGP.next_hop: 192.0.2.10" in shown
            assert "BGP.community: (65010,100)" in shown
            assert "BGP.large_community: (65010, 1, 2)" in shown
            assert "BGP.next_hop: 2001:db8::10" in await ask("show route all 2001:db8:2::/48")
            speaker.withdraw(column)
            await comes("\n1 of", "show route protocol speaker table master4 count")
            events = speaker.events()
            await ask('disable speaker "back at six"')
            async with asyncio.timeout(5):
                ended = await anext(events)
            assert not ended.is_established
            assert "back at six" in ended.reason

    async def ask(command: str) -> str:
        return await asyncio.to_thread(bird.ask, command)

    async def comes(wanted: str, command: str) -> None:
        """BIRD shows this within 20 s."""
        for _ in range(400):
            shown = await ask(command)
            if wanted in shown:
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"{wanted!r} is not in {shown}")

    try:
        asyncio.run(talk())
    finally:
        bird.close()

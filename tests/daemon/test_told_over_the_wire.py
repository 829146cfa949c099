"""What the file says of routes, from one daemon to the kernel of the other: both families."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from daemon.processes import QUICK, Process, ended, two_spaces, wait
from netns import require_root

pytestmark = pytest.mark.slow  # whole processes

TELLS = f"""
prefix-lists:
  dear: [permit 198.51.100.0/24, "permit 2001:db8:100::/48"]
  secret: [deny 192.0.2.0/24, permit 0.0.0.0/0 le 32]
  secret6: ["deny 2001:db8:2::/48", "permit ::/0 le 128"]
static:
  - 198.51.100.0/24 blackhole tag 9
  - 192.0.2.0/24 blackhole
  - 203.0.113.0/24 blackhole
  - 2001:db8:100::/48 blackhole tag 9
  - 2001:db8:2::/48 blackhole
  - 2001:db8:3::/48 blackhole
rip:
  {QUICK}
  default-route: 3
  redistribute: {{static: {{metric: 2}}}}
  interfaces: {{va: {{out: {{prefix-list: secret, offset: {{by: 4, prefix-list: dear}}}}}}}}
ripng:
  {QUICK}
  default-route: 3
  redistribute: {{static: {{metric: 2}}}}
  interfaces: {{va: {{out: {{prefix-list: secret6, offset: {{by: 4, prefix-list: dear}}}}}}}}
"""
HEARS = f"""
prefix-lists:
  known: [deny 203.0.113.0/24, permit 0.0.0.0/0 le 32]
  known6: ["deny 2001:db8:3::/48", "permit ::/0 le 128"]
rip: {{{QUICK}, interfaces: {{vb: {{in: {{prefix-list: known, offset: 1}}}}}}}}
ripng: {{{QUICK}, interfaces: {{vb: {{in: {{prefix-list: known6, offset: 1}}}}}}}}
"""


def test_default_routes_offsets_lists_and_tags_arrive_as_the_files_say(short_path: Path) -> None:
    require_root()
    with two_spaces() as (a, b):
        first = Process(a, short_path, "first", TELLS)
        second = Process(b, short_path, "second", HEARS)
        with ended(first, second):
            first.start()
            second.start()
            wait(lambda: {"198.51.100.0/24", "2001:db8:100::/48"} <= set(second.kernel()))
            for family in ("-4", "-6"):
                wait(partial(second.space.run, "ip", family, "route", "show", "default"))
            assert set(second.kernel()) == {"default", "198.51.100.0/24", "2001:db8:100::/48"}
            rows = second.show("routes", "--protocol", "rip")["routes"]
            rows += second.show("routes", "--protocol", "ripng")["routes"]
            assert {row["prefix"]: (row["metric"], row["tag"]) for row in rows} == {
                "0.0.0.0/0": (3 + 1 + 1, 0),  # as told, the cost of the link, the offset
                "::/0": (3 + 1 + 1, 0),
                "198.51.100.0/24": (2 + 4 + 1 + 1, 9),
                "2001:db8:100::/48": (2 + 4 + 1 + 1, 9),
            }

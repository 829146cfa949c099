"""`mrt:` of BGP: files that would take each other's place are refused."""

from __future__ import annotations

import pytest

from fingerpost.config.faults import FileError
from fingerpost.config.load import loads

TEXT = """
router: {{name: r, id: 10.0.0.1}}
bgp: {{as: 65000, mrt: {{{mrt}}}}}
"""


@pytest.mark.parametrize(
    ("mrt", "said"),
    [
        ("updates: /tmp/updates.mrt", "the same file after `rotate` too"),
        ("updates: /tmp/updates.%Y%m%d, rotate: 1h", "have a time in it"),
        ("updates: /tmp/u.%s, rotate: 0s", "rotate 0s: expected a second or more"),
        ("table: /tmp/rib, table-every: 10ms", "table-every 0.01s: expected a second"),
    ],
)
def test_what_would_lose_something_is_refused(mrt: str, said: str) -> None:
    with pytest.raises(FileError, match=said):
        loads(TEXT.format(mrt=mrt), "r.yaml")


def test_one_table_may_take_the_place_of_another() -> None:
    mrt = "table: /tmp/rib.mrt, updates: /tmp/updates.%M, rotate: 15min"
    assert loads(TEXT.format(mrt=mrt), "r.yaml").tree.bgp

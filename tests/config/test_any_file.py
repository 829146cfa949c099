"""Any file that can be read can be checked, built, compared and kept; none of it raises."""

from __future__ import annotations

from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fingerpost.addr import Interface
from fingerpost.config.build import build, continued
from fingerpost.config.check import check
from fingerpost.config.diff import compare
from fingerpost.config.faults import FileError
from fingerpost.config.load import RouterFile, loads
from fingerpost.router.config import RouterConfig

NAMES = st.sampled_from(["e0", "e1", "main", "blue", "a", "b"])
LISTS, POLICIES, TABLES = (
    st.sampled_from(names) for names in (["l", "m"], ["p", "q"], ["main", "blue"])
)
ADDRESSES = st.sampled_from(
    ["10.0.0.1", "10.0.0.2", "10.9.0.1", "2001:db8::1", "fe80::1", "0.0.0.0"]
)
OWN = st.sampled_from(["10.0.0.1/24", "10.0.0.1/31", "10.9.0.1/32", "2001:db8::1/64", "fe80::1/64"])
PREFIXES = st.sampled_from(
    ["default", "10.0.0.0/24", "10.0.0.0/8", "10.9.0.1/32", "2001:db8::/32", "::/0"]
)
TIMES = st.sampled_from(["0s", "1s", "30s", "1.5h"])
INSTANTS = st.sampled_from(["0001-01-01T00:00:00Z", "2026-06-01T00:00:00Z", "9999-12-31T23:59:59Z"])
SECRETS = st.sampled_from(["s", "env:A", "env:NONE", "file:/no/such", "hex:00", "x" * 40])


def some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A mapping with any of these fields."""
    named = {name.rstrip("_").replace("_", "-"): value for name, value in fields.items()}
    return st.fixed_dictionaries({}, optional=named)


def by(
    names: st.SearchStrategy[str], values: st.SearchStrategy[Any]
) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(names, values, max_size=3)


def several(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(values, max_size=4)


FILTER = some(prefix_list=LISTS, offset=st.integers(0, 16), policy=POLICIES)
LIFETIME = some(from_=INSTANTS, until=INSTANTS)
PASSWORD = st.fixed_dictionaries({"password": SECRETS}, optional={"send": LIFETIME})
INTERFACE = some(
    cost=st.integers(1, 15),
    passive=st.booleans(),
    announce_only=st.booleans(),
    split_horizon=st.sampled_from(["none", "simple", "poisoned"]),
    neighbors=several(ADDRESSES),
    in_=FILTER,
    out=FILTER,
)
RIP = some(
    interfaces=by(NAMES, INTERFACE),
    distance=st.sampled_from([0, 120, 255]),
    default_route=st.integers(1, 15),
    redistribute=by(
        st.sampled_from(["static", "connected", "rip", "table:blue", "bgp"]),
        some(metric=st.integers(1, 15), policy=POLICIES),
    ),
    timers=some(update=TIMES, jitter=TIMES, timeout=TIMES),
    channel=some(table=TABLES, import_=POLICIES, limit=st.integers(0, 3), tag=st.integers(0, 9)),
)
STATIC = st.fixed_dictionaries(
    {"prefix": PREFIXES},
    optional={
        "via": ADDRESSES,
        "dev": NAMES,
        "kind": st.sampled_from(["unicast", "blackhole"]),
        "distance": st.sampled_from([1, 200, 255]),
        "table": TABLES,
    },
)
KEY = st.fixed_dictionaries(
    {"id": st.integers(0, 3), "secret": SECRETS},
    optional={
        "send": LIFETIME,
        "accept": LIFETIME,
        "algorithm": st.sampled_from(["keyed-md5", "hmac-sha-512"]),
    },
)
STATEMENT = some(
    match=some(prefix_list=LISTS, tag=st.integers(0, 3)),
    set=some(tag=st.integers(0, 3)),
    then=st.sampled_from(["accept", "reject", "continue"]),
)
FILE = st.fixed_dictionaries(
    {
        "prefix-lists": st.fixed_dictionaries(
            {name: several(st.just("10.0.0.0/8 le 32")) for name in ("l", "m")}
        ),
        "policies": st.fixed_dictionaries({name: several(STATEMENT) for name in ("p", "q")}),
        "tables": st.just({"blue": {"kernel-table": 100}}),
        "key-chains": st.fixed_dictionaries(
            {"k": st.fixed_dictionaries({"keys": st.lists(KEY, min_size=1, max_size=3)})}
        ),
    },
    optional={
        "interfaces": by(NAMES, some(addresses=several(OWN), optional=st.booleans())),
        "static": several(STATIC),
        "leaks": several(st.fixed_dictionaries({"from": TABLES, "to": TABLES})),
        "rip": RIP,
        "ripng": RIP,
        "kernel": some(table=st.sampled_from([100, 254, 255]), export=POLICIES),
    },
)
MACHINE = {"e0": (Interface("10.0.0.1/24"), Interface("fe80::1/64")), "e1": ()}
NOW = 1_780_000_000_000_000_000


def read(value: object) -> RouterFile | None:
    try:
        return loads(yaml.safe_dump(value))
    except FileError:
        return None


def made(file: RouterFile) -> RouterConfig | None:
    try:
        return build(file, {"A": "sesame"})
    except FileError as error:
        assert error.faults  # noqa: PT017 - most files can be built, some cannot
        return None


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # on busy machines
@given(FILE, FILE)
def test_whatever_can_be_read_can_be_used(one: dict[str, Any], other: dict[str, Any]) -> None:
    before, after = read(one), read({**one, **other})
    if before is None or after is None:
        return
    difference = compare(before.tree, after.tree)
    assert bool(difference) is (before.tree != after.tree)
    assert str(difference).splitlines()
    for machine in (None, MACHINE):
        for finding in check(after, machine, NOW):
            assert finding.line >= 1
            assert finding.message
    config = made(after)
    if config is not None:
        assert build(continued(after, read({**one, **other}) or after), {"A": "sesame"}) == config

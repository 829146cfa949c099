"""The table as a mapping, and its whole-table operations."""

from __future__ import annotations

import copy
import gc
import ipaddress
import pickle
import weakref
from collections.abc import MutableMapping

import pytest

from fingerpost import Address, Fib, Interface, Prefix
from fingerpost.errors import AddressError

ROUTES = {
    "0.0.0.0/0": "default",
    "10.0.0.0/8": "eth0",
    "10.1.0.0/16": "eth1",
    "10.1.2.0/24": "eth2",
    "10.1.2.3/32": "host",
    "2001:db8::/32": "six",
    "2001:db8:1::/48": "sixer",
}


@pytest.fixture
def fib() -> Fib[str]:
    return Fib(ROUTES)


def test_an_address_gets_the_longest_match(fib: Fib[str]) -> None:
    assert fib["10.1.2.3"] == "host"
    assert fib["10.1.2.4"] == "eth2"
    assert fib[Address("10.1.3.0")] == "eth1"
    assert fib[int(ipaddress.ip_address("10.2.0.0"))] == "eth0"
    assert fib[ipaddress.ip_address("2001:db8:1::1")] == "sixer"
    assert fib[bytes([192, 0, 2, 1])] == "default"
    assert fib[Interface("10.1.2.9/8")] == "eth2"


def test_a_prefix_gets_exactly_itself(fib: Fib[str]) -> None:
    assert fib["10.0.0.0/8"] == "eth0"
    assert fib[Prefix("10.1.0.0/16")] == "eth1"
    assert fib[("10.1.2.0", 24)] == "eth2"
    assert fib[ipaddress.ip_network("2001:db8::/32")] == "six"
    with pytest.raises(KeyError):
        fib["10.0.0.0/9"]
    assert "10.0.0.0/9" not in fib
    assert "10.0.0.0/8" in fib
    assert fib.get("10.0.0.0/9", "none") == "none"


def test_families_never_match_each_other(fib: Fib[str]) -> None:
    assert fib.get("::1.2.3.4") is None
    assert fib.get("::ffff:10.1.2.3") is None
    fib["::/0"] = "all of six"
    assert fib["10.1.2.3"] == "host"
    assert fib["::ffff:10.1.2.3"] == "all of six"


def test_what_matches_nothing_is_a_key_error() -> None:
    fib: Fib[int] = Fib()
    with pytest.raises(KeyError, match=r"8\.8\.8\.8"):
        fib["8.8.8.8"]
    assert fib.lookup("8.8.8.8") is None
    assert fib.lookup("8.8.8.8", 7) == 7
    assert fib.match("8.8.8.8") is None
    with pytest.raises(KeyError):
        del fib["8.8.8.0/24"]


@pytest.mark.parametrize("bad", ["10.0.0.0/33", "10.0.0", "", "x", "::1::", None, 3.5, True, -1])
def test_what_is_no_address_is_an_address_error(bad: object) -> None:
    fib: Fib[int] = Fib({"0.0.0.0/0": 1})
    with pytest.raises(AddressError):
        fib[bad]  # type: ignore[index]
    with pytest.raises(AddressError):
        fib[bad] = 1  # type: ignore[index]
    with pytest.raises(AddressError):
        fib.lookup(bad)  # type: ignore[arg-type]


def test_an_address_is_written_as_its_host_prefix(fib: Fib[str]) -> None:
    fib["192.0.2.1"] = "x"
    assert fib["192.0.2.1/32"] == "x"
    del fib["192.0.2.1"]
    assert fib["192.0.2.1"] == "default"
    with pytest.raises(KeyError):
        del fib["192.0.2.1"]


def test_it_is_a_mutable_mapping_in_order(fib: Fib[str]) -> None:
    assert isinstance(fib, MutableMapping)
    assert len(fib) == len(ROUTES) == 7
    assert fib.counts() == (5, 2)
    assert list(fib) == sorted(Prefix(p) for p in ROUTES)
    assert dict(fib.items()) == {Prefix(p): v for p, v in ROUTES.items()}
    assert fib.pop("10.1.2.3/32") == "host"
    assert fib.setdefault("10.1.2.0/24", "other") == "eth2"
    assert fib != Fib(ROUTES)
    fib["10.1.2.3/32"] = "host"
    assert fib == Fib(ROUTES)
    fib.clear()
    assert len(fib) == 0
    assert list(fib) == []


def test_iteration_crosses_pages_and_survives_changes() -> None:
    prefixes = [Prefix((i << 12, 24)) for i in range(10_000)]
    fib: Fib[int] = Fib((p, i) for i, p in enumerate(prefixes))
    seen = []
    for at, prefix in enumerate(fib):
        seen.append(prefix)
        if at == 10:
            fib.apply(drop=prefixes[9_000:], put=[("0.0.0.0/1", 1)])
    assert seen == prefixes[:9_000]


def test_explain_lists_every_match_and_why_it_lost(fib: Fib[str]) -> None:
    lookup = fib.explain("10.1.2.4")
    assert lookup.winner is not None
    assert (str(lookup.winner.prefix), lookup.winner.value) == ("10.1.2.0/24", "eth2")
    assert [str(loser.prefix) for loser in lookup.losers] == [
        "10.1.0.0/16",
        "10.0.0.0/8",
        "0.0.0.0/0",
    ]
    assert lookup.losers[0].reason == "its 16 bits are fewer than 24"
    assert str(lookup).splitlines()[0] == (
        "10.1.2.4: 10.1.2.0/24 wins, the longest match with 24 bits"
    )
    nothing = fib.explain("::1")
    assert nothing.winner is None
    assert nothing.losers == ()
    alone = fib.explain("192.0.2.1")
    assert alone.winner is not None
    assert alone.winner.reason == "the only match with 0 bits"


def test_covering_and_covered(fib: Fib[str]) -> None:
    assert [str(p) for p, _ in fib.covering("10.1.2.0/24")] == [
        "0.0.0.0/0",
        "10.0.0.0/8",
        "10.1.0.0/16",
        "10.1.2.0/24",
    ]
    assert [v for _, v in fib.covering("10.1.2.3")] == ["default", "eth0", "eth1", "eth2", "host"]
    assert [v for _, v in fib.covered_by("10.1.0.0/16")] == ["eth1", "eth2", "host"]
    assert [v for _, v in fib.covered_by("10.0.0.0/8", direct=True)] == ["eth1"]
    assert [v for _, v in fib.covered_by("0.0.0.0/0", direct=True)] == ["eth0"]
    assert [v for _, v in fib.covered_by("8.0.0.0/5", direct=True)] == ["eth0"]
    assert fib.covered_by("11.0.0.0/8") == []


def test_a_batch_drops_then_puts_and_reports() -> None:
    fib = Fib({"10.0.0.0/8": 1, "11.0.0.0/8": 2})
    applied = fib.apply(
        put=[("10.0.0.0/8", 3), ("12.0.0.0/8", 4), ("12.0.0.0/8", 5)],
        drop=["11.0.0.0/8", "13.0.0.0/8"],
    )
    assert (applied.added, applied.replaced, applied.dropped) == (1, 2, 1)
    assert applied.missing == (Prefix("13.0.0.0/8"),)
    assert dict(fib.items()) == {Prefix("10.0.0.0/8"): 3, Prefix("12.0.0.0/8"): 5}


def test_an_error_in_a_batch_changes_nothing() -> None:
    fib = Fib({"10.0.0.0/8": 1})
    with pytest.raises(AddressError):
        fib.apply(put=[("11.0.0.0/8", 2), ("nonsense", 3)], drop=["10.0.0.0/8"])
    assert dict(fib.items()) == {Prefix("10.0.0.0/8"): 1}


def test_diff_says_what_turns_one_table_into_the_other() -> None:
    old = Fib({"10.0.0.0/8": [1], "11.0.0.0/8": [2], "12.0.0.0/8": [3], "::/0": [4]})
    new = Fib({"10.0.0.0/8": [1], "11.0.0.0/8": [9], "13.0.0.0/8": [5], "::/0": [4]})
    diff = old.diff(new)
    assert diff.added == ((Prefix("13.0.0.0/8"), [5]),)
    assert diff.removed == ((Prefix("12.0.0.0/8"), [3]),)
    assert diff.changed == ((Prefix("11.0.0.0/8"), [2], [9]),)
    assert str(diff).splitlines() == [
        "~ 11.0.0.0/8 [2] -> [9]",
        "- 12.0.0.0/8 [3]",
        "+ 13.0.0.0/8 [5]",
    ]
    assert not old.diff(old)


def test_a_copy_goes_its_own_way(fib: Fib[str]) -> None:
    for twin in (fib.copy(), copy.copy(fib), Fib(fib), Fib(fib, form="fast")):
        twin["10.1.2.0/24"] = "changed"
        twin["198.51.100.0/24"] = "new"
        assert fib["10.1.2.4"] == "eth2"
        assert fib["198.51.100.1"] == "default"
        assert twin["10.1.2.4"] == "changed"
        del twin["10.1.2.3/32"]
        assert fib["10.1.2.3"] == "host"
        assert twin["10.1.2.3"] == "changed"
    assert Fib(fib, form="fast").form == "fast"
    assert fib.copy().form == "compact"


def test_pickle_brings_back_the_entries(fib: Fib[str]) -> None:
    fib["::1/128"] = "loop"
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        twin = pickle.loads(pickle.dumps(fib, protocol))
        assert type(twin) is Fib
        assert twin == fib
    fast = Fib(fib, form="fast")
    assert pickle.loads(pickle.dumps(fast)).form == "fast"


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(TypeError, match="compact"):
        Fib(form="huge")


def test_values_are_let_go() -> None:
    class Value:
        pass

    fib: Fib[object] = Fib()
    value = Value()
    seen = weakref.ref(value)
    fib["10.0.0.0/8"] = value
    del value
    assert seen() is not None
    fib["10.0.0.0/8"] = None
    assert seen() is None
    value = Value()
    seen = weakref.ref(value)
    fib["10.0.0.0/8"] = value
    del value
    del fib["10.0.0.0/8"]
    fib["11.0.0.0/8"] = None
    assert seen() is None


def test_a_cycle_through_a_table_is_collected() -> None:
    fib: Fib[object] = Fib()
    fib["10.0.0.0/8"] = fib
    snapshot = fib.value_snapshot()
    seen = weakref.ref(fib)
    del fib, snapshot
    gc.collect()
    assert seen() is None


def test_a_dying_value_may_use_the_table() -> None:
    fib: Fib[object] = Fib()
    seen = []

    class Value:
        def __del__(self) -> None:
            seen.append(fib.get("11.0.0.1"))
            fib["12.0.0.0/8"] = "from the grave"

    fib["11.0.0.0/8"] = 11
    fib["10.0.0.0/8"] = Value()
    fib["10.0.0.0/8"] = None
    assert seen == [11]
    assert fib["12.0.0.1"] == "from the grave"


def test_a_snapshot_of_values_does_not_change(fib: Fib[str]) -> None:
    snapshot = fib.value_snapshot()
    before = list(snapshot)
    assert before[0] is None
    fib.update(dict.fromkeys(ROUTES, "changed"))
    assert list(snapshot) == before
    assert set(fib.value_snapshot()) - {None} == {"changed"}


def test_memory_of_a_small_table_is_kilobytes(fib: Fib[str]) -> None:
    assert sum(fib.memory().values()) < 64 * 1024

"""Frozen tables, files, and what happens to files that are not what they claim."""

from __future__ import annotations

import contextlib
import json
import pickle
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerpost import Address, Fib, Interface, Prefix
from fingerpost.errors import LoadError, UsageError
from fingerpost.fib import FrozenFib
from fingerpost.fib.codec import decode, encode
from fingerpost.fib.load import NextHop, RouteEntry
from fingerpost.fib.store import MAGIC

ROUTES: dict[str, Any] = {
    "0.0.0.0/0": "default",
    "10.0.0.0/8": ("tuple", 1, None),
    "10.1.0.0/16": {"via": "192.0.2.1", "metric": 2.5},
    "10.1.2.128/25": [True, b"\x00\xff"],
    "2001:db8::/32": Prefix("2001:db8::/32"),
    "2001:db8::1/128": RouteEntry(next_hops=(NextHop(Address("fe80::1"), "eth0"),)),
}
PROBES = ["10.1.2.129", "10.1.2.1", "10.2.0.0", "9.9.9.9", "2001:db8::1", "2001:db8::2", "::1"]


@pytest.fixture
def fib() -> Fib[Any]:
    return Fib(ROUTES)


@pytest.mark.parametrize("form", ["compact", "fast"])
def test_a_saved_table_opens_and_loads_with_the_same_answers(
    fib: Fib[Any], form: str, tmp_path: Path
) -> None:
    path = tmp_path / "table.fp"
    Fib(fib, form=form).save(path)
    frozen: FrozenFib[Any] = FrozenFib.open(path)
    loaded: Fib[Any] = Fib.load(path)
    assert loaded == fib
    assert (loaded.form, frozen.form) == (form, form)
    for probe in PROBES:
        assert (
            frozen.lookup(probe, "none") == fib.lookup(probe, "none") == loaded.get(probe, "none")
        )
        assert frozen.match(probe) == fib.match(probe)
        assert (probe in frozen) == (probe in fib)
    with pytest.raises(KeyError):
        frozen["::1"]
    assert repr(frozen) == "<FrozenFib of 6 answers>"
    assert [entry.name for entry in tmp_path.iterdir()] == ["table.fp"]


def test_an_empty_table_saves_and_loads(tmp_path: Path) -> None:
    path = tmp_path / "empty.fp"
    Fib().save(path)
    assert len(Fib.load(path)) == 0
    empty: FrozenFib[Any] = FrozenFib.open(path)
    assert empty.lookup("10.0.0.1") is None


def test_freezing_for_an_answer_merges_what_answers_alike() -> None:
    fib = Fib({f"10.0.{i}.0/24": ("AS1" if i % 2 else "AS2", i) for i in range(256)})
    frozen = fib.freeze(lambda value: value[0])
    assert list(frozen.values) == [None, "AS2", "AS1"]
    assert (frozen["10.0.7.1"], frozen["10.0.8.1"], frozen.lookup("10.1.0.0")) == (
        "AS1",
        "AS2",
        None,
    )
    with pytest.raises(ValueError, match="compiled for answers"):
        frozen.match("10.0.7.1")
    one = Fib(fib).freeze(lambda _: "same")
    assert sum(one.memory()) < sum(frozen.memory())


def test_a_frozen_table_looks_up_in_bulk(fib: Fib[Any], tmp_path: Path) -> None:
    fib.save(tmp_path / "table.fp")
    opened: FrozenFib[Any] = FrozenFib.open(tmp_path / "table.fp")
    for frozen in (fib.freeze(), opened):
        matches, same = frozen.lookup_many([*PROBES, "x"]), fib.lookup_many([*PROBES, "x"])
        assert matches.to_list() == same.to_list()
        assert matches.prefixes() == same.prefixes()
        assert matches.bad == same.bad
        assert len(matches.values) == len(ROUTES) + 1
    answers = fib.freeze(lambda value: type(value).__name__).lookup_many(PROBES)
    assert answers.values[int(answers.indices[0])] == "list"
    with pytest.raises(UsageError, match="does not know prefixes"):
        answers.prefixes()


def test_a_frozen_table_does_not_follow_its_source(fib: Fib[Any]) -> None:
    frozen = fib.freeze()
    fib["10.1.2.128/25"] = "changed"
    fib.apply(drop=["10.0.0.0/8"])
    assert frozen["10.1.2.129"] == [True, b"\x00\xff"]
    assert frozen["10.2.0.0"] == ("tuple", 1, None)


def test_frozen_tables_pickle_in_and_out_of_band(fib: Fib[Any]) -> None:
    frozen = fib.freeze()
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        twin = pickle.loads(pickle.dumps(frozen, protocol))
        assert [twin.match(probe) for probe in PROBES] == [frozen.match(probe) for probe in PROBES]
    buffers: list[pickle.PickleBuffer] = []
    data = pickle.dumps(frozen, 5, buffer_callback=buffers.append)
    assert len(buffers) == 6
    assert len(data) < 2000
    assert pickle.loads(data, buffers=buffers)["10.2.0.0"] == ("tuple", 1, None)


def test_values_of_other_types_need_pickle_and_say_so(tmp_path: Path) -> None:
    path = tmp_path / "table.fp"
    fib: Fib[Any] = Fib({"10.0.0.0/8": {1, 2}})
    with pytest.raises(UsageError, match="allow_pickle"):
        fib.save(path)
    assert not list(tmp_path.iterdir())
    fib.save(path, allow_pickle=True)
    with pytest.raises(LoadError, match="allow_pickle"):
        FrozenFib.open(path)
    with pytest.raises(LoadError, match="allow_pickle"):
        Fib.load(path)
    assert Fib.load(path, allow_pickle=True)["10.0.0.1"] == {1, 2}


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary(max_size=20)
    | st.builds(Address, st.integers(0, 2**128 - 1))
    | st.builds(lambda n, k: Prefix((n, k)), st.integers(0, 2**32 - 1), st.integers(0, 32))
    | st.just(Interface("192.0.2.1/24")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text() | st.integers(), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(plain)
def test_values_come_back_as_they_went(value: object) -> None:
    back = decode(encode(value))
    assert back == value
    assert type(back) is type(value)


def test_routes_of_a_dump_come_back_as_they_went(shared_data: Path, tmp_path: Path) -> None:
    dumps = shared_data / "conformance" / "mrt"
    for name in ("openbgpd_rib_table-v2", "ris/bview.ipv4_unicast_add_path.gz"):
        fib: Fib[Any] = Fib.load(dumps / name)
        fib.save(tmp_path / "dump.fp")
        assert len(fib) > 0
        assert Fib.load(tmp_path / "dump.fp") == fib


@given(st.binary(max_size=80))
def test_bytes_that_are_no_value_are_a_load_error(data: bytes) -> None:
    with contextlib.suppress(LoadError):
        decode(data)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "too short"),
        (b"short", "too short"),
        (b"x" * 100, "not a stored table"),
        (MAGIC + struct.pack("<II", 9, 2) + b"{}", "layout version 9"),
        (MAGIC + struct.pack("<II", 1, 2**31) + b"{}", "claims"),
        (MAGIC + struct.pack("<II", 1, 2) + b"{{", "no JSON"),
        (MAGIC + struct.pack("<II", 1, 2) + b"[]", "no object"),
        (MAGIC + struct.pack("<II", 1, 2) + b"{}", "not inside"),
    ],
)
def test_a_file_that_is_no_table_is_refused(content: bytes, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.fp"
    path.write_bytes(content)
    with pytest.raises(LoadError, match=reason):
        FrozenFib.open(path)


def _sections(data: bytes) -> dict[str, Any]:
    length = struct.unpack_from("<I", data, 12)[0]
    sections: dict[str, Any] = json.loads(data[16 : 16 + length])["sections"]
    return sections


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("stored") / "table.fp"
    Fib(ROUTES).save(path)
    return path


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_refused_or_answers_without_harm(
    stored: Path, data: st.DataObject
) -> None:
    content = bytearray(stored.read_bytes())
    sections = _sections(bytes(content))
    start, length = sections[data.draw(st.sampled_from(sorted(sections)))]
    for _ in range(data.draw(st.integers(1, 4))):
        if length:
            content[start + data.draw(st.integers(0, length - 1))] ^= data.draw(st.integers(1, 255))
    path = stored.with_name("damaged.fp")
    path.unlink(missing_ok=True)  # an earlier example may still have it mapped
    path.write_bytes(content[: data.draw(st.just(len(content)) | st.integers(0, len(content)))])
    with contextlib.suppress(LoadError):
        table: FrozenFib[Any] = FrozenFib.open(path)
        for probe in PROBES:
            table.lookup(probe)
    with contextlib.suppress(LoadError):
        Fib.load(path, format="fingerpost")

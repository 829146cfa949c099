"""CSV tables."""

from __future__ import annotations

import csv
import io
from ipaddress import summarize_address_range

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.addr import Prefix
from fingerpost.errors import LoadError
from fingerpost.fib.load import Limits, Loaded, load_routes
from golden.networks import any_network

NETWORKS = any_network()
CELLS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=10)


def load(text: str, **options: object) -> Loaded:
    return load_routes(io.StringIO(text), **options)  # type: ignore[arg-type]


def as_dict(loaded: Loaded) -> dict[str, object]:
    assert loaded.format == "csv"
    return {str(prefix): value for prefix, value in loaded.items()}


@given(
    st.lists(st.tuples(NETWORKS, CELLS, CELLS | st.just('with "quotes",\n\nand newlines'))),
    st.sampled_from([",", ";", "\t", "|"]),
)
def test_what_the_csv_module_writes_comes_back(
    rows: list[tuple[object, str, str]], delimiter: str
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerows([("asn", "Prefix", "where"), *((a, p, b) for p, a, b in rows)])
    loaded = load(text.getvalue())
    assert [prefix for prefix, _ in loaded.items()] == [Prefix(str(p)) for p, _, _ in rows]
    assert loaded.values == [{"asn": a, "where": b} for _, a, b in rows]


@pytest.mark.parametrize(
    ("value", "golden"),
    [("asn", "64500"), (["asn"], ("64500",)), (("city", "asn"), ("Bonn", "64500"))],
)
def test_value_chooses_the_columns(value: object, golden: object) -> None:
    assert as_dict(load("network,asn,city\n10.0.0.0/8,64500,Bonn\n", value=value)) == {
        "10.0.0.0/8": golden
    }


def test_one_other_column_is_the_value_itself_and_equal_rows_share_it() -> None:
    loaded = load("cidr;site\n10.0.0.0/8;a\n11.0.0.0/8;a\n")
    assert loaded.values == ["a", "a"]
    assert loaded.values[0] is loaded.values[1]


def test_a_column_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(LoadError, match=r"no column 'as'; there are 'prefix', 'asn'"):
        load("prefix,asn\n", value="as")


@given(st.sampled_from([4, 6]), st.data())
def test_ranges_become_the_fewest_prefixes(version: int, data: st.DataObject) -> None:
    bounds = st.ip_addresses(v=version)  # type: ignore[arg-type]
    low, high = sorted([data.draw(bounds), data.draw(bounds)], key=int)
    loaded = load(f"start_ip,end_ip,site\n{low},{high},x\n")
    golden = [Prefix(str(network)) for network in summarize_address_range(low, high)]
    assert [prefix for prefix, _ in loaded.items()] == golden
    assert loaded.values == ["x"] * len(golden)


def test_ranges_of_whole_numbers_are_read() -> None:
    assert as_dict(load('"ip_from","ip_to","cc"\n"16777216","16777471","AU"\n')) == {
        "1.0.0.0/24": "AU"
    }


def test_a_small_number_takes_the_family_of_the_other_end() -> None:
    assert as_dict(load("start,end,v\n0,::ff,a\n0,255,b\n0,4294967296,c\n")).keys() == {
        *("::/120", "0.0.0.0/24"),
        *("::/96", "::1:0:0/128"),
    }


def test_bad_rows_are_listed_with_their_line() -> None:
    loaded = load("prefix,v\n10.0.0.0/8,a\nx,b\n11.0.0.0/8\n12.0.0.0/8,c,d\n::/0,e\n")
    assert as_dict(loaded) == {"10.0.0.0/8": "a", "::/0": "e"}
    assert [bad.line for bad in loaded.bad] == [3, 4, 5]
    assert "1 cells, expected 2" in loaded.bad[1].reason


def test_a_range_that_runs_backwards_or_across_families_is_a_bad_row() -> None:
    loaded = load(
        "start,end,v\n10.0.0.9,10.0.0.1,a\n10.0.0.1,x,b\n+1,+2,c\n10.0.0.1,2001:db8::,d\n"
    )
    assert loaded.routes == 0
    assert loaded.bad_total == 4


def test_a_table_without_header_says_what_the_first_line_should_be() -> None:
    with pytest.raises(LoadError, match="no CSV header"):
        load("10.0.0.0/8,a\n11.0.0.0/8,b\n")


def test_an_unclosed_quote_costs_bounded_memory() -> None:
    text = 'prefix,v\n10.0.0.0/8,"' + "x,\n" * 300_000 + '"\n::/0,e\n'
    loaded = load(text)
    assert loaded.bad_total >= 1
    assert len(loaded.bad) <= 1000


def test_many_distinct_rows_stop_at_the_memory_limit() -> None:
    text = "prefix,v\n" + "".join(f"10.0.0.0/8,{n}\n" for n in range(20_000))
    with pytest.raises(LoadError, match="Limits"):
        load(text, limits=Limits(memory=1_000_000))

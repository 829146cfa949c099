"""Words of arguments may be cut short; what is no word is told with those that there are."""

from __future__ import annotations

import click
import pytest

from fingerpost.cli.show.ospf import _type
from fingerpost.cli.words import Word
from fingerpost.errors import UsageError

WORD = Word(("status", "neighbors", "interfaces", "spf"))


@pytest.mark.parametrize(
    ("said", "meant"),
    [("neighbor", "neighbors"), ("n", "neighbors"), ("int", "interfaces"), ("spf", "spf")],
)
def test_the_beginning_of_a_word_is_enough(said: str, meant: str) -> None:
    assert WORD.convert(said, None, None) == meant


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("s", "'s' may be 'status' or 'spf'"),
        ("neihgbors", "'neihgbors', not one of status, neighbors, interfaces, spf; did you mean "
         "'neighbors'?"),
        ("", "'', not one of status, neighbors, interfaces, spf"),
    ],
)  # fmt: skip
def test_what_is_no_word_or_several_is_refused(said: str, reason: str) -> None:
    with pytest.raises(click.BadParameter) as refused:
        WORD.convert(said, None, None)
    assert refused.value.message == reason


def test_types_of_lsas_go_by_the_names_of_the_database() -> None:
    assert [_type(word) for word in ("router", "asbr", "intra-area-p", "type-0x2777")] == [
        "router",
        "asbr-summary",
        "intra-area-prefix",
        "type-0x2777",
    ]
    with pytest.raises(UsageError, match="no LSAs of type 'externall'; did you mean 'external'"):
        _type("externall")
    with pytest.raises(UsageError, match="no LSAs of type 'lsa'; write router, network, summary"):
        _type("lsa")

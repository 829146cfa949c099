"""YAML as a tree with places, and texts that are no YAML or would hurt the parser."""

from __future__ import annotations

import pytest

from fingerpost.config import yaml_tree
from fingerpost.config.faults import FileError


def message_of(text: str) -> str:
    with pytest.raises(FileError) as caught:
        yaml_tree.read(text, "f.yaml")
    return str(caught.value)


def test_every_path_has_the_line_and_the_column_where_it_stands() -> None:
    tree = yaml_tree.read("a:\n  b: [1, {c: 2}]\n", "f.yaml")
    assert tree.value == {"a": {"b": [1, {"c": 2}]}}
    assert tree.place(("a", "b")) == (2, 3)
    assert tree.place(("a", "b", 0)) == (2, 7)
    assert tree.place(("a", "b", 1, "c")) == (2, 11)
    assert tree.place(("a", "zzz", 3)) == (1, 1)  # the nearest thing around it


@pytest.mark.parametrize("level", ["- ", "[", "{a: ", "? ", "- - "])
@pytest.mark.parametrize("count", [1500, 200_000])
def test_deep_nesting_is_refused_and_does_not_end_the_process(level: str, count: int) -> None:
    assert "f.yaml:" in message_of(level * count)


def test_nesting_that_nobody_writes_is_refused() -> None:
    assert "too large or too deep" in message_of("[" * 102 + "]" * 102)


def test_aliases_may_repeat_only_so_much() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    assert "too large or too deep" in message_of("\n".join(lines))


def test_an_anchor_that_contains_itself_is_refused() -> None:
    assert "contains itself" in message_of("a: &a [*a]")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a:\n\tb: 1", "f.yaml:2:1: not YAML: while scanning for the next token, found character "
         "that cannot start any token; indent by spaces, not by tabs"),
        ("a: @x", "f.yaml:1:4: not YAML: while scanning for the next token, found character that "
         "cannot start any token; a text that starts with a sign is put in quotes"),
        ("a: *b", "f.yaml:1:4: not YAML: found undefined alias; a text that starts with a sign is "
         "put in quotes"),
        ("a: [", "f.yaml:2:1: not YAML: while parsing a flow node, did not find expected node "
         "content"),
        ("--- a\n--- b", "f.yaml:2:1: not YAML: expected a single document in the stream, but "
         "found another document"),
        ("a: \ud800", r"f.yaml:1: not YAML: half a surrogate pair, '\ud800'"),
    ],
)  # fmt: skip
def test_what_is_no_yaml_is_told_with_its_place(text: str, message: str) -> None:
    assert message_of(text) == message


def test_a_control_character_is_told() -> None:
    assert message_of("a: \x00").startswith("f.yaml:1: not YAML: ")


def test_a_key_that_stands_twice_is_a_fault_and_the_first_counts() -> None:
    tree = yaml_tree.read("a: 1\nb: 2\na: 3", "f.yaml")
    assert tree.value == {"a": 1, "b": 2}
    assert [fault.in_file("f.yaml") for fault in tree.faults] == [
        "f.yaml:3:1: a: 'a' stands here already on line 1; keep one"
    ]

"""Prefix lists and AS sets in files of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from fingerpost.addr import Prefix
from fingerpost.config.diff import compare
from fingerpost.config.faults import FileError
from fingerpost.config.load import load
from fingerpost.config.policy_file import load_policies
from fingerpost.policy import Policy

TEXT = """
router: {id: 10.0.0.1}
prefix-lists:
  theirs: {file: lists/theirs.txt}
as-sets:
  cone: {file: cone.txt}
policies:
  in:
    - {match: {prefix-list: theirs, origin-as: cone}}
"""
THEIRS = """
# of AS65001
10.0.0.0/8 ge 16 le 24   # a comment
deny 192.0.2.0/25
192.0.2.0/24{24,26},
2001:db8::/32+
"""
CONE = "AS65001, 65002\n64500-64510 ! theirs\n"


def written(folder: Path, theirs: str = THEIRS, cone: str = CONE, text: str = TEXT) -> Path:
    (folder / "lists").mkdir(exist_ok=True)
    (folder / "lists/theirs.txt").write_text(theirs)
    (folder / "cone.txt").write_text(cone)
    file = folder / "router.yaml"
    file.write_text(text)
    return file


def test_entries_stand_in_a_file_beside_the_configuration(tmp_path: Path) -> None:
    file = load(written(tmp_path))
    assert list(map(str, file.lists["theirs"].entries)) == [
        "permit 10.0.0.0/8 ge 16 le 24",
        "deny 192.0.2.0/25",
        "permit 192.0.2.0/24 ge 24 le 26",
        "permit 2001:db8::/32 le 128",
    ]
    policy = file.policies["in"]
    assert isinstance(policy, Policy)
    assert "cone" in str(policy.statements[0].conditions[1])
    assert load_policies(written(tmp_path)).lists == file.lists


def test_json_is_read_as_bgpq4_writes_it(tmp_path: Path) -> None:
    theirs = """{"NN": [
      {"prefix": "192.0.2.0/24", "exact": true},
      {"prefix": "10.0.0.0/8", "exact": false, "greater-equal": 16, "less-equal": 24}
    ]}"""
    held = load(written(tmp_path, theirs, '{"NN": [65001, 65002]}')).lists["theirs"]
    assert held.permits(Prefix("192.0.2.0/24"))
    assert held.permits(Prefix("10.1.0.0/16"))
    assert not held.permits(Prefix("10.0.0.0/8"))


@pytest.mark.parametrize(
    ("theirs", "cone", "said"),
    [
        ("\n10.0.0.0/33\n", CONE, "lists/theirs.txt:2: '10.0.0.0/33'"),
        ("10.0.0.0/8 le\n", CONE, "lists/theirs.txt:1: '10.0.0.0/8 le', not like 'permit"),
        (THEIRS, "65001\n\n65002 x\n", "cone.txt:3: 'x', not an AS number"),
        ("{", CONE, "lists/theirs.txt:1: Expecting property name"),
        ('{"NN": 1}', CONE, "lists/theirs.txt: 0 lists, expected a mapping with one"),
        ('{"NN": [{"prefix": 5}]}', CONE, "lists/theirs.txt, entry 1: "),
    ],
)
def test_faults_name_the_file_and_the_line(
    theirs: str, cone: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(FileError) as caught:
        load(written(tmp_path, theirs, cone))
    (fault,) = caught.value.faults
    assert said in fault.message
    assert fault.line == (6 if "cone" in said else 4)


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    file = written(tmp_path)
    (tmp_path / "cone.txt").unlink()
    with pytest.raises(FileError, match=r"cannot read cone\.txt: No such file"):
        load(file)


def test_of_many_faults_the_first_are_told(tmp_path: Path) -> None:
    with pytest.raises(FileError) as caught:
        load(written(tmp_path, "x\n" * 1000))
    assert len(caught.value.faults) == 50


def test_a_file_that_says_something_else_is_a_change(tmp_path: Path) -> None:
    before = load(written(tmp_path)).tree
    after = load(written(tmp_path, THEIRS + "198.51.100.0/24\n")).tree
    assert "theirs" in str(compare(before, after))
    assert not compare(before, load(written(tmp_path)).tree).changes

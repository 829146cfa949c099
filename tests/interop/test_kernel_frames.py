"""A Linux router and one of ours get the same crafted frames and answer them alike, byte for byte.

Where they do not, the difference stands in `differences.py` with the RFC that decides, and on the
page `docs/linux.md`, which is made of that table.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from fingerpost.forwarding import LINUX, STRICT, ForwardingPolicy
from interop.answers import compared, in_words, kinds
from interop.batch import all_probes
from interop.differences import ALWAYS, STRICT_ONLY, page
from interop.frames import Probe
from interop.kernel import MEASURED_ON, answers_of_linux
from interop.ours import answers_of_ours
from interop.row import Row
from netns import require_root

PAGE = Path(__file__).resolve().parents[2] / "docs" / "linux.md"
PROBES = all_probes()
Frames = list[tuple[str, bytes]]


@pytest.fixture(scope="module")
def linux() -> list[Frames]:
    require_root("sysctl")
    release = os.uname().release
    if [int(part) for part in re.findall(r"\d+", release)[:2]] < _measured_on():
        pytest.skip(f"the table is about Linux {MEASURED_ON}; {release} is older")
    return [compared(frames) for frames in answers_of_linux(PROBES)]


def _measured_on() -> list[int]:
    return [int(part) for part in MEASURED_ON.split(".")]


def rows_of(policy: ForwardingPolicy) -> dict[str, Row]:
    """The differences that a policy has, by probe; where both tables name one, the later counts."""
    rows = ALWAYS if policy is LINUX else (*ALWAYS, *STRICT_ONLY)
    return {name: row for row in rows for name in row.probes}


def told(probe: Probe, theirs: Frames, own: Frames) -> str:
    """What a failure says about a probe."""
    sides = [("Linux", theirs), ("ours", own)]
    lines = [f"{probe.line}: {probe.name}"]
    for who, frames in sides:
        lines += [f"  {who}: {in_words(*one)}  {one[1].hex()}" for one in frames] or [f"  {who}: -"]
    return "\n".join(lines)


@pytest.mark.parametrize("policy", [LINUX, STRICT], ids=["LINUX", "STRICT"])
def test_our_router_answers_every_frame_as_linux_does_or_the_table_says_why(
    linux: list[Frames], policy: ForwardingPolicy
) -> None:
    rows = rows_of(policy)
    ours = [compared(frames) for frames in answers_of_ours(PROBES, policy)]
    wrong = []
    for probe, theirs, own in zip(PROBES, linux, ours, strict=True):
        row = rows.get(probe.name)
        differ = sorted(theirs) != sorted(own)
        if differ != (row is not None):
            wrong.append(told(probe, theirs, own))
        elif row is not None and (kinds(theirs), kinds(own)) != row.seen:
            wrong.append(f"{told(probe, theirs, own)}\n  the table says {row.seen}")
    assert not wrong, "\n\n".join([f"{len(wrong)} of {len(PROBES)}", *wrong])


def test_every_difference_is_about_a_frame_that_is_sent() -> None:
    names = {probe.name for probe in PROBES}
    listed = [name for row in (*ALWAYS, *STRICT_ONLY) for name in row.probes]
    assert set(listed) <= names
    for rows in (ALWAYS, STRICT_ONLY):
        once = [name for row in rows for name in row.probes]
        assert len(once) == len(set(once))


def test_the_page_of_the_documentation_is_made_of_the_table() -> None:
    made = page(len(PROBES), sum(len(probe.frames) for probe in PROBES))
    assert PAGE.read_text(encoding="utf-8") == made


def test_the_frames_are_many_and_of_every_subject() -> None:
    lines = {probe.line.split()[0] for probe in PROBES}
    # 13 limits, 16 extensions, 25 equal cost and 26 the registries have tests of their own
    assert {str(number) for number in range(1, 25)} - {"13", "16"} <= lines
    assert len(PROBES) > 600

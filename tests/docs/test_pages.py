"""Every sample of the documentation runs and prints what the page says."""

from __future__ import annotations

from pathlib import Path

import pytest
from blocks import Page, blocks

REPOSITORY = Path(__file__).resolve().parents[2]
PAGES = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_every_sample_of_the_page_runs(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(REPOSITORY / "examples")  # where a checkout has them
    page = Page(str(path.relative_to(REPOSITORY)), tmp_path)
    for block in blocks(path.read_text(encoding="utf-8")):
        page.run(block)


@pytest.mark.parametrize(
    "name", ["README.md", "docs/tutorial.md", "docs/how-to.md", "docs/reference.md", "docs/cli.md"]
)
def test_pages_that_teach_have_samples(name: str) -> None:
    text = (REPOSITORY / name).read_text(encoding="utf-8")
    assert sum(block.language in ("python", "console") for block in blocks(text)) >= 3


def run(markdown: str, folder: Path) -> Page:
    page = Page("page.md", folder)
    for block in blocks(markdown):
        page.run(block)
    return page


def test_names_live_on_from_block_to_block(tmp_path: Path) -> None:
    page = run(
        "```python\nx = 1\n```\n\n=== tab\n\n    ```python\n    >>> x + 1\n    2\n    ```\n",
        tmp_path,
    )
    assert page.ran == 2


def test_a_wrong_python_output_fails_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r'"page.md", line 3'):
        run("text\n```python\n>>> 1 + 1\n3\n```\n", tmp_path)


def test_a_wrong_console_output_fails_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"page.md:3: \$ echo b"):
        run("```console\n$ echo a\n$ echo b\nc\n```\n".replace("$ echo a\n", "$ true\n"), tmp_path)


def test_dots_stand_for_any_output(tmp_path: Path) -> None:
    assert run("```console\n$ seq 9\n1\n...\n9\n\n$ echo end\nend\n```\n", tmp_path).ran == 2


def test_a_titled_block_is_a_file_for_those_below(tmp_path: Path) -> None:
    page = run('```text title="a.txt"\nhello\n```\n```console\n$ cat a.txt\nhello\n```\n', tmp_path)
    assert page.ran == 1


def test_a_block_that_never_closes_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="line 1: the block is never closed"):
        run("```python\nx = 1\n", tmp_path)

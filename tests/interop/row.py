"""One difference between Linux and us, with the frames that show it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A difference that stays.

    `seen` is what comes out of Linux and what comes out of ours, in the words of `answers.kinds`;
    the same words twice where only bytes differ. `linux` and `ours` say it for the reader, `words`
    are the RFC's own at `section`, empty where no RFC decides.
    """

    title: str
    seen: tuple[str, str]
    linux: str
    ours: str
    probes: tuple[str, ...]
    section: str = ""
    words: str = ""

    def markdown(self) -> str:
        """The row of the page."""
        rule = f'{self.section}: "{self.words}"' if self.words else self.section or "silent"
        cells = (self.title, self.linux, self.ours, rule)
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

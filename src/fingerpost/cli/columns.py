"""Tables of text, and durations, as operators read them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def aligned(
    columns: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[str] = ()
) -> str:
    """Columns as wide as their widest cell; those in `right` hold numbers. No trailing blanks."""
    lines = [columns, *rows]
    widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
    numbers = set(right)

    def line(cells: Sequence[str]) -> str:
        parts = [
            cell.rjust(width) if column in numbers else cell.ljust(width)
            for cell, width, column in zip(cells, widths, columns, strict=True)
        ]
        return "  ".join(parts).rstrip()

    return "\n".join(line(cells) for cells in lines)


def age(seconds: float) -> str:
    """How long: 00:02:59, or 3d04h when it is days."""
    whole = max(0, int(seconds))
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    if hours >= 24:
        return f"{hours // 24}d{hours % 24:02}h"
    return f"{hours:02}:{minute:02}:{second:02}"

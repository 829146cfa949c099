"""Prints the figures of a run as tables."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid

from golden.queries import KINDS
from matching.change import BESIDE_A_READER
from matching.figures import REFERENCES, is_ours


def render(console: Console, found: dict[str, Any]) -> None:
    """Print the model as tables."""
    console.print(_tables(found))
    console.print(_speeds(found, "single", "One address a call, million a second"))
    console.print(_speeds(found, "bulk", "Many addresses a call, million a second"))
    console.print(_changes(found))
    for line in _ratios(found):
        console.print(line, highlight=False)
    for line in _faults(found):
        console.print(line, highlight=False, style="red")
    absent = [peer for peer in found["peers"] if peer["status"] != "ok"]
    for peer in absent:
        console.print(f"{peer['peer']} IPv{peer['family']}: {peer['status']}: {peer['reason']}")


def _tables(found: dict[str, Any]) -> Grid:
    grid = Grid(title="The tables: IPv4, IPv6")
    grid.add_column("peer")
    grid.add_column("version")
    grid.add_column("built from")
    for heading in ("build s", "memory MB", "answers", "wrong"):
        for family in (4, 6):
            grid.add_column(f"{heading} v{family}", justify="right")
    for (name, takes), cells in _ways(found, ("build",)).items():
        builds = [_cell(cells, (family, ""), "median", "{:.3g}") for family in (4, 6)]
        release = next(peer["release"] for peer in found["peers"] if peer["peer"] == name)
        rest = ["", ""] if takes else [*_memory(found, name), *_answers(found, name)]
        grid.add_row(name, release, escape(takes), *builds, *rest)
    return grid


def _memory(found: dict[str, Any], name: str) -> list[str]:
    cells = _ways(found, ("memory",)).get((name, ""), {})
    return [
        f"{cells[family, '']['bytes'] / 1e6:.1f}" if (family, "") in cells else ""
        for family in (4, 6)
    ]


def _answers(found: dict[str, Any], name: str) -> list[str]:
    peers = {peer["family"]: peer for peer in found["peers"] if peer["peer"] == name}
    asked = [peers.get(family, {"answers": 0}) for family in (4, 6)]
    counts = [f"{peer['answers']:,}" if peer["answers"] else "" for peer in asked]
    wrong = ["" if not one["answers"] else _share(one["wrong"], one["answers"]) for one in asked]
    return [*counts, *wrong]


def _share(wrong: int, answers: int) -> str:
    return f"{wrong / answers:.3%}" if wrong else "0"


def _changes(found: dict[str, Any]) -> Grid:
    grid = Grid(title="Changes, thousand a second")
    grid.add_column("peer")
    grid.add_column("takes")
    for heading in ("alone", BESIDE_A_READER, "alone: x pytricia"):
        for family in (4, 6):
            grid.add_column(f"v{family} {heading}", justify="right")
    for way, cells in _ways(found, ("change",)).items():
        rates = [
            f"{cells[family, kind]['median'] / 1e3:.0f}" if (family, kind) in cells else ""
            for kind in ("", BESIDE_A_READER)
            for family in (4, 6)
        ]
        grid.add_row(
            way[0],
            escape(way[1]),
            *rates,
            *[_ratio(cells, (family, ""), "pytricia") for family in (4, 6)],
        )
    return grid


def _speeds(found: dict[str, Any], measure: str, title: str) -> Grid:
    grid = Grid(title=title)
    columns = [(family, kind) for family in (4, 6) for kind in KINDS]
    reference = REFERENCES[measure][0]
    for heading in ("peer", "takes"):
        grid.add_column(heading)
    for family, kind in columns:
        grid.add_column(f"v{family} {kind}", justify="right")
    for family in (4, 6):
        grid.add_column(f"v{family} hit: x {reference}", justify="right")
    for way, cells in _ways(found, (measure,)).items():
        speeds = [
            _million(cells[column]["median"]) if column in cells else "" for column in columns
        ]
        times = [_ratio(cells, (family, "hit"), reference) for family in (4, 6)]
        if any(speeds):
            grid.add_row(way[0], escape(way[1]), *speeds, *times)
    return grid


Cells = dict[tuple[int, str], dict[str, Any]]


def _ways(found: dict[str, Any], measures: tuple[str, ...]) -> dict[tuple[str, str], Cells]:
    """Rows by peer and way of asking; cells by family and kind of questions."""
    ways: dict[tuple[str, str], Cells] = {}
    for record in found["records"]:
        if record["measure"] in measures:
            takes = record["takes"]
            if record["batch"] and record["measure"] == "bulk":
                takes += f", {record['batch']:,} a call"
            if record["threads"] > 1:
                takes += f", {record['threads']} threads"
            cells = ways.setdefault((record["peer"], takes), {})
            cells[record["family"], record["kind"]] = record
    return ways


def _cell(cells: Cells, at: tuple[int, str], field: str, form: str) -> str:
    return form.format(cells[at][field]) if at in cells else ""


def _ratio(cells: Cells, at: tuple[int, str], reference: str) -> str:
    ratio = cells.get(at, {}).get("times_faster_than", {}).get(reference)
    return "" if ratio is None else _short(ratio)


def _ratios(found: dict[str, Any]) -> list[str]:
    """Our best against the references and the fastest peer, in words."""
    lines = []
    for measure in REFERENCES:
        for family in (4, 6):
            ours = [
                record
                for record in found["records"]
                if is_ours(record["peer"])
                and (record["measure"], record["family"]) == (measure, family)
                and record["kind"] in ("hit", "")
            ]
            best = max(ours, key=lambda record: float(record["median"]), default=None)
            if best is not None and best.get("times_faster_than"):
                ratios = ", ".join(
                    f"{_short(ratio)} x {name}" for name, ratio in best["times_faster_than"].items()
                )
                speed = _million(best["median"])
                how = f"{best['peer']} {best['takes']}".strip()
                lines.append(f"{measure} IPv{family} hit: {how} {speed} M/s = {ratios}")
    return lines


def _faults(found: dict[str, Any]) -> list[str]:
    """Who answered wrong, and how often by kind of question."""
    lines = []
    for peer in (peer for peer in found["peers"] if peer["wrong"]):
        counts: dict[str, list[int]] = {}
        for record in found["records"]:
            if (record["peer"], record["family"]) == (peer["peer"], peer["family"]):
                count = counts.setdefault(record["kind"], [0, 0])
                count[0] += record["wrong"]
                count[1] += record["answers"]
        shares = [f"{_share(*count)} of {kind}" for kind, count in counts.items() if count[1]]
        lines.append(f"{peer['peer']} IPv{peer['family']}: wrong in {', '.join(shares)}")
    return lines


def _million(rate: float) -> str:
    return f"{rate / 1e6:.3g}" if rate >= 1e3 else f"{rate:.3g}/s"


def _short(ratio: float) -> str:
    return f"{ratio:.3g}" if ratio < 100 else f"{ratio:.0f}"

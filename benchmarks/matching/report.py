"""The figures as one JSON-able model, with every speed as a ratio to named peers, and as tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table as Grid

from golden.queries import KINDS
from matching.records import Outcome, Record

OURS = "fingerpost"
# What each kind of speed is compared with, besides the fastest peer of the run.
REFERENCES = {"single": ("pytricia",), "bulk": ("numpy", "pytricia"), "change": ("pytricia",)}
CHURNED = "hit after changes"


def model(outcomes: list[Outcome], **about: Any) -> dict[str, Any]:
    """Everything that was measured; `about` says where, on what and with which options."""
    records = [record for outcome in outcomes for record in outcome.records]
    return {
        **about,
        "peers": [_peer(outcome) for outcome in outcomes],
        "records": [_record(record, records) for record in records],
    }


def is_ours(peer: str) -> bool:
    return peer.startswith(OURS)


def _peer(outcome: Outcome) -> dict[str, Any]:
    answers = sum(record.answers for record in outcome.records)
    wrong = sum(record.wrong for record in outcome.records)
    described = {key: value for key, value in asdict(outcome).items() if key != "records"}
    share = wrong / answers if answers else None
    return {**described, "answers": answers, "wrong": wrong, "wrong_share": share}


def _record(record: Record, records: list[Record]) -> dict[str, Any]:
    described = asdict(record)
    if record.rates:
        described["median"] = record.rate
    ratios = {
        name: record.rate / best.rate
        for name, best in _references(record, records).items()
        if best is not None
    }
    return {**described, "times_faster_than": ratios} if ratios else described


def _references(record: Record, records: list[Record]) -> dict[str, Record | None]:
    """The best way of each named peer, and of the fastest peer, on the same questions."""
    names = REFERENCES.get(record.measure, ())
    if not names:
        return {}
    speeds = [
        other
        for other in records
        if (other.family, other.kind) == (record.family, record.kind) and not is_ours(other.peer)
    ]
    same = [other for other in speeds if other.measure == record.measure]
    asked = ("single", "bulk") if record.measure == "bulk" else (record.measure,)
    found = {
        name: _fastest(other for other in speeds if other.peer == name and other.measure in asked)
        for name in names
    }
    best = _fastest(same)
    if best is not None:
        found[best.peer] = best
    return found


def _fastest(records: Iterable[Record]) -> Record | None:
    return max(records, key=lambda record: record.rate, default=None)


def render(console: Console, found: dict[str, Any]) -> None:
    """Print the model as tables."""
    console.print(_tables(found))
    console.print(_speeds(found, "single", "One address a call, million a second"))
    console.print(_speeds(found, "bulk", "Many addresses a call, million a second"))
    for line in _ratios(found):
        console.print(line, highlight=False)
    for line in _faults(found):
        console.print(line, highlight=False, style="red")
    absent = [peer for peer in found["peers"] if peer["status"] != "ok"]
    for peer in absent:
        console.print(f"{peer['peer']} IPv{peer['family']}: {peer['status']}: {peer['reason']}")


def _tables(found: dict[str, Any]) -> Grid:
    headings = ["build s", "memory MB", "changes k/s", "answers", "wrong"]
    grid = Grid(title="The tables: IPv4 and IPv6")
    grid.add_column("peer")
    grid.add_column("version")
    for heading in headings:
        for family in (4, 6):
            grid.add_column(f"{heading} v{family}", justify="right")
    for name in _names(found):
        cells = [name, next(peer["release"] for peer in found["peers"] if peer["peer"] == name)]
        rows = {family: _row(found, name, family) for family in (4, 6)}
        for at in range(len(headings)):
            cells += [rows[family][at] for family in (4, 6)]
        grid.add_row(*cells)
    return grid


def _row(found: dict[str, Any], name: str, family: int) -> list[str]:
    peer = next(
        (one for one in found["peers"] if (one["peer"], one["family"]) == (name, family)), None
    )
    if peer is None or not peer["release"]:
        return [""] * 5
    own = {
        record["measure"]: record
        for record in found["records"]
        if (record["peer"], record["family"]) == (name, family)
    }
    build = f"{own['build']['median']:.2f}" if "build" in own else ""
    memory = f"{own['memory']['bytes'] / 1e6:.1f}" if "memory" in own else ""
    change = f"{own['change']['median'] / 1e3:.0f}" if "change" in own else ""
    share = peer["wrong_share"]
    wrong = "" if share is None else "0" if not peer["wrong"] else f"{share:.3%}"
    return [build, memory, change, f"{peer['answers']:,}", wrong]


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
    for way, cells in _ways(found, measure).items():
        hits = [cells.get((family, "hit"), {}) for family in (4, 6)]
        times = [hit.get("times_faster_than", {}).get(reference) for hit in hits]
        grid.add_row(
            way[0],
            way[1],
            *[_million(cells[column]["median"]) if column in cells else "" for column in columns],
            *[_short(ratio) if ratio is not None else "" for ratio in times],
        )
    return grid


def _ways(
    found: dict[str, Any], measure: str
) -> dict[tuple[str, str], dict[tuple[int, str], dict[str, Any]]]:
    """Rows by peer and way of asking; cells by family and kind of questions."""
    ways: dict[tuple[str, str], dict[tuple[int, str], dict[str, Any]]] = {}
    for record in found["records"]:
        if record["measure"] != measure or record["kind"] == CHURNED:
            continue
        takes = record["takes"]
        if record["batch"]:
            takes += f", {record['batch']:,} a call"
        if record["threads"] > 1:
            takes += f", {record['threads']} threads"
        cells = ways.setdefault((record["peer"], takes), {})
        cells[record["family"], record["kind"]] = record
    return ways


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
        shares = [f"{wrong / all_:.3%} of {kind}" for kind, (wrong, all_) in counts.items() if all_]
        lines.append(f"{peer['peer']} IPv{peer['family']}: wrong in {', '.join(shares)}")
    return lines


def _names(found: dict[str, Any]) -> list[str]:
    return list(dict.fromkeys(peer["peer"] for peer in found["peers"] if peer["release"]))


def _million(rate: float) -> str:
    return f"{rate / 1e6:.3g}" if rate >= 1e3 else f"{rate:.3g}/s"


def _short(ratio: float) -> str:
    return f"{ratio:.3g}" if ratio < 100 else f"{ratio:.0f}"

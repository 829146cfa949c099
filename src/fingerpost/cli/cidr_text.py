"""The text of `fingerpost cidr`: its JSON model laid out for people.

A space stands between network and host bits; on a terminal they have different colours as well
(rich decides what a terminal is, and obeys NO_COLOR).
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from fingerpost.cli.output import Model

_NAME_WIDTH = 16
_MOST_ENTRIES = 8
_NETWORK_STYLE, _HOST_STYLE, _DIM = "green", "yellow", "dim"


def render(model: Model) -> None:
    """Print the whole model."""
    console = Console(highlight=False, soft_wrap=True)
    blocks = [
        *(_prefix(each, console.width) for each in model.get("prefixes", [])),
        *(_range(each) for each in model.get("ranges", [])),
    ]
    for section, lines in _SECTIONS.items():
        if section in model:
            blocks.append(lines(model))
    for at, block in enumerate(blocks):
        if at:
            console.print()
        for line in block:
            console.print(line)


def _prefix(model: Model, width: int) -> Iterator[Text]:
    yield Text(model["input"], style="bold")
    yield from _value_lines(_operand("address", model), "", model, width)
    for step in model["steps"]:
        yield from _step_lines(step, model, width)
    for name in ("supernet", "previous", "next", "sibling"):
        if model[name]:
            yield _line(name, model[name])
    if model["halves"]:
        yield _line("halves", "  ".join(model["halves"]))
    yield from _classification(model["classification"])
    yield _line("reverse name", model["reverse_name"])
    if model["reverse_zones"] != [model["reverse_name"]]:
        yield from _list("reverse zones", model["reverse_zones"])


def _operand(name: str, model: Model) -> Model:
    """The address itself is no step, but an operand of one."""
    operands = (operand for step in model["steps"] for operand in step["operands"])
    found: Model = next(operand for operand in operands if operand["name"] == name)
    return found


def _step_lines(step: Model, model: Model, width: int) -> Iterator[Text]:
    formula = step["formula"] + (f" ({step['because']})" if step["because"] else "")
    yield from _value_lines(step["result"], formula, model, width)


def _value_lines(value: Model, formula: str, model: Model, width: int) -> Iterator[Text]:
    """Name, value and bits in a line (IPv4) or a few (IPv6), with the formula."""
    length = model["length"]
    if "number" in value:
        yield _line(value["name"], f"{value['number']:<15}", formula)
    elif model["version"] == 4:
        line = _line(value["name"], f"{value['text']:<15}  ")
        line.append_text(_split(value["binary"], length))
        fits = len(line) + 3 + len(formula) <= max(width, 100)
        yield line.append("   " + formula, style=_DIM) if formula and fits else line
    else:
        yield _line(value["name"], f"{value['text']:<39}" if formula else value["text"], formula)
        digits = _split(value["exploded"], length, bits_per_digit=4)
        for part in (digits, *_split(value["binary"], length).divide([_middle(length)])):
            yield Text(" " * _NAME_WIDTH).append_text(part)


def _middle(length: int) -> int:
    """Where the second 64 bits start in the split text of 128."""
    return len("0000000000000000:" * 4) + (1 if length <= 64 else 0)


def _split(text: str, length: int, bits_per_digit: int = 1) -> Text:
    """Digits in two colours, a space between the network's and the host's.

    A hexadecimal digit with bits of both counts as the host's.
    """
    digits_left = length // bits_per_digit
    at = 0
    while at < len(text) and (digits_left > 0 or not text[at].isalnum()):
        digits_left -= text[at].isalnum()
        at += 1
    network, host = Text(text[:at], style=_NETWORK_STYLE), Text(text[at:], style=_HOST_STYLE)
    gap = " " if network and host else ""
    return Text().append_text(network).append(gap).append_text(host)


def _line(name: str, value: str, formula: str = "") -> Text:
    line = Text(f"  {name:<{_NAME_WIDTH - 2}}").append(value)
    return line.append("   " + formula, style=_DIM) if formula else line


def _list(name: str, items: list[str]) -> Iterator[Text]:
    yield Text(f"  {name}")
    for item in items:
        yield Text(f"    {item}")


def _classification(entries: list[Model]) -> Iterator[Text]:
    """The registry entries that the prefix spans, where they are few."""
    if len(entries) > _MOST_ENTRIES:
        yield _line("classified", f"{len(entries)} entries; fingerpost classify lists them")
        return
    for at, entry in enumerate(entries):
        source = f"{entry['prefix']}  {', '.join(entry['rfcs'])}".rstrip()
        yield _line("" if at else "classified", entry["name"], source)


def _range(model: Model) -> Iterator[Text]:
    yield Text(f"{model['first']}-{model['last']}", style="bold")
    yield from _list("prefixes", model["prefixes"])


def _summary(model: Model) -> Iterator[Text]:
    summary = model["summary"]
    yield Text("summary", style="bold")
    yield _line("addresses", str(summary["size"]))
    yield from _list("prefixes", summary["prefixes"])


def _subnets(model: Model) -> Iterator[Text]:
    subnets = model["subnets"]
    yield Text(f"subnets of /{subnets['length']}: {subnets['count']}", style="bold")
    for subnet in subnets["listed"]:
        yield Text(f"    {subnet}")
    more = subnets["count"] - len(subnets["listed"])
    if more:
        yield Text(f"    and {more} more; --limit lists more of them", style=_DIM)


def _left(model: Model) -> Iterator[Text]:
    yield Text(f"without {' '.join(model['excluded'])}", style="bold")
    yield from _list("left", model["left"]) if model["left"] else [Text("    nothing is left")]


def _contains(model: Model) -> Iterator[Text]:
    found = model["contains"]
    where = f"in {' '.join(found['in'])}" if found["inside"] else "in none of them"
    yield Text(f"{found['address']} is {where}", style="bold")


_SECTIONS = {"summary": _summary, "subnets": _subnets, "left": _left, "contains": _contains}

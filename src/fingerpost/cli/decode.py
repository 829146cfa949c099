"""`fingerpost decode`: packets as trees, from hex and capture files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from fingerpost.cli import FAILED
from fingerpost.cli.output import Model, json_option
from fingerpost.errors import DecodeError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.cli.decode_joined import Joining
    from fingerpost.cli.packet_sources import Found
    from fingerpost.wire.dissect import Dissection, Dissectors, Field, Layer

LINKS = {"ethernet": 1, "ip": 101, "null": 0, "cooked": 113, "cooked2": 276, "bgp": -1, "bmp": -2}
LEAST_BGP = 19
NS_PER_S = 1_000_000_000


@click.command()
@click.argument("inputs", nargs=-1, metavar="[HEX|FILE]...")
@click.option(
    "--link",
    type=click.Choice(["auto", *LINKS]),
    default="auto",
    show_default=True,
    help="What hex begins with; auto tells IP, Ethernet and messages of BGP and BMP apart. "
    "Captures say it themselves.",
)
@click.option("--port", "ports", multiple=True, metavar="PORT=NAME", help="E.g. 5000=bmp; repeat.")
@click.option("--count", "-n", type=click.IntRange(min=1), help="Stop after so many packets.")
@click.option("--reencode", is_flag=True, help="Add the re-encoded bytes, and whether they differ.")
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    inputs: tuple[str, ...],
    link: str,
    ports: tuple[str, ...],
    count: int | None,
    reencode: bool,
    as_json: bool,
) -> None:
    """Take packets apart, layer by layer, field by field, with the offset of each in bytes.

    HEX may have spaces, colons or 0x between its digits. FILE, or standard input without any, is a
    pcap or pcapng capture, hex with one packet a line, what tcpdump -x, tshark -x, xxd, hexdump -C
    and od print, or the messages of BMP that a station kept. A packet that does not decode is shown
    as far as it goes, with its fault; the others are decoded all the same, and the exit code is 1.
    With --json each packet is one line. Of a capture, messages of BGP and BMP that begin in one
    segment and end in another are shown with the one that ends them, with offsets from their own
    first byte.

    \b
    fingerpost decode 4500001c000100004001f6dcc0000201c00002020800f7fd00010001
    fingerpost decode trace.pcapng --count 10 --json
    fingerpost decode station.pcap --port 5000=bmp
    tcpdump -c 1 -x | fingerpost decode
    """
    from fingerpost.cli.decode_joined import Joining
    from fingerpost.cli.dissectors import dissectors_with

    faults = packets = 0
    given = _ports(ports)
    taking, joining = Taking(link, dissectors_with(given), reencode), Joining(given)
    for found in _first(inputs, count):
        if found.bad is not None:
            faults += 1
            click.echo(f"{found.source}, line {found.line}: {found.bad[:60]!r} is no hex", err=True)
            continue
        packets += 1
        model = model_of(found, packets, taking, joining)
        faults += model["fault"] is not None
        _show(model, packets, as_json)
    if not packets and not faults:
        raise UsageError("no packet in the input: give hex, a capture or a dump")
    if faults:
        ctx.exit(FAILED)


def _first(inputs: tuple[str, ...], count: int | None) -> Iterator[Found]:
    """Give what is found until so many packets were."""
    from fingerpost.cli.packet_sources import packets_of

    packets = 0
    for found in packets_of(inputs):
        yield found
        packets += found.bad is None
        if packets == count:
            return


def _show(model: Model, number: int, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(model, ensure_ascii=False))
        return
    from fingerpost.cli.decode_text import text_of

    click.echo(("\n" if number > 1 else "") + text_of(model))


def _ports(words: tuple[str, ...]) -> dict[int, str]:
    """Read `--port`."""
    from fingerpost.cli.dissectors import FORMATS

    found = {}
    for word in words:
        port, _, name = word.partition("=")
        if not port.isdigit() or not 0 < int(port) < 1 << 16 or name not in FORMATS:
            raise UsageError(f"--port {word}: expected PORT={'|'.join(FORMATS)}, a port of 1-65535")
        found[int(port)] = name
    return found


@dataclass(frozen=True, slots=True)
class Taking:
    """How packets are taken apart: a name of `LINKS` or "auto", and by whom."""

    link: str
    dissectors: Dissectors
    reencode: bool = False

    def linktype(self, found: Found) -> int:
        """What a packet begins with."""
        from fingerpost.wire.dissect import guess_link

        if found.captured is not None:
            return found.captured.linktype
        if found.link is not None:
            return found.link
        if self.link != "auto":
            return LINKS[self.link]
        bare = bare_link(found.data)
        return guess_link(found.data) if bare is None else bare


def bare_link(data: bytes) -> int | None:
    """Tell a message of BGP or BMP that stands alone, by its length; None: it is none."""
    if len(data) >= LEAST_BGP and data[:16] == b"\xff" * 16:
        return LINKS["bgp"] if int.from_bytes(data[16:18], "big") == len(data) else None
    is_bmp = data[:1] == b"\3" and int.from_bytes(data[1:5], "big") == len(data)
    return LINKS["bmp"] if is_bmp else None


def model_of(found: Found, number: int, taking: Taking, joining: Joining | None = None) -> Model:
    """Model of one packet; `joining` has seen those before it of the same capture."""
    from fingerpost.wire.dissect import dissect

    captured, linktype = found.captured, taking.linktype(found)
    is_cut = captured is not None and captured.is_cut
    dissection = dissect(found.data, linktype, is_cut=is_cut, dissectors=taking.dissectors)
    model: Model = {"packet": number, **_place(found)}
    model["linktype"] = linktype if linktype >= 0 else None
    model["layers"] = [_layer_model(layer) for layer in dissection.layers]
    if joining is not None and captured is not None:
        model["joined"] = [
            {**_layer_model(layer), "pieces": pieces}
            for layer, pieces in joining.layers(dissection)
        ]
    model["fault"] = _fault_model(dissection.fault)
    if taking.reencode:
        model["reencoded"] = _reencoded(dissection)
    return model


def _layer_model(layer: Layer) -> Model:
    return {
        "protocol": layer.protocol,
        "summary": layer.summary,
        "offset": layer.offset,
        "size": layer.end - layer.offset,
        "fields": [_field_model(field) for field in layer.fields],
        "fault": _fault_model(layer.fault),
    }


def _place(found: Found) -> Model:
    captured = found.captured
    model: Model = {"source": found.source, "line": found.line, "length": len(found.data)}
    if captured is None:
        nothing = dict.fromkeys(("instant_ns", "time", "interface", "comment"))
        return {**model, "original_length": len(found.data), **nothing}
    return {
        **model,
        "original_length": captured.original_length,
        "instant_ns": captured.instant_ns,
        "time": None if captured.instant_ns is None else _time(captured.instant_ns),
        "interface": captured.interface_name,
        "comment": captured.comment,
    }


def _time(instant_ns: int) -> str:
    """Give an instant as ISO 8601 in UTC, with all its digits."""
    from datetime import UTC, datetime, timedelta

    seconds, rest = divmod(instant_ns, NS_PER_S)
    try:
        day = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    except OverflowError:  # a capture may say any 64 bits
        return f"{seconds}.{rest:09d} s since 1970"
    return f"{day:%Y-%m-%dT%H:%M:%S}.{rest:09d}Z"


def _field_model(field: Field) -> Model:
    return {
        "name": field.name,
        "value": field.value,
        "text": field.text,
        "offset": field.offset,
        "size": field.size,
        "fields": [_field_model(inner) for inner in field.fields],
    }


def _fault_model(fault: DecodeError | None) -> Model | None:
    if fault is None:
        return None
    return {
        "message": str(fault),
        "layer": fault.layer,
        "offset": fault.offset,
        "field": fault.field,
        "section": fault.section,
    }


def _reencoded(dissection: Dissection) -> Model:
    try:
        octets = dissection.reencode()
    except UsageError as error:  # what was read may be what nobody may send
        return {"bytes": None, "equal": False, "differs_at": None, "error": str(error)}
    pairs = zip(octets, dissection.packet, strict=False)
    shorter = min(len(octets), len(dissection.packet))
    differs_at = next((at for at, (one, other) in enumerate(pairs) if one != other), shorter)
    is_equal = octets == dissection.packet
    return {
        "bytes": octets.hex(),
        "equal": is_equal,
        "differs_at": None if is_equal else differs_at,
        "error": None,
    }

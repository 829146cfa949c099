"""Where our router and Linux differ on the frames of `batch.py`, and why it stays so.

`test_kernel_frames.py` holds this table against both; `docs/linux.md` is made of it by
`python -m interop.differences > ../docs/linux.md` in `tests/`.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

from interop.differences_links import ROWS as LINK_ROWS
from interop.differences_policy import ROWS as POLICY_ROWS
from interop.differences_v4 import ROWS as IPV4_ROWS
from interop.differences_v6 import ROWS as IPV6_ROWS
from interop.kernel import MEASURED_ON
from interop.row import Row

ALWAYS: tuple[Row, ...] = (*IPV4_ROWS, *IPV6_ROWS, *LINK_ROWS)
STRICT_ONLY: tuple[Row, ...] = POLICY_ROWS


@dataclass(frozen=True, slots=True)
class Table:
    """A heading and its rows."""

    title: str
    text: str
    rows: tuple[Row, ...]


TABLES = (
    Table("IPv4", "With both policies.", IPV4_ROWS),
    Table("IPv6", "With both policies.", IPV6_ROWS),
    Table("Neighbours", "With both policies: ARP and neighbour discovery.", LINK_ROWS),
    Table(
        "Only with the default policy",
        "`fingerpost.forwarding.STRICT` follows the RFC here, `LINUX` follows Linux.",
        POLICY_ROWS,
    ),
)

HEAD = """# Differences from Linux

<!-- made by tests/interop/differences.py; a test holds it against the table there -->

A test sends {frames} crafted frames, in {probes} groups, into a Linux router and into a router of
fingerpost with the same addresses and routes, and compares every byte that comes out of every
port. With the policy `LINUX` the two give the same answer to {linux} of the groups, with `STRICT`,
the default, to {strict}. Every difference is listed here with the RFC that decides; the test fails
when one comes or goes. Measured on Linux {version}.

Not compared, because a sender may choose: the identification of packets that the router itself
makes, their flow label, times of day, and when groups are reported (IGMP, MLD). Limits on how many
errors are sent are switched off on both sides. Which of several equal-cost paths a flow takes is
each router's own affair.

"""


def page(probes: int, frames: int) -> str:
    """The page of the documentation."""
    always = sum(len(row.probes) for row in ALWAYS)
    strict = len({name for row in (*ALWAYS, *STRICT_ONLY) for name in row.probes})
    head = HEAD.format(
        probes=probes,
        frames=frames,
        linux=probes - always,
        strict=probes - strict,
        version=MEASURED_ON,
    )
    return head + "\n".join(_section(table) for table in TABLES)


def _section(table: Table) -> str:
    lines = [f"## {table.title}", "", table.text, ""]
    lines += ["| | Linux | fingerpost | RFC |", "|---|---|---|---|"]
    lines += [row.markdown() for row in table.rows]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Print the page."""
    from interop.batch import all_probes

    probes = all_probes()
    sys.stdout.write(page(len(probes), sum(len(probe.frames) for probe in probes)))


if __name__ == "__main__":
    main()

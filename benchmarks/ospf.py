"""OSPF: networks in virtual time, and one router beside a grid, with FRR and BIRD in the same run.

    python benchmarks/ospf.py [--data FOLDER] [--part labs|networks|live|all] [--json FILE]

`labs`: each network runs in a process of its own, cold start to tables that stand, every packet
encoded and decoded; CPU seconds and peak memory. `--idle` adds a virtual hour in which nothing
happens. `networks`: needs root and `ip`; the same networks of FRR and BIRD, one namespace a router,
with default timers, until every kernel has every route; wall clock, CPU seconds and resident memory
of all daemons. Cogentco of both, with `--large` also Kdl of BIRD, which takes minutes and 5 GB.
`--network` gives another file for both parts.

`live`: needs root and `ip`; a neighbour holds 1,000 or 5,000 routers in a grid and the router of
each make learns them on a real interface: first description to the last route in the kernel, and
one changed LSA to the changed route, with the CPU of whoever speaks OSPF. Makes that are not
installed are left out.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import click

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

SIZES = ((40, 25), (100, 50))
LABS = ("zoo_Cogentco.graphml", "zoo_Kdl.graphml")
Row = dict[str, object]


def grid_file(folder: Path, side: int, other: int) -> Path:
    """A lab file of a grid of routers."""
    names = [[f"r{y}x{x}" for x in range(side)] for y in range(other)]
    links = [(names[y][x], names[y][x + 1]) for y in range(other) for x in range(side - 1)]
    links += [(names[y][x], names[y + 1][x]) for y in range(other - 1) for x in range(side)]
    lines = ["topology:", "  nodes:", *(f"    {name}:" for row in names for name in row)]
    lines += ["  links:", *(f"    - endpoints: [{a}, {b}]" for a, b in links)]
    path = folder / f"grid-{side * other}.yaml"
    path.write_text("\n".join([*lines, "routing: ospf", "until: converged", ""]))
    return path


def lab(path: Path, *, is_idle: bool) -> Row:
    """What a network costs, measured in a fresh process."""
    words = [sys.executable, "-m", "ospf_live.lab", str(path), *(["idle"] if is_idle else [])]
    paths = os.pathsep.join((str(HERE), os.environ.get("PYTHONPATH", "")))
    done = subprocess.run(
        words, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": paths}
    )
    found: Row = json.loads(done.stdout)
    return found


def print_row(row: Row) -> None:
    """One line."""
    click.echo("  ".join(f"{name} {value}" for name, value in row.items()))


@click.command()
@click.option("--data", default=os.environ.get("FINGERPOST_DATA"), help="Folder of topologies.")
@click.option("--part", type=click.Choice(("labs", "networks", "live", "all")), default="all")
@click.option("--network", type=click.Path(exists=True, path_type=Path), help="This one alone.")
@click.option("--large/--no-large", default=False, help="Kdl of BIRD: minutes, 5 GB.")
@click.option("--patience", default=300.0, help="Seconds for a network of others to be there.")
@click.option("--idle/--no-idle", default=True, help="A virtual hour of the first network.")
@click.option("--grid/--no-grid", default=True, help="A grid of 1,000 routers.")
@click.option("--changes", default=12, help="Changes of an LSA that are measured.")
@click.option("--json", "output", type=click.Path(dir_okay=False, path_type=Path))
def main(
    data: str | None,
    part: str,
    network: Path | None,
    large: bool,
    patience: float,
    idle: bool,
    grid: bool,
    changes: int,
    output: Path | None,
) -> None:
    """Measure."""
    rows: list[Row] = []

    def put(row: Row) -> None:
        rows.append(row)
        print_row(row)

    files = [network] if network is not None else []
    if network is None and data is not None:
        files = [Path(data, "topologies", one) for one in LABS]
    if not files:
        click.echo("no --data: the networks of the Topology Zoo are left out")
    if part in ("labs", "all"):
        with tempfile.TemporaryDirectory() as folder:
            grids = [grid_file(Path(folder), 40, 25)] if grid and network is None else []
            for at, file in enumerate([*files, *grids]):
                put(lab(file, is_idle=idle and at == 0 and bool(files)))
    if part in ("networks", "all"):
        if os.geteuid() != 0:
            click.echo("not root: no namespaces, so no network of other makes is measured")
        else:
            from ospf_live.makes import available
            from ospf_live.network import started

            others = [make for make in available() if make != "fingerpost"]
            for file, make in [(file, make) for file in files for make in others]:
                if file is files[0] or (large and make == "bird"):
                    put(started(make, file, patience))
    if part in ("live", "all"):
        if os.geteuid() != 0:
            click.echo("not root: no namespaces, so nothing is measured live")
        else:
            from ospf_live import makes
            from ospf_live.run import measured

            for width, height in SIZES:
                for make in makes.available():
                    put(measured(make, width, height, changes))
    if output is not None:
        output.write_text(json.dumps(rows, indent=2) + "\n")


if __name__ == "__main__":
    main()

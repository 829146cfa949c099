"""`fingerpost run`: be a router."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fingerpost.cli import MISUSED

if TYPE_CHECKING:
    from types import ModuleType

    from fingerpost.config.load import RouterFile

EXTRA = ("fastapi", "starlette", "uvicorn")
PATH = click.Path(path_type=Path)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", metavar="NAME", help="Of the router.  [default: the file's]")
@click.option("--socket", type=PATH, help="Of the API.  [default: /run/fingerpost/NAME.sock]")
@click.option("--state", type=PATH, help="Folder.  [default: /var/lib/fingerpost/NAME]")
@click.option("--log", type=click.Choice(("text", "json")), help="Form of the log.")
@click.option("--json", "as_json", is_flag=True, help="The same as --log json.")
@click.option("--keep-routes", is_flag=True, help="Leave routes in the kernel at the end.")
@click.option("--keep-capabilities", is_flag=True, help="Do not give up what is not needed.")
@click.option("--strict", is_flag=True, help="Do not start with findings that are errors.")
def command(
    file: Path,
    name: str | None,
    socket: Path | None,
    state: Path | None,
    log: str | None,
    as_json: bool,
    keep_routes: bool,
    keep_capabilities: bool,
    strict: bool,
) -> int | None:
    """Be the router that FILE describes, in the foreground.

    SIGHUP reads FILE again and changes only what differs; a faulty file is refused. SIGTERM and
    SIGINT end the router: neighbors are told, its routes leave the kernel. A router that is killed
    leaves them; the next one takes them over without a gap. Exit code 2 for a FILE with faults.
    """
    from fingerpost.config.tree.system import LogForm

    read = _read(file, is_strict=strict)
    if read is None:
        return MISUSED
    import asyncio

    service = _service()
    form = LogForm.JSON if as_json else None if log is None else LogForm(log)
    asked = service.Asked(
        read,
        name,
        socket,
        form,
        state,
        keeps_routes=keep_routes,
        keeps_capabilities=keep_capabilities,
    )
    asyncio.run(service.serve(asked))
    return None


def _service() -> ModuleType:
    """The daemon; its server is an extra."""
    try:
        from fingerpost.api import service
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in EXTRA:
            raise
        said = f"a router that runs needs {error.name}: pip install 'fingerpost[daemon]'"
        raise click.ClickException(said) from None
    return service


def _read(file: Path, *, is_strict: bool) -> RouterFile | None:
    """The file; None once its faults were printed."""
    from fingerpost.config.faults import FileError
    from fingerpost.config.load import load

    try:
        read = load(file.absolute())
    except FileError as error:
        click.echo(str(error), err=True)
        return None
    if is_strict:
        from fingerpost.cli.findings import is_faulty, machine_interfaces, print_findings
        from fingerpost.config.check import check

        found = check(read, machine_interfaces())
        print_findings(found)
        if is_faulty(found):
            return None
    return read

"""The command line: one module a command, imported only when that command runs.

Exit codes, the same for every command: 0 done, 1 what was asked for did not come out (no route, a
file that does not decode), 2 wrong use; 130 after Ctrl-C and 141 when the reader of our output
left, as the shell counts these signals. With --json an error is one line of JSON on standard error.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from click.shell_completion import CompletionItem

# name -> (module, one-line help): the help stands here so that `--help` imports no command.
COMMANDS: dict[str, tuple[str, str]] = {
    "apply": ("fingerpost.cli.apply", "Let another configuration run, and change no more."),
    "annotate": ("fingerpost.cli.annotate", "Add the matching route to each row of a file."),
    "check": ("fingerpost.cli.check", "Say what of a router's file would not work."),
    "cidr": ("fingerpost.cli.cidr", "Take a prefix apart: masks, range, hosts, bits."),
    "classify": ("fingerpost.cli.classify", "Say what an address is, by the IANA registries."),
    "completion": ("fingerpost.cli.completion", "Print the script that completes for your shell."),
    "confirm": ("fingerpost.cli.confirm", "Keep a configuration that was applied on trial."),
    "lab": ("fingerpost.cli.lab", "Networks described in a file: check, draw, run them."),
    "decode": ("fingerpost.cli.decode", "Take packets apart: hex, dumps, pcap and pcapng."),
    "lookup": ("fingerpost.cli.lookup", "Find the longest match and say why the others lost."),
    "bgp": ("fingerpost.cli.bgp", "Sessions of BGP: shut, reset, refresh; replay a dump."),
    "bmp": ("fingerpost.cli.bmp", "Monitoring of BGP routers: be a station."),
    "mrt": ("fingerpost.cli.mrt", "Files of route collectors, as lines."),
    "restart": ("fingerpost.cli.restart", "End a router for the next one to go on at once."),
    "rollback": ("fingerpost.cli.rollback", "Let an earlier configuration run again."),
    "rpki": ("fingerpost.cli.rpki", "Who may originate what, by files of VRPs."),
    "run": ("fingerpost.cli.run", "Be the router that a file describes."),
    "show": ("fingerpost.cli.show", "What a router that runs knows: routes, neighbors, log."),
    "policy": ("fingerpost.cli.policy", "Policies: try them on routes, check, watch them."),
    "table": ("fingerpost.cli.table", "Make tables to work with."),
    "why": ("fingerpost.cli.why", "Why a router that runs forwards as it does."),
    "why-not": ("fingerpost.cli.why_not", "Why a route is not used, or not told to neighbors."),
}

DONE = 0
FAILED = 1  # the thing asked for did not come out: no route, an undecodable file
MISUSED = 2  # the command was called wrongly


class LazyCommands(click.Group):
    """A group whose commands are imported when they are invoked, not when they are listed."""

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 - click's
        table: dict[str, tuple[str, str]],
        **options: Any,  # noqa: ANN401 - click's
    ) -> None:
        """`table`: name -> (module, one-line help)."""
        super().__init__(*args, **options)
        self.table = table

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name every command, in the order of the alphabet."""
        return sorted(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the module of `cmd_name` and give its command; None when there is no such one."""
        if cmd_name not in self.table:
            return None
        command = importlib.import_module(self.table[cmd_name][0]).command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, self.table[name][1]) for name in self.list_commands(ctx)])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete command names from the list; options of the group as click does."""
        from click.shell_completion import CompletionItem

        if incomplete.startswith("-"):
            return click.Command.shell_complete(self, ctx, incomplete)
        names = [name for name in self.list_commands(ctx) if name.startswith(incomplete)]
        return [CompletionItem(name, help=self.table[name][1]) for name in names]


class LazyGroup(LazyCommands):
    """The group of all commands; it owns what they share.

    Errors become one line on standard error and an exit code.
    """

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; when its reader left, end it before click takes that for a failure."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            from fingerpost.cli import endings

            endings.silence_standard_output()
            ctx.exit(endings.READER_LEFT)

    def main(  # type: ignore[override]  # click overloads on standalone_mode alone
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,  # noqa: ANN401 - click's signature
    ) -> object:
        """Run a command line; end the process with its exit code when `standalone_mode`."""
        import sys

        if not standalone_mode:
            return super().main(args, prog_name, standalone_mode=False, **extra)
        words = list(sys.argv[1:] if args is None else args)
        try:
            outcome = super().main(words, prog_name, standalone_mode=False, **extra)
            sys.stdout.flush()
        except (Exception, KeyboardInterrupt) as error:
            from fingerpost.cli import endings

            endings.end(error, as_json=endings.asks_json(words))
        raise SystemExit(outcome if isinstance(outcome, int) else DONE)


def _print_version(ctx: click.Context, _: click.Parameter, is_asked: bool) -> None:
    """Print the version of the installed package; a source tree that is not installed has none."""
    if not is_asked or ctx.resilient_parsing:
        return
    from importlib.metadata import PackageNotFoundError, version

    try:
        number = version("fingerpost")
    except PackageNotFoundError:
        number = "(not installed, no version)"
    click.echo(f"fingerpost {number}")
    ctx.exit()


@click.group(
    cls=LazyGroup, table=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
def cli() -> None:
    """Route like a router, from the shell. Each command takes --json.

    Exit codes: 0 done, 1 what was asked for did not come out, 2 wrong use.
    """


def main() -> NoReturn:
    """Entry point of the `fingerpost` script."""
    cli.main(prog_name="fingerpost")
    raise AssertionError("click returns from a standalone call only by SystemExit")

"""`fingerpost completion`: the script that a shell sources to complete our commands."""

from __future__ import annotations

from typing import Any

import click

from fingerpost.cli.output import emit, json_option

SHELLS = {  # shell -> the line that switches completion on for good
    "bash": 'eval "$(fingerpost completion bash)"  # in ~/.bashrc',
    "fish": "fingerpost completion fish > ~/.config/fish/completions/fingerpost.fish",
    "zsh": 'eval "$(fingerpost completion zsh)"  # in ~/.zshrc',
}


def script(shell: str) -> str:
    """Give the completion script for one of SHELLS."""
    from click.shell_completion import get_completion_class

    from fingerpost.cli import cli

    completer = get_completion_class(shell)
    assert completer is not None  # click brings all three
    made = completer(cli, {}, "fingerpost", "_FINGERPOST_COMPLETE")
    return made.source_template % made.source_vars()  # source() would start a bash to ask its age


@click.command(epilog="Switch it on for good:\n\n" + "\n\n".join(SHELLS.values()))
@click.argument("shell", type=click.Choice(sorted(SHELLS)))
@json_option
def command(shell: str, as_json: bool) -> None:
    """Print the completion script for SHELL."""

    def render(model: dict[str, Any]) -> None:
        click.echo(model["script"])

    model = {"shell": shell, "script": script(shell), "install": SHELLS[shell]}
    emit(model, render, as_json=as_json)

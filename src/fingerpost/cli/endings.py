"""How a command that did not succeed ends: one message on standard error, one exit code.

This is the one place where an exception becomes an exit code. A fault of ours stays a traceback.
"""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, NoReturn

import click

from fingerpost.cli import FAILED, MISUSED
from fingerpost.errors import LoadError, ProtocolError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

INTERRUPTED = 130  # 128 + SIGINT
READER_LEFT = 141  # 128 + SIGPIPE


def asks_json(words: Sequence[str]) -> bool:
    """Whether a command line holds --json, known even where it does not parse."""
    options = words[: words.index("--")] if "--" in words else words
    return "--json" in options


def exit_code_of(error: BaseException) -> int | None:
    """Give the exit code of an exception, or None when it is a fault of fingerpost itself.

    A file that does not hold what it should is a failure of the thing asked, not a wrong use of
    the command, although `LoadError` is the caller's input to the library.
    """
    match error:
        case click.exceptions.Exit():
            return error.exit_code
        case KeyboardInterrupt() | click.Abort():
            return INTERRUPTED
        case BrokenPipeError():
            return READER_LEFT
        case click.ClickException():
            return error.exit_code
        case LoadError() | ProtocolError() | OSError():
            return FAILED
        case UsageError():
            return MISUSED
    return None


def end(error: BaseException, *, as_json: bool) -> NoReturn:
    """Report `error` and exit with its code; raise it again when it is none of those we expect."""
    code = exit_code_of(error)
    if code is None:
        raise error
    if code == READER_LEFT:
        silence_standard_output()
    elif code != INTERRUPTED and not isinstance(error, click.exceptions.Exit):
        _report(error, code, as_json=as_json)
    sys.exit(code)


def _report(error: BaseException, code: int, *, as_json: bool) -> None:
    if as_json:
        kind = type(error).__name__
        model = {"error": {"kind": kind, "message": _message(error), "exit_code": code}}
        click.echo(json.dumps(model, ensure_ascii=False), err=True)
        return
    if isinstance(error, click.ClickException):
        error.show()
    else:
        click.echo(f"Error: {_message(error)}", err=True)


def _message(error: BaseException) -> str:
    if isinstance(error, click.ClickException):
        return error.format_message()
    if isinstance(error, OSError) and error.filename is not None:
        return f"{os.fsdecode(error.filename)}: {error.strerror}"
    return str(error)


def silence_standard_output() -> None:
    """Keep the interpreter from flushing into a closed pipe when it exits."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

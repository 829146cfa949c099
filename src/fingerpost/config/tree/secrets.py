"""Secrets: what a file says about a password or a key, which nothing ever prints.

`env:NAME` takes it from the environment, `file:PATH` from a file beside the configuration (a line
end behind it does not count), `hex:00ff` gives its bytes, `text:...` what stands there, as does
any text that starts with none of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema

from fingerpost.errors import UsageError

MASK = "********"
LARGEST = 4096  # bytes of a file that holds a secret
_WAYS = ("env", "file", "hex", "text")


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a secret comes from; `way` is env, file, hex or text, `held` the rest."""

    way: str
    held: str = field(repr=False)

    def __str__(self) -> str:
        """The place, or a mask for what stands in the file itself."""
        return f"{self.way}:{self.held}" if self.way in ("env", "file") else MASK

    def resolve(self, folder: Path, environment: Mapping[str, str]) -> bytes:
        """The secret itself; `folder` is that of the configuration.

        Raises `UsageError` for a variable or file that is not there, never with the secret in it.
        """
        match self.way:
            case "env":
                found = environment.get(self.held)
                if not found:
                    raise UsageError(f"the environment has no {self.held!r}")
                return found.encode(errors="surrogateescape")
            case "file":
                return self._read(folder)
            case "hex":
                return bytes.fromhex(self.held)
        return self.held.encode()

    def _read(self, folder: Path) -> bytes:
        path = folder / self.held
        try:
            with path.open("rb") as file:
                found = file.read(LARGEST + 1)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise UsageError(f"{path} cannot be read: {reason}") from None
        if len(found) > LARGEST:
            raise UsageError(f"{path} is larger than {LARGEST} bytes, which is no secret")
        found = found.removesuffix(b"\n").removesuffix(b"\r")
        if not found:
            raise UsageError(f"{path} is empty")
        return found


def secret(value: object) -> Secret:
    """Read it; messages never repeat what was given."""
    if isinstance(value, Secret):
        return value
    if not isinstance(value, str):
        raise ValueError("write a text; in quotes where it would be a number, which loses zeros")
    way, colon, rest = value.partition(":")
    if not colon or way not in _WAYS:
        way, rest = "text", value
    if not rest:
        raise ValueError("it is empty")
    if way == "hex":
        try:
            bytes.fromhex(rest)
        except ValueError:
            raise ValueError("hex: takes pairs of the digits 0-9 and a-f") from None
    if "\0" in rest:
        raise ValueError("it has a zero byte; write it as hex:")
    return Secret(way, rest)


OneSecret = Annotated[
    Secret,
    PlainValidator(secret),
    WithJsonSchema(
        {
            "type": "string",
            "minLength": 1,
            "examples": ["file:rip.key", "env:RIP_KEY", "hex:00ff"],
            "writeOnly": True,
        }
    ),
]

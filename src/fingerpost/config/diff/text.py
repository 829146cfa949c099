"""Values of the tree as the file would have them, in one line, without secrets."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING

from pydantic import BaseModel

from fingerpost.config.fields import Shown
from fingerpost.config.models import key_of, metadata_of
from fingerpost.config.tree.routes import StaticEntry

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

_PLAIN = re.compile(r"[\w./+][\w./+ -]*(?<! )")


def text_of(value: object, info: FieldInfo | None = None) -> str:
    """The value of a field; `info` knows how numbers are written there."""
    if value is None:
        return "none"
    shown = next(metadata_of(info, Shown), None) if info is not None else None
    if shown is not None:
        return shown.text(value)
    if isinstance(value, StaticEntry):
        note = "" if value.description is None else f" ({value.description})"
        return f"{value}{note}"
    if isinstance(value, BaseModel):
        fields = type(value).model_fields.items()
        said = [
            f"{key_of(name, inner)}: {text_of(getattr(value, name), inner)}"
            for name, inner in fields
            if getattr(value, name) != inner.get_default(call_default_factory=True)
        ]
        return f"{{{', '.join(said)}}}"
    return _plain(value)


def _plain(value: object) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return "true" if value else "false"
        case Enum():
            return str(value.value)
        case str():
            return value if _PLAIN.fullmatch(value) else json.dumps(value, ensure_ascii=False)
        case Mapping():
            return f"{{{', '.join(f'{key}: {text_of(one)}' for key, one in value.items())}}}"
        case list() | tuple():
            return f"[{', '.join(text_of(one) for one in value)}]"
    return str(value)

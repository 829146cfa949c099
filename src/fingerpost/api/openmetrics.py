"""OpenMetrics text (version 1.0.0): families of samples, and how they are written down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

MEDIA = "application/openmetrics-text; version=1.0.0; charset=utf-8"
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})


class Kind(Enum):
    """What the numbers of a family are."""

    COUNTER = "counter"  # samples end in _total
    GAUGE = "gauge"
    INFO = "info"  # samples end in _info, and are 1


_SUFFIXES = {Kind.COUNTER: "_total", Kind.GAUGE: "", Kind.INFO: "_info"}


@dataclass(slots=True)
class Family:
    """Samples of one name. `name` ends in `unit` where there is one."""

    name: str
    kind: Kind
    help: str
    unit: str = ""
    samples: list[tuple[Mapping[str, str], float]] = field(default_factory=list)

    def add(self, value: float, **labels: str) -> None:
        """One sample; a family has each set of labels once."""
        self.samples.append((labels, value))

    def lines(self) -> Iterable[str]:
        """The family as text, nothing where it has no sample."""
        if not self.samples:
            return
        yield f"# TYPE {self.name} {self.kind.value}"
        if self.unit:
            yield f"# UNIT {self.name} {self.unit}"
        yield f"# HELP {self.name} {self.help.translate(_ESCAPES)}"
        for labels, value in self.samples:
            yield f"{self.name}{_SUFFIXES[self.kind]}{_braced(labels)} {_number(value)}"


def text(families: Iterable[Family]) -> str:
    """The whole exposition, with its end marked."""
    lines = [line for family in families for line in family.lines()]
    return "\n".join([*lines, "# EOF", ""])


def _braced(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    held = ",".join(f'{name}="{value.translate(_ESCAPES)}"' for name, value in labels.items())
    return f"{{{held}}}"


def _number(value: float) -> str:
    return repr(float(value)) if isinstance(value, float) else str(int(value))

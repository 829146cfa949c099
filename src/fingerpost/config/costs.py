"""What changing a field of a running router costs; every field of the tree declares it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler
    from pydantic_core import CoreSchema


class Cost(StrEnum):
    """From nothing to the most.

    `NONE`: what is forwarded and what neighbours hear goes on. `REFEED`: routes are judged anew,
    and neighbours hear of those that differ. `RESET`: something ends and begins again, and with it
    the routes that it had.
    """

    NONE = "none"
    REFEED = "refeed"
    RESET = "reset"

    @property
    def rank(self) -> int:
        """The greater, the dearer."""
        return list(Cost).index(self)


@dataclass(frozen=True, slots=True)
class Changing:
    """Metadata of a field: what changing it costs, and what it happens to.

    `subject` may name parts of the path by number: "rip on {2}" at rip.interfaces.eth0.cost.
    """

    cost: Cost
    subject: str = ""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Tell editors, beside what they understand."""
        return {**handler(schema), "x-changing-costs": self.cost.value}


FREE = Changing(Cost.NONE)

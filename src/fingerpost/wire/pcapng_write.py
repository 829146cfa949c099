"""Writing pcapng (draft-ietf-opsawg-pcapng): several interfaces, nanoseconds, comments.

Nothing that differs from run to run is written, no date and no host: the same packets give the
same bytes.
"""

from __future__ import annotations

from struct import Struct
from typing import IO, Literal

from fingerpost.wire.captured import ETHERNET, LONGEST_FRAME, check_frame
from fingerpost.wire.fields import at_most, unfit, unsigned
from fingerpost.wire.pcapng_read import (
    BYTE_ORDER,
    COMMENT,
    INTERFACE,
    MOST_INTERFACES,
    NAME,
    PACKET,
    RESOLUTION,
    SECTION,
)

DESCRIPTION, APPLICATION = 3, 4
NANO = 9
LENGTH_UNKNOWN = (1 << 64) - 1


class PcapngWriter:
    """Writes a capture of several interfaces to a binary file that is handed in, and stays open."""

    def __init__(
        self,
        file: IO[bytes],
        *,
        linktype: int = ETHERNET,
        application: str = "fingerpost",
        byteorder: Literal["little", "big"] = "little",
    ) -> None:
        """Write the section header. `linktype` is that of interfaces that `write` adds."""
        self._file = file
        self._linktype = linktype
        self._sign = "<" if byteorder == "little" else ">"
        self._packet = Struct(self._sign + "IIIII")
        self._names: dict[str, int] = {}
        self._interfaces = 0
        head = Struct(self._sign + "IHHQ").pack(BYTE_ORDER, 1, 0, LENGTH_UNKNOWN)
        self._block(SECTION, head + self._options((APPLICATION, application.encode())))

    def add_interface(
        self, name: str | None = None, linktype: int = ETHERNET, description: str | None = None
    ) -> int:
        """Describe an interface; gives the number that packets name it by.

        Raises `UsageError` for a name that is described already.
        """
        if name in self._names:
            unfit("interface name", name, "a name that this file does not have yet")
        if self._interfaces == MOST_INTERFACES:
            unfit("interfaces", self._interfaces + 1, f"at most {MOST_INTERFACES}")
        texts = ((NAME, name), (DESCRIPTION, description))
        options = [(code, text.encode()) for code, text in texts if text is not None]
        head = Struct(self._sign + "HHI").pack(unsigned(linktype, 16, "linktype"), 0, LONGEST_FRAME)
        self._block(INTERFACE, head + self._options(*options, (RESOLUTION, bytes((NANO,)))))
        number = self._interfaces
        self._interfaces += 1
        if name is not None:
            self._names[name] = number
        return number

    def write(
        self,
        instant_ns: int,
        frame: bytes,
        interface: int | str = 0,
        comment: str | None = None,
        *,
        original_length: int | None = None,
    ) -> None:
        """Write one packet; an interface that is named for the first time is described first.

        `interface`: its name, or the number that `add_interface` gave. Raises `UsageError` for an
        unknown number, an instant that is no unsigned 64-bit number, and an endless frame.
        """
        length = check_frame(frame, original_length)
        unsigned(instant_ns, 64, "instant_ns")
        number = self._number(interface)
        options = [] if comment is None else [(COMMENT, comment.encode())]
        here = len(frame)
        head = self._packet.pack(number, instant_ns >> 32, instant_ns & 0xFFFFFFFF, here, length)
        self._block(PACKET, head + frame + bytes(-here % 4) + self._options(*options))

    def _number(self, interface: int | str) -> int:
        if isinstance(interface, str):
            known = self._names.get(interface)
            return self.add_interface(interface, self._linktype) if known is None else known
        if interface == 0 and not self._interfaces:
            return self.add_interface(None, self._linktype)
        if not 0 <= interface < self._interfaces:
            unfit("interface", interface, f"a name, or a number below {self._interfaces}")
        return interface

    def _options(self, *options: tuple[int, bytes]) -> bytes:
        if not options:
            return b""
        layout = Struct(self._sign + "HH")
        parts = []
        for code, value in options:
            at_most(value, 0xFFFF, "pcapng option")
            parts.append(layout.pack(code, len(value)) + value + bytes(-len(value) % 4))
        return b"".join(parts) + bytes(4)

    def _block(self, kind: int, body: bytes) -> None:
        length = len(body) + 12
        ends = Struct(self._sign + "II")
        self._file.write(ends.pack(kind, length) + body + ends.pack(length, 0)[:4])

"""Our end of a session: replays octets that are ready, or records what comes, and does no more.

    python -m bgp_live.speaker LOCAL REMOTE ASN HOLD [FILE]

Lines on its input are orders, answered by a line of JSON each: `open` waits for Established, `send`
sends the file, `wait SECONDS` waits until nothing has come for so long, `save FILE` writes what has
come since the last `save` and gives when each part came, `close` ends the session by NOTIFICATION.
"""

from __future__ import annotations

import json
import socket
import struct
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

MARKER = b"\xff" * 16
KEEPALIVE = MARKER + struct.pack(">HB", 19, 4)
OPEN_S = 60
CAPABILITIES = b"\x01\x04\x00\x01\x00\x01" + b"\x02\x00"


class Speaker:
    """One session. A thread of its own reads, and sends KEEPALIVEs."""

    def __init__(self, local: str, remote: str, asn: int, hold_s: int) -> None:
        self.ends, self.asn, self.hold_s = (local, remote), asn, hold_s
        self.chunks: list[tuple[float, int]] = []
        self.came = bytearray()
        self.last = monotonic()
        self.lock = threading.Lock()

    def open(self) -> dict[str, object]:
        """Open the session; gives the instant at which it is Established."""
        local, remote = self.ends
        deadline = monotonic() + OPEN_S
        while True:
            if monotonic() > deadline:
                raise TimeoutError(f"no session with {remote} in {OPEN_S} s")
            try:
                self.socket = socket.create_connection((remote, 179), 1, (local, 0))
                self._handshake()
            except OSError:
                sleep(0.1)
            else:
                break
        established = monotonic()
        self.socket.settimeout(None)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        for work in (self._read, self._keep):
            threading.Thread(target=work, daemon=True).start()
        return {"established": established}

    def _handshake(self) -> None:
        local = socket.inet_aton(self.ends[0])
        own = CAPABILITIES + struct.pack(">BBI", 65, 4, self.asn)
        options = bytes((2, len(own))) + own
        body = struct.pack(">BHH", 4, self.asn, self.hold_s) + local
        body += bytes((len(options),)) + options
        self.socket.sendall(MARKER + struct.pack(">HB", 19 + len(body), 1) + body)
        kind = self._message()
        if kind != 1:
            raise OSError(f"message of type {kind}, expected an OPEN")
        self.socket.sendall(KEEPALIVE)
        kind = self._message()
        if kind != 4:
            raise OSError(f"message of type {kind}, expected a KEEPALIVE")

    def _message(self) -> int:
        self.socket.settimeout(30)
        header = self._exactly(19)
        length, kind = struct.unpack_from(">HB", header, 16)
        self._exactly(length - 19)
        return int(kind)

    def _exactly(self, count: int) -> bytes:
        found = b""
        while len(found) < count:
            more = self.socket.recv(count - len(found))
            if not more:
                raise OSError("closed")
            found += more
        return found

    def _read(self) -> None:
        total = 0
        while True:
            try:
                data = self.socket.recv(1 << 20)
            except OSError:
                return
            if not data:
                return
            now = monotonic()
            total += len(data)
            with self.lock:
                self.came += data
                self.chunks.append((now, total))
            if len(data) != len(KEEPALIVE):
                self.last = now

    def _keep(self) -> None:
        while True:
            sleep(self.hold_s / 4)
            try:
                self.socket.send(KEEPALIVE, socket.MSG_DONTWAIT)
            except OSError:
                continue

    def send(self, data: bytes) -> dict[str, object]:
        """Send octets; gives when the first and the last were taken."""
        begun = monotonic()
        self.socket.sendall(data)
        return {"begun": begun, "done": monotonic()}

    def wait(self, quiet: float) -> dict[str, object]:
        """Wait until nothing has come for so long."""
        while monotonic() - self.last < quiet:
            sleep(min(quiet, 0.2))
        return {"last": self.last, "octets": len(self.came)}

    def save(self, file: Path) -> dict[str, object]:
        """Write what has come since the last time."""
        with self.lock:
            came, self.came = self.came, bytearray()
            chunks, self.chunks = self.chunks, []
        file.write_bytes(came)
        first = chunks[-1][1] - len(came) if chunks else 0
        return {"chunks": [(at, total - first) for at, total in chunks]}

    def close(self) -> dict[str, object]:
        """End the session."""
        self.socket.sendall(MARKER + struct.pack(">HBBB", 21, 3, 6, 2))
        closed = monotonic()
        self.socket.shutdown(socket.SHUT_RDWR)
        return {"closed": closed}


def main() -> None:
    local, remote, asn, hold_s, *files = sys.argv[1:]
    speaker = Speaker(local, remote, int(asn), int(hold_s))
    data = Path(files[0]).read_bytes() if files else b""
    orders: dict[str, Callable[..., dict[str, object]]] = {
        "open": speaker.open,
        "send": lambda: speaker.send(data),
        "wait": lambda quiet: speaker.wait(float(quiet)),
        "save": lambda file: speaker.save(Path(file)),
        "close": speaker.close,
    }
    for line in sys.stdin:
        word, *rest = line.split()
        print(json.dumps(orders[word](*rest)), flush=True)


if __name__ == "__main__":
    main()

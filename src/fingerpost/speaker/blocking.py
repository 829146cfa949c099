"""`BlockingSpeaker`: a speaker for programs without asyncio; its loop has a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any, TypeVar

from fingerpost.speaker.speaker import Speaker

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Generator
    from typing import Self

    from fingerpost.speaker.peer import SpeakerPeer
    from fingerpost.speaker.seen import Update

T = TypeVar("T")


class BlockingSpeaker:
    """`with BlockingSpeaker(65010, "192.0.2.1") as speaker`; the methods are those of `Speaker`."""

    def __init__(self, *given: Any, **options: Any) -> None:  # noqa: ANN401 - those of Speaker
        """As a `Speaker` is made."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="fingerpost speaker", daemon=True
        )
        self._thread.start()
        self.speaker = self._call(lambda: Speaker(*given, **options))

    def __enter__(self) -> Self:
        """Start."""
        self._wait(self.speaker.start())
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def close(self, text: str = "") -> None:
        """End all sessions, and the thread."""
        if self._thread.is_alive():
            self._wait(self.speaker.close(text))
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    def connect(self, address: str, **options: Any) -> SpeakerPeer:  # noqa: ANN401
        """As `Speaker.connect`."""
        return self._wait(self.speaker.connect(address, **options))

    def accept(self, prefix: str, **options: Any) -> None:  # noqa: ANN401
        """As `Speaker.accept`."""
        self._call(lambda: self.speaker.accept(prefix, **options))

    def established(self, address: str, timeout: float | None = None) -> SpeakerPeer:
        """As `Speaker.established`."""
        return self._wait(self.speaker.established(address, timeout))

    def announce(self, prefixes: Any, **said: Any) -> None:  # noqa: ANN401
        """As `Speaker.announce`."""
        self._call(lambda: self.speaker.announce(prefixes, **said))

    def withdraw(self, prefixes: Any, **said: Any) -> None:  # noqa: ANN401
        """As `Speaker.withdraw`."""
        self._call(lambda: self.speaker.withdraw(prefixes, **said))

    def routes(self, *given: Any, **options: Any) -> list[Update]:  # noqa: ANN401
        """As `Speaker.routes`, at once."""
        return self._call(lambda: list(self.speaker.routes(*given, **options)))

    def updates(self, *given: Any, **options: Any) -> Generator[Update, None, None]:  # noqa: ANN401
        """As `Speaker.updates`; it waits for each."""
        made = self._call(lambda: self.speaker.updates(*given, **options))
        try:
            while True:
                try:
                    yield self._wait(made.__anext__())
                except StopAsyncIteration:
                    return
        finally:
            self._call(made.close)

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _call(self, act: Callable[[], T]) -> T:
        async def do() -> T:
            return act()

        return self._wait(do())

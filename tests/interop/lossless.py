"""Packets that go through routers all the time, of which none may be lost."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from signal import SIGINT
from time import sleep

from netns import Namespace


@contextmanager
def lossless(
    space: Namespace, pairs: Iterable[tuple[str, str]], *, every_s: float, rest_s: float
) -> Iterator[None]:
    """From each source in a namespace to its destination; `rest_s` is left for the last answers."""
    with ExitStack() as stack:
        runs = []
        for source, destination in pairs:
            words = ["ping", "-n", "-q", "-i", str(every_s), "-I", source, destination]
            command = ["ip", "netns", "exec", space.name, *words]
            run = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            stack.callback(run.wait, 10)
            stack.callback(run.terminate)
            assert run.stdout is not None
            stack.callback(run.stdout.close)
            runs.append(run)
        yield
        sleep(rest_s)
        for run in runs:
            run.send_signal(SIGINT)
        for run in runs:
            said, _ = run.communicate(timeout=10)
            counts = re.search(r"(\d+) packets transmitted, (\d+) received", said)
            assert counts is not None, said
            sent, received = map(int, counts.groups())
            assert sent > 20, said
            assert sent - received <= 1, said  # one may be under way at the end

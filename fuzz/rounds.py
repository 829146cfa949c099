"""Goes through the rounds of a fuzzer in Python, which each depend on their seed alone."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable


def go_through(name: str, check_round: Callable[[int], None]) -> None:
    """Read the command line, and go through seeds until the time is over; `name` is the script's.

    The seed of a round that breaks is printed, and what it raised goes on.
    """
    parser = argparse.ArgumentParser(description=f"fuzz {name.upper()}")
    parser.add_argument("seconds", nargs="?", type=float, default=os.environ.get("FUZZ_S", "60"))
    parser.add_argument("--seed", type=int, help="one round, to see it break again")
    asked = parser.parse_args()
    if asked.seed is not None:
        check_round(asked.seed)
        return
    end = time.monotonic() + float(asked.seconds)
    first = seed = time.time_ns() // 10**9 << 24
    while time.monotonic() < end:
        try:
            check_round(seed)
        except BaseException:
            print(f"\nbroken by: python fuzz/{name}.py --seed {seed}", file=sys.stderr)
            raise
        seed += 1
    print(f"{name}: {seed - first} rounds, nothing broken")

"""What may happen to octets on their way."""

from __future__ import annotations

from random import Random


def damaged(rng: Random, data: bytes) -> bytes:
    """Change, cut, double or lengthen bytes."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 5))):
        match rng.randrange(5):
            case 0 if out:
                out[rng.randrange(len(out))] = rng.choice((0, 1, 2, 3, 255, rng.randrange(256)))
            case 1 if out:
                del out[rng.randrange(len(out)) :]
            case 2:
                at = rng.randrange(len(out) + 1)
                out[at:at] = rng.randbytes(rng.choice((1, 4, 20)))
            case 3 if len(out) >= 24:
                out[4:4] = out[4:24]
            case _:
                out += rng.randbytes(rng.randrange(40))
    return bytes(out)

"""Words that a peer sent, made fit for a screen."""

from __future__ import annotations


def printable(octets: bytes) -> str:
    """Give UTF-8 as text; what is none, and what moves cursors or hides text, is replaced.

    Nobody can write to an operator's terminal, or to his log on a line of its own (RFC 9003 4).
    """
    text = octets.decode(errors="replace")
    return "".join(one if one.isprintable() else "\ufffd" for one in text)

"""`python -m fingerpost`, the same as the command `fingerpost`."""

from __future__ import annotations

from fingerpost.cli import main

main()

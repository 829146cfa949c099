"""The error of a file that describes no network."""

from __future__ import annotations

from fingerpost.config.faults import FileError


class TopologyError(FileError):
    """A file does not describe a network; `faults` has every reason, the message lists them."""

    tells_columns = False

"""What a program is told when there is no session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.errors import ProtocolError

if TYPE_CHECKING:
    from fingerpost.bgp.packet import Notification


class SessionError(ProtocolError):
    """A session could not be had, or has ended; the message says with whom and why.

    `notification` is the NOTIFICATION that ended it, `is_ours` whether we sent that; None where it
    ended without one.
    """

    def __init__(
        self, message: str, notification: Notification | None = None, *, is_ours: bool = False
    ) -> None:
        """`message` names the neighbour and the reason."""
        super().__init__(message)
        self.notification = notification
        self.is_ours = is_ours

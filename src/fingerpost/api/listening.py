"""The socket of the API: claimed by one daemon at a time, and left tidy."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import grp
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from fingerpost.errors import UsageError

if TYPE_CHECKING:
    from typing import Self

BACKLOG = 64
PATH_MOST = 107  # bytes of sun_path, unix(7)


class ClaimedSocket:
    """A listening Unix socket at `path`, ours alone until `close`.

    A lock beside it tells a daemon that runs from one that was killed and left its socket.
    """

    def __init__(self, path: Path, mode: int = 0o660, group: str | None = None) -> None:
        """Claim it.

        Raises `UsageError` where another daemon lives or the group is unknown, `OSError` where
        the path cannot be made.
        """
        if len(os.fsencode(path)) > PATH_MOST:
            raise UsageError(f"socket {path}: a path of at most {PATH_MOST} bytes")
        path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        self.path = path
        self._lock = _locked(path)
        self._is_bound = False
        self._permitted: tuple[int, str | None] | None = None
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._bind()
            self.permit(mode, group)
            self.socket.listen(BACKLOG)
            self.socket.setblocking(False)
        except BaseException:
            self.close()
            raise

    def _bind(self) -> None:
        if self.path.is_socket():
            if _is_answered(self.path):
                raise UsageError(f"something else listens at {self.path}: name another socket")
            self.path.unlink()
        elif self.path.exists():
            raise UsageError(f"{self.path} is there and no socket: remove it, or name another")
        before = os.umask(0o177)
        try:
            self.socket.bind(os.fspath(self.path))
            self._is_bound = True
        finally:
            os.umask(before)

    def permit(self, mode: int, group: str | None) -> None:
        """Say who may ask: the permissions of the file, and its group, where that is another.

        Another group takes a capability that a daemon gives up after its start.
        """
        if self._permitted == (mode, group):
            return
        if group is not None and (self._permitted is None or self._permitted[1] != group):
            try:
                number = grp.getgrnam(group).gr_gid
            except KeyError:
                raise UsageError(f"group {group!r} of the socket: there is no such group") from None
            os.chown(self.path, -1, number)
        self.path.chmod(mode)
        self._permitted = mode, group

    def close(self) -> None:
        """Stop listening and remove the socket; to close twice does nothing."""
        if self._lock < 0:
            return
        if self._is_bound:  # the server may have closed it already
            self.path.unlink(missing_ok=True)
        self.socket.close()
        _lock_of(self.path).unlink(missing_ok=True)
        os.close(self._lock)
        self._lock = -1

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()


def _lock_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.lock")


def _locked(path: Path) -> int:
    """A descriptor that holds the lock of the socket."""
    lock = _lock_of(path)
    for _ in range(10):
        held = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(held)
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                raise
            raise UsageError(f"another router runs at {path}: give this one a --name") from None
        # another may have removed the file between our two steps: then we hold nothing
        with contextlib.suppress(FileNotFoundError):
            if lock.stat().st_ino == os.fstat(held).st_ino:
                return held
        os.close(held)
    raise UsageError(f"another router starts and stops at {path}: try again")


def _is_answered(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(os.fspath(path))
        except (ConnectionRefusedError, FileNotFoundError):
            return False
        except OSError:
            return True  # too busy to answer, and there
    return True

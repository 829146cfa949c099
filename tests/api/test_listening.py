"""The socket of the API: whose it is, who may use it, and what is left of it."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest

from fingerpost.api.listening import ClaimedSocket
from fingerpost.api.places import checked_name, socket_asked, socket_of
from fingerpost.errors import UsageError


def test_it_has_the_permissions_that_are_asked_for(short_path: Path) -> None:
    path = short_path / "s"
    with ClaimedSocket(path, 0o600) as claimed:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        claimed.permit(0o666, None)
        assert stat.S_IMODE(path.stat().st_mode) == 0o666
    assert list(short_path.iterdir()) == []


def test_a_second_claim_is_refused_and_the_first_goes_on(short_path: Path) -> None:
    with ClaimedSocket(short_path / "s"):
        with pytest.raises(UsageError, match="another router runs at"):
            ClaimedSocket(short_path / "s")
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(short_path / "s"))
    with ClaimedSocket(short_path / "s"):
        pass


def test_what_a_killed_daemon_left_is_taken(short_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(short_path / "s"))
    (short_path / "s.lock").touch()
    with ClaimedSocket(short_path / "s"):
        pass


def test_the_socket_of_somebody_else_is_not_taken(short_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(short_path / "s"))
        other.listen()
        with pytest.raises(UsageError, match="something else listens"):
            ClaimedSocket(short_path / "s")
    assert (short_path / "s").is_socket()


def test_a_file_is_not_removed(short_path: Path) -> None:
    (short_path / "s").write_text("precious")
    with pytest.raises(UsageError, match="no socket"):
        ClaimedSocket(short_path / "s")
    assert (short_path / "s").read_text() == "precious"


def test_what_cannot_be_is_said(short_path: Path) -> None:
    with pytest.raises(UsageError, match="no such group"):
        ClaimedSocket(short_path / "s", group="no-such-group")
    assert not (short_path / "s").exists()
    with pytest.raises(UsageError, match="107 bytes"):
        ClaimedSocket(short_path / ("s" * 120))


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "a" * 65, "a b", "a\n"])
def test_a_name_that_could_be_no_file_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="name"):
        checked_name(name)


def test_the_socket_that_a_command_means(short_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FINGERPOST_SOCKET", raising=False)
    monkeypatch.setattr("fingerpost.api.places.RUN", short_path)
    assert socket_asked("/x", "ignored") == Path("/x")
    assert socket_asked(None, "edge") == socket_of("edge") == short_path / "edge.sock"
    assert not socket_asked(None, None).exists()
    (short_path / "edge.sock").touch()
    assert socket_asked(None, None) == short_path / "edge.sock"
    (short_path / "core.sock").touch()
    with pytest.raises(UsageError, match="core, edge"):
        socket_asked(None, None)
    monkeypatch.setenv("FINGERPOST_SOCKET", "/y")
    assert socket_asked(None, None) == Path("/y")
    assert os.environ["FINGERPOST_SOCKET"] == "/y"

"""`Client`: asks a router that runs, over its Unix socket, by the standard library alone."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any
from urllib.parse import quote, urlencode

from fingerpost.errors import UsageError

JSON = "application/json"
LINES = "application/jsonl"
ANSWER_S = 30.0


class NoDaemonError(OSError):
    """Nobody answers at the socket; the message says what to do."""


class RefusedError(UsageError):
    """The router refused what was asked; `problem` is its answer (RFC 9457)."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        """`problem` has at least a status."""
        self.problem = dict(problem)
        self.status = int(problem.get("status", 500))
        title = str(problem.get("title", f"status {self.status}"))
        super().__init__(str(problem.get("detail") or title))


class _OverUnix(HTTPConnection):
    """HTTP through a Unix socket."""

    def __init__(self, path: str, timeout: float | None) -> None:
        super().__init__("fingerpost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Client:
    """The API at `path`. Each call is one connection, so a client can be kept and shared.

    Every method raises `NoDaemonError` where nobody answers, and `RefusedError` for a refusal.
    """

    def __init__(self, path: str, timeout: float | None = ANSWER_S) -> None:
        """Nothing is opened before something is asked. `timeout`: seconds of silence."""
        self.path = str(path)
        self.timeout = timeout

    def get(self, where: str, **query: object) -> Any:  # noqa: ANN401 - JSON
        """Ask for a document; queries that are None are left out."""
        return self._document("GET", where, query, None)

    def post(self, where: str, body: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
        """Tell the router something; gives its answer."""
        return self._document("POST", where, {}, body)

    def text(self, where: str, **query: object) -> str:
        """Ask for what is no JSON."""
        with closing(self._ask("GET", where, query, None, "*/*", self.timeout)) as answer:
            return answer.read().decode()

    def lines(self, where: str, **query: object) -> Iterator[dict[str, Any]]:
        """Ask for a stream of documents, each given as it comes."""
        return self._lines(where, query, self.timeout)

    def follow(self, where: str, **query: object) -> Iterator[dict[str, Any]]:
        """The same where silence, however long, is no fault."""
        return self._lines(where, query, None)

    def _lines(
        self, where: str, query: Mapping[str, object], timeout: float | None
    ) -> Iterator[dict[str, Any]]:
        with closing(self._ask("GET", where, query, None, LINES, timeout)) as answer:
            try:
                for line in answer:
                    if line.strip():  # an empty one is a sign of life
                        yield json.loads(line)
            except (OSError, HTTPException) as error:
                raise NoDaemonError(f"{self.path}: the answer broke off: {_why(error)}") from None

    def _document(
        self, method: str, where: str, query: Mapping[str, object], body: Mapping[str, Any] | None
    ) -> Any:  # noqa: ANN401 - JSON
        with closing(self._ask(method, where, query, body, JSON, self.timeout)) as answer:
            try:
                return json.loads(answer.read())
            except (OSError, HTTPException) as error:
                raise NoDaemonError(f"{self.path}: the answer broke off: {_why(error)}") from None

    def _ask(
        self,
        method: str,
        where: str,
        query: Mapping[str, object],
        body: Mapping[str, Any] | None,
        accept: str,
        timeout: float | None,
    ) -> HTTPResponse:
        connection = _OverUnix(self.path, timeout)
        headers = {"Accept": accept, "Connection": "close"}
        octets = None
        if body is not None:
            octets = json.dumps(body).encode()
            headers["Content-Type"] = JSON
        try:
            # who refuses may answer and close before it has the body: the answer is there then
            with suppress(BrokenPipeError, ConnectionResetError):
                connection.request(method, _target(where, query), octets, headers)
            answer = connection.getresponse()
        except (OSError, HTTPException) as error:
            connection.close()
            raise NoDaemonError(self._nobody(error)) from None
        if answer.status >= 400:
            with closing(connection):
                raise RefusedError(_problem(answer))
        return answer

    def _nobody(self, error: Exception) -> str:
        match error:
            case FileNotFoundError() | ConnectionRefusedError():
                return f"no router runs at {self.path}; `fingerpost run FILE` starts one"
            case PermissionError():
                return f"{self.path} is not for you: ask as root or as a member of its group"
            case TimeoutError():
                return f"the router at {self.path} did not answer within {self.timeout:g} s"
        return f"{self.path}: {_why(error)}"


def _target(where: str, query: Mapping[str, object]) -> str:
    given = {
        name: str(value).lower() if isinstance(value, bool) else value
        for name, value in query.items()
        if value is not None
    }
    path = quote(where, safe="/:")
    return f"{path}?{urlencode(given, doseq=True)}" if given else path


def _problem(answer: HTTPResponse) -> Mapping[str, Any]:
    try:
        held = json.loads(answer.read())
    except (OSError, HTTPException, ValueError):
        held = None
    if isinstance(held, dict):
        return {"status": answer.status, **held}
    return {"status": answer.status, "title": answer.reason}


def _why(error: Exception) -> str:
    reason = getattr(error, "strerror", None)
    return str(reason or error or type(error).__name__)

"""Whatever is asked, in whatever form: an answer, never a failure of ours."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.standing import StandingHost, daemon_on, interface
from fingerpost.api.app import application
from fingerpost.api.daemon import Daemon

CONFIG = """
router: {name: standing, id: 10.255.0.1}
rip: {interfaces: {eth0: }}
static: [192.0.2.0/24 via 10.0.0.7, blackhole 198.51.100.0/24]
"""
ENDLESS = "/v1/events"
WORDS = (
    *(
        "10.0.0.0/24",
        "192.0.2.1",
        "2001:db8::/32",
        "::",
        "0.0.0.0/0",
        "fe80::1%eth0",
        "10.0.0.1/33",
    ),
    *("main", "rip", "static", "connected", "", "-1", "0", "1", "6", "1000000", "true", "nan"),
)
words = st.sampled_from(WORDS) | st.text(max_size=80)
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=10,
)
lines = st.sampled_from(
    [*CONFIG.splitlines(), "rip: {", "policies: {p: [{then: accept}]}", "\t", "x"]
)
configurations = st.lists(lines | words, max_size=6).map("\n".join)


class Asgi:
    """The application, asked without a socket."""

    def __init__(self, daemon: Daemon) -> None:
        self.app = application(daemon)
        self.loop = asyncio.new_event_loop()
        self.document = self.ask("GET", "/openapi.json")[1]

    def ask(
        self, method: str, path: str, query: str = "", body: bytes = b"", accept: str = "*/*"
    ) -> tuple[int, Any]:
        return self.loop.run_until_complete(self._ask(method, path, query, body, accept))

    async def _ask(
        self, method: str, path: str, query: str, body: bytes, accept: str
    ) -> tuple[int, Any]:
        status, parts = 0, b""

        is_told = False

        async def receive() -> dict[str, Any]:
            nonlocal is_told
            if is_told:
                await asyncio.Event().wait()  # it stays, and says no more
            is_told = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            nonlocal status, parts
            status = message.get("status", status)
            parts += message.get("body", b"")

        headers = [(b"content-type", b"application/json"), (b"accept", accept.encode())]
        scope = {
            **{"type": "http", "http_version": "1.1", "method": method, "scheme": "http"},
            **{"path": path, "raw_path": quote(path).encode(), "root_path": ""},
            **{"query_string": query.encode(), "headers": headers},
            **{"server": ("x", 1), "client": None},
        }
        await self.app(scope, receive, send)  # type: ignore[arg-type]
        is_json = parts[:1] in (b"{", b"[") and accept == "*/*"
        return status, json.loads(parts) if is_json else parts


@pytest.fixture(scope="module")
def asgi(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asgi]:
    host = StandingHost(interface("eth0", 2, "10.0.0.1/24"))
    host.announce("bgp", "10.9.0.0/16", "2001:db8:1::/48")

    async def make(folder: Path) -> Daemon:
        return daemon_on(host, folder, CONFIG)

    made = Asgi(asyncio.run(make(tmp_path_factory.mktemp("state"))))
    yield made
    made.loop.close()


def paths(asgi: Asgi, method: str) -> list[tuple[str, list[str]]]:
    """Each path of a method with the names of its queries."""
    return [
        (path, [one["name"] for one in said[method].get("parameters", ()) if one["in"] == "query"])
        for path, said in sorted(asgi.document["paths"].items())
        if method in said and path != ENDLESS
    ]


FUZZ = settings(
    max_examples=400,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@FUZZ
@given(data=st.data())
def test_any_question_has_an_answer(asgi: Asgi, data: st.DataObject) -> None:
    path, names = data.draw(st.sampled_from(paths(asgi, "get")))
    path = path.replace("{instance}", data.draw(st.sampled_from(["rip", "x", "%2f", "ö"])))
    chosen = data.draw(st.dictionaries(st.sampled_from([*names, "other"]), words, max_size=4))
    accept = data.draw(st.sampled_from(["*/*", "application/jsonl", "\x00"]))
    status, answer = asgi.ask("GET", path, urlencode(chosen), accept=accept)
    assert status in (200, 400, 404, 422), answer
    if status != 200 and accept == "*/*":
        assert answer["status"] == status
        assert answer["detail"]


@FUZZ
@given(data=st.data())
def test_any_body_has_an_answer(asgi: Asgi, data: st.DataObject) -> None:
    path, _ = data.draw(st.sampled_from(paths(asgi, "post")))
    body = data.draw(
        st.binary(max_size=100)
        | plain.map(lambda one: json.dumps(one).encode())
        | st.fixed_dictionaries(
            {"text": configurations},
            optional={
                "source": words,
                "comment": words,
                "confirm_s": st.floats() | st.integers(-1, 100_000),
                "force": st.booleans(),
                "dry_run": st.booleans(),
                "steps": st.integers(-2, 5),
            },
        ).map(lambda one: json.dumps(one).encode())
    )
    status, answer = asgi.ask("POST", path, body=body)
    assert status in (200, 400, 409, 422), answer
    assert asgi.ask("GET", "/v1/health")[1]["status"] == "ok"


def test_a_text_that_is_no_unicode_is_refused(asgi: Asgi) -> None:
    status, _ = asgi.ask("POST", "/v1/config/apply", body=b'{"text": "\\ud800"}')
    assert status == 422

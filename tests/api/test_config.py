"""The configuration over the API: differences, findings, applying, confirming, going back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.standing import Running, StandingHost, daemon_on, interface, serving
from fingerpost.api.client import RefusedError

HEAD = "router: {name: standing, id: 10.255.0.1}\n"
FIRST = f"{HEAD}static: [192.0.2.0/24 via 10.0.0.7]\n"
SECOND = f"{HEAD}static: [192.0.3.0/24 via 10.0.0.7]\n"
SECRET = (
    f"{HEAD}key-chains: {{k: {{keys: [{{id: 1, secret: hunter2, algorithm: keyed-md5}}]}}}}\n"
    "rip: {interfaces: {eth0: {authentication: {key-chain: k}}}}\n"
)


@pytest.fixture
def running(short_path: Path) -> Iterator[Running]:
    host = StandingHost(interface("eth0", 2, "10.0.0.1/24"))
    with serving(daemon_on(host, short_path, FIRST), short_path) as running:
        yield running


def post(running: Running, path: str, **body: object) -> dict[str, object]:
    answer = running.client.post(f"/v1/config/{path}", body)
    assert isinstance(answer, dict)
    return answer


def statics(running: Running) -> list[str]:
    rows = running.client.get("/v1/routes", protocol="static")["routes"]
    return [row["prefix"] for row in rows]


def wait_for(running: Running, expected: list[str]) -> None:
    end = time.monotonic() + 20
    while statics(running) != expected:
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_difference_is_shown_and_nothing_done(running: Running) -> None:
    plan = post(running, "diff", text=SECOND)
    assert plan["applied"] is False
    difference = plan["difference"]
    assert isinstance(difference, dict)
    assert difference["cost"] == "none"
    assert "192.0.3.0/24" in difference["text"]
    assert post(running, "apply", text=SECOND, dry_run=True) == plan
    assert statics(running) == ["192.0.2.0/24"]


def test_apply_and_rollback(running: Running) -> None:
    assert post(running, "apply", text=SECOND, comment="trial")["applied"] is True
    assert statics(running) == ["192.0.3.0/24"]
    assert post(running, "rollback", dry_run=True)["applied"] is False
    post(running, "rollback")
    assert statics(running) == ["192.0.2.0/24"]
    with pytest.raises(RefusedError, match="nothing earlier") as refused:
        post(running, "rollback")
    assert refused.value.status == 409
    history = running.client.get("/v1/config")["history"]
    assert [(row["comment"], row["state"], row["steps"]) for row in history] == [
        ("trial", "kept", None),
        ("", "running", 0),
    ]


def test_what_is_not_confirmed_is_taken_back(running: Running) -> None:
    plan = post(running, "apply", text=SECOND, confirm_s=0.3)
    left = plan["unconfirmed_s"]
    assert isinstance(left, float)
    assert left <= 0.3
    wait_for(running, ["192.0.2.0/24"])
    with pytest.raises(RefusedError, match="nothing waits"):
        post(running, "confirm")


def test_what_is_confirmed_stays(running: Running) -> None:
    post(running, "apply", text=SECOND, confirm_s=1)
    post(running, "confirm")
    time.sleep(1.2)
    assert statics(running) == ["192.0.3.0/24"]


def test_a_later_trial_is_not_ended_by_the_time_of_an_earlier(running: Running) -> None:
    third = f"{HEAD}static: [192.0.4.0/24 via 10.0.0.7]\n"
    post(running, "apply", text=SECOND, confirm_s=0.3)
    post(running, "apply", text=third, confirm_s=60)
    time.sleep(0.5)
    assert statics(running) == ["192.0.4.0/24"]
    post(running, "rollback")
    assert statics(running) == ["192.0.2.0/24"]  # what was confirmed, not the trial between


def test_faults_have_their_place(running: Running) -> None:
    with pytest.raises(RefusedError) as refused:
        post(running, "apply", text=f"{HEAD}static: [192.0.2.0/24 by x]\nrip: 7\n", source="r.yaml")
    assert refused.value.status == 422
    faults = refused.value.problem["faults"]
    assert [fault["line"] for fault in faults] == [2, 3]
    assert "r.yaml:2:" in str(refused.value)
    assert statics(running) == ["192.0.2.0/24"]


def test_findings_that_are_errors_are_refused_unless_forced(running: Running) -> None:
    text = f"{SECOND}rip: {{interfaces: {{eth7: }}}}\n"
    with pytest.raises(RefusedError, match="no interface 'eth7'") as refused:
        post(running, "apply", text=text)
    assert refused.value.status == 409
    plan = post(running, "apply", text=text, force=True)
    findings = plan["findings"]
    assert isinstance(findings, list)
    assert findings[0]["kind"] == "unknown-interface"
    assert statics(running) == ["192.0.3.0/24"]


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (FIRST.replace("name: standing", "name: other"), "router.name"),
        (f"{FIRST}api: {{socket: /run/x.sock}}\n", "api.socket"),
        (f"{FIRST}kernel: {{table: 100}}\n", "protocol, table, metric"),
    ],
)
def test_what_only_a_start_can_change_is_refused(running: Running, text: str, field: str) -> None:
    with pytest.raises(RefusedError, match="started anew") as refused:
        post(running, "apply", text=text)
    assert field in str(refused.value)


def test_secrets_are_never_shown(running: Running) -> None:
    plan = post(running, "apply", text=SECRET)
    shown = running.client.get("/v1/config")
    back = post(running, "rollback", dry_run=True)
    for model in (plan, shown, back, running.client.get("/v1/rip")):
        assert "hunter2" not in str(model)
    assert shown["tree"]["key-chains"]["k"]["keys"][0]["id"] == 1


def test_the_same_text_is_no_step(running: Running) -> None:
    post(running, "apply", text=FIRST)
    assert len(running.client.get("/v1/config")["history"]) == 1

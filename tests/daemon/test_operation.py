"""A router as its operator has it: start, show, reload, apply, confirm, roll back, stop."""

from __future__ import annotations

import grp
import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from daemon.processes import (
    FINGERPOST,
    HEARS,
    TELLS,
    NotifySocket,
    Process,
    ended,
    two_spaces,
    wait,
)
from netns import require_root

pytestmark = pytest.mark.slow  # whole processes


def test_every_show_as_text_and_as_json(pair: tuple[Process, Process]) -> None:
    _, second = pair
    wait(lambda: second.show("neighbors")["neighbors"])
    assert [one["name"] for one in second.show("interfaces", "--up")["interfaces"]] == ["lo", "vb"]
    assert second.show("neighbors")["neighbors"][0]["address"] == "10.0.0.1"
    routes = {row["prefix"]: row for row in second.show("routes")["routes"]}
    assert routes["198.51.100.0/24"]["next_hops"][0]["gateway"] == "10.0.0.1"
    assert "203.0.113.0/24" not in routes
    assert second.show("rib", "--protocol", "static")["routes"][0]["prefix"] == "192.0.2.0/24"
    (rip,) = second.show("rip", "routes")["instances"]
    prefixes = [one["prefix"] for one in rip["status"]["routes"]]
    assert prefixes == ["10.0.0.0/24", "198.51.100.0/24", "203.0.113.0/24"]
    (policy,) = second.show("policy")["policies"]
    assert policy["lines"][0]["hits"] >= 1
    assert second.show("log", "-n", "1000")["records"][0]["kind"] == "starting"
    assert second.show("status")["health"]["status"] == "ok"
    assert second.show("config")["tree"]["router"] == {"name": "second"}

    assert "vb" in second.run("show", "interfaces").stdout
    assert "10.0.0.1  vb" in second.run("show", "neighbors").stdout
    text = second.run("show", "routes").stdout
    assert "R> 198.51.100.0/24 [120/3] via 10.0.0.1, vb, 00:00:" in text
    assert "S> 192.0.2.0/24 [1/0] via 10.0.0.1, vb, 00:00:" in text
    assert "C> 10.0.0.0/24 [0/" in text
    for part in ("status", "routes", "neighbors", "interfaces", "faults"):
        assert second.run("show", "rip", part).stdout
    assert "test-net-3" in second.run("show", "policy").stdout
    assert "ready" in second.run("show", "log").stdout
    assert "second: ok" in second.run("show", "status").stdout
    assert "running" in second.run("show", "config", "--history").stdout
    assert second.run("show", "metrics").stdout.endswith("# EOF\n")
    assert second.run("show", "routes", "100.64.0.1", check=False).returncode == 1
    assert second.run("show", "routes", "10.0.0", check=False).returncode == 2


def test_apply_shows_the_difference_and_changes_no_more(pair: tuple[Process, Process]) -> None:
    _, second = pair
    before = second.show("neighbors")["neighbors"][0]
    second.write(HEARS.replace("192.0.2.0/24 via", "192.0.3.0/24 via"))
    dry = second.run("apply", str(second.file), "--dry-run").stdout
    assert "- static" in dry
    assert "192.0.3.0/24" in dry
    assert "192.0.2.0/24" in second.kernel()
    unasked = second.run("apply", str(second.file), check=False)
    assert unasked.returncode == 2
    assert "--yes" in unasked.stderr
    assert "applied" in second.run("apply", str(second.file), "--yes").stdout
    wait(lambda: "192.0.3.0/24" in second.kernel() and "192.0.2.0/24" not in second.kernel())
    after = second.show("neighbors")["neighbors"][0]
    assert after["age_s"] > before["age_s"]  # the neighbour was not lost
    assert second.show("policy")["policies"][0]["lines"][0]["hits"] >= 1  # counters go on
    back = second.run("rollback", "--yes").stdout
    assert "192.0.2.0/24" in back
    wait(lambda: "192.0.2.0/24" in second.kernel())
    assert second.run("rollback", "5", "--yes", check=False).returncode == 1


def test_what_is_not_confirmed_is_taken_back(pair: tuple[Process, Process]) -> None:
    _, second = pair
    second.write(HEARS.replace("192.0.2.0/24 via", "192.0.3.0/24 via"))
    done = second.run("apply", str(second.file), "--yes", "--confirm", "2s")
    assert "2 s unless you say" in done.stdout
    assert second.show("status")["health"]["unconfirmed_s"] <= 2
    wait(lambda: "192.0.3.0/24" in second.kernel())
    wait(lambda: "192.0.2.0/24" in second.kernel() and "192.0.3.0/24" not in second.kernel())
    assert second.has_logged("configuration not confirmed")
    assert second.run("confirm", check=False).returncode == 1

    second.run("apply", str(second.file), "--yes", "--confirm", "60s")
    assert "is confirmed" in second.run("confirm").stdout
    assert second.show("status")["health"]["unconfirmed_s"] is None
    states = [row["state"] for row in second.show("config", "--history")["history"]]
    assert states[0] == "running"


def test_who_is_killed_before_the_confirmation_begins_with_the_confirmed(
    pair: tuple[Process, Process],
) -> None:
    _, second = pair
    second.write(HEARS.replace("192.0.2.0/24 via", "192.0.3.0/24 via"))
    second.run("apply", str(second.file), "--yes", "--confirm", "60s")
    wait(lambda: "192.0.3.0/24" in second.kernel())
    second.end(signal.SIGKILL)
    second.start()
    assert second.has_logged("configuration chosen")
    wait(lambda: "192.0.2.0/24" in second.kernel())
    wait(lambda: "192.0.3.0/24" not in second.kernel())
    second.end()
    second.write(HEARS.replace("192.0.2.0/24 via", "192.0.4.0/24 via"))  # the operator has the say
    second.start()
    wait(lambda: "192.0.4.0/24" in second.kernel())


def test_sighup_takes_what_differs_and_refuses_a_faulty_file(
    pair: tuple[Process, Process],
) -> None:
    _, second = pair
    second.write(HEARS.replace("192.0.2.0/24 via", "192.0.3.0/24 via"))
    second.signal(signal.SIGHUP)
    wait(lambda: "192.0.3.0/24" in second.kernel())
    second.write(HEARS.replace("192.0.2.0/24 via", "192.0.5.0/24 by"))
    second.signal(signal.SIGHUP)
    wait(lambda: second.has_logged("reload refused"))
    (record,) = [one for one in second.show("log")["records"] if one["kind"] == "reload refused"]
    assert f"{second.file}:" in record["text"]
    assert "192.0.3.0/24" in second.kernel()
    assert second.run("apply", str(second.file), "--yes", check=False).returncode == 2


def test_a_polite_end_tells_the_neighbour_and_leaves_no_route(
    pair: tuple[Process, Process],
) -> None:
    first, second = pair
    assert first.end() == 0
    wait(lambda: "198.51.100.0/24" not in second.kernel(), 3)  # long before its timeout of 6 s
    assert first.kernel() == {}
    assert not first.socket.exists()
    assert first.run("show", "routes", check=False).returncode == 1
    assert second.end(signal.SIGINT) == 0
    assert second.kernel() == {}


def test_an_end_that_keeps_routes_tells_nobody(pair: tuple[Process, Process]) -> None:
    first, second = pair
    second.end()
    second.start("--keep-routes")
    wait(lambda: "198.51.100.0/24" in second.kernel())
    held = second.kernel()
    assert second.end() == 0
    assert second.kernel() == held
    first.write(f"kernel: {{on-exit: keep}}\n{TELLS}")
    first.signal(signal.SIGHUP)
    wait(lambda: first.has_logged("reloaded"))
    held = first.kernel()
    assert first.end() == 0
    assert first.kernel() == held != {}


def test_a_second_daemon_is_refused_and_a_stale_socket_is_not_in_the_way(
    pair: tuple[Process, Process],
) -> None:
    first, _ = pair
    again = first.run("run", str(first.file), "--state", str(first.folder / "other"), check=False)
    assert again.returncode == 2
    assert "another router runs at" in again.stderr
    assert first.show("status")["health"]["status"] == "ok"
    first.end(signal.SIGKILL)
    assert first.socket.exists()
    gone = first.run("show", "routes", check=False)
    assert gone.returncode == 1
    assert "no router runs at" in gone.stderr
    first.start()


def test_capabilities_are_given_up_by_every_thread(pair: tuple[Process, Process]) -> None:
    first, _ = pair
    needed = f"{1 << 10 | 1 << 12 | 1 << 13:016x}"
    for task in Path(f"/proc/{first.pid}/task").iterdir():
        status = dict(line.split(":\t") for line in (task / "status").read_text().splitlines())
        assert (status["CapEff"], status["CapPrm"], status["CapBnd"]) == (needed,) * 3
        assert status["NoNewPrivs"] == "1"


def test_it_has_as_many_descriptors_as_it_may(pair: tuple[Process, Process]) -> None:
    first, _ = pair
    first.end()
    first.start(before=("prlimit", "--nofile=256:5000"))
    limits = Path(f"/proc/{first.pid}/limits").read_text().splitlines()
    (found,) = [line.split()[3:5] for line in limits if line.startswith("Max open files")]
    assert found == ["5000", "5000"]


def test_systemd_is_told(short_path: Path) -> None:
    require_root()
    manager = NotifySocket(short_path / "notify")
    with two_spaces() as (a, _):
        daemon = Process(a, short_path, "alone", TELLS)
        with ended(daemon):
            daemon.start(NOTIFY_SOCKET=str(manager.path), WATCHDOG_USEC="200000")
            assert manager.take()["READY"] == "1"
            for _ in range(3):
                assert manager.take() == {"WATCHDOG": "1"}
            daemon.signal(signal.SIGHUP)
            reloading = manager.take_other("WATCHDOG")
            assert reloading["RELOADING"] == "1"
            assert reloading["MONOTONIC_USEC"].isdigit()
            assert manager.take_other("WATCHDOG")["READY"] == "1"
            daemon.end()
            assert manager.take_other("WATCHDOG")["STOPPING"] == "1"
    manager.close()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rip: {interfaces: {va: {cost: 99}}}", ":2:"),
        ("rip: [", "not YAML"),
        ("kernal: {}", "did you mean"),
    ],
)
def test_a_faulty_file_starts_nothing(short_path: Path, text: str, said: str) -> None:
    file = short_path / "faulty.yaml"
    file.write_text(f"router: {{name: faulty}}\n{text}\n")
    done = subprocess.run(
        [*FINGERPOST, "run", str(file), "--socket", str(short_path / "s")],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2
    assert str(file) in done.stderr
    assert said in done.stderr
    assert not (short_path / "s").exists()


def test_without_capabilities_the_reason_is_said(short_path: Path) -> None:
    require_root("setpriv")
    file = short_path / "r.yaml"
    file.write_text("router: {name: r}\n")
    done = subprocess.run(
        [
            *("setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin"),
            *(*FINGERPOST, "run", str(file), "--socket", str(short_path / "s")),
        ],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env={**os.environ},
    )
    assert done.returncode == 2
    assert "CAP_NET_ADMIN" in done.stderr


def test_the_log_as_json_is_a_record_a_line(short_path: Path) -> None:
    require_root()
    with two_spaces() as (a, _):
        daemon = Process(a, short_path, "json", TELLS)
        with ended(daemon):
            daemon.start("--log", "json")
            daemon.end()
            records = [json.loads(line) for line in daemon.log.splitlines()]
    assert [one["kind"] for one in records if one["kind"] in ("starting", "ready", "stopped")] == [
        *("starting", "ready", "stopped")
    ]
    assert [one["number"] for one in records] == sorted(one["number"] for one in records)


def test_it_needs_no_root_beside_its_capabilities(short_path: Path) -> None:
    require_root("setpriv")
    with two_spaces() as (a, _):
        short_path.chmod(0o777)
        daemon = Process(a, short_path, "nobody", TELLS)
        daemon.file.chmod(0o644)
        three = "+net_admin,+net_raw,+net_bind_service"
        nobody = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")
        with ended(daemon):
            daemon.start(before=(*nobody, f"--inh-caps={three}", f"--ambient-caps={three}"))
            wait(lambda: "198.51.100.0/24" in daemon.kernel())
            assert Path(f"/proc/{daemon.pid}").stat().st_uid != 0
            assert daemon.end() == 0
            assert daemon.kernel() == {}


def test_socket_log_and_history_are_as_the_file_says(short_path: Path) -> None:
    require_root()
    with two_spaces() as (a, _):
        daemon = Process(a, short_path, "alone", f"api: {{group: nogroup}}\n{TELLS}")
        with ended(daemon):
            daemon.start()
            status = daemon.socket.stat()
            assert (status.st_mode & 0o777, grp.getgrgid(status.st_gid).gr_name) == (
                *(0o660, "nogroup"),
            )
            text = "router: {name: alone, log: {file: alone.log2, level: debug, format: json}}"
            changed = f"{text}\napi: {{group: nogroup, mode: '0600'}}\n{TELLS}"
            daemon.file.write_text(changed)
            daemon.run("apply", str(daemon.file), "--yes")
            assert daemon.socket.stat().st_mode & 0o777 == 0o600
            other = short_path / "alone.log2"
            wait(lambda: '"configuration applied"' in other.read_text())
            other.rename(short_path / "rotated")
            daemon.signal(signal.SIGHUP)
            wait(lambda: other.exists() and '"reloaded"' in other.read_text())
            group = changed.replace("group: nogroup", "group: daemon")
            daemon.file.write_text(group)
            assert daemon.run("apply", str(daemon.file), "--yes", check=False).returncode == 1


def test_a_channel_that_its_limit_ended_is_a_problem(pair: tuple[Process, Process]) -> None:
    _, second = pair
    limited = HEARS.replace("channel: {", "channel: {limit: {prefixes: 1, action: disable}, ")
    second.write(limited.replace("permit 203", "permit 100"))
    second.run("apply", str(second.file), "--yes")
    wait(lambda: second.client.get("/v1/health")["status"] == "degraded")
    assert "its limit of 1 prefixes ended it" in second.run("show", "status").stdout


def test_two_routers_do_not_share_routes_in_a_kernel(pair: tuple[Process, Process]) -> None:
    first, _ = pair
    other = Process(first.space, first.folder, "other", "static: [blackhole 10.66.0.0/16]\n")
    with ended(other):
        with pytest.raises(AssertionError, match="another router here has the kernel's table 254"):
            other.start()
        other.write("kernel: {protocol: 71, metric: 71}\nstatic: [blackhole 10.66.0.0/16]\n")
        other.start()
        wait(lambda: "10.66.0.0/16" in other.space.run("ip", "route", "show", "proto", "71"))
        assert "198.51.100.0/24" in first.kernel()


def test_who_follows_the_log_hears_the_next_run_too(pair: tuple[Process, Process]) -> None:
    first, _ = pair
    with subprocess.Popen(
        [*FINGERPOST, "show", "log", "-f", "--socket", str(first.socket)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as follower:
        assert follower.stdout is not None
        assert "starting" in follower.stdout.readline()
        first.end(signal.SIGKILL)
        first.start()
        while "starting" not in follower.stdout.readline():
            pass
        follower.terminate()

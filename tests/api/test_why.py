"""Why and why not over the API and from the shell: one model, one text."""

from __future__ import annotations

import errno
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.standing import Running, StandingHost, daemon_on, interface, serving
from fingerpost.addr import Prefix
from fingerpost.api.answers import Why, WhyNot
from fingerpost.api.client import RefusedError
from fingerpost.cli import DONE, FAILED, MISUSED, cli
from fingerpost.host.linux.kernel.report import KernelWhy, Refusal
from fingerpost.rib import StaticRoute
from fingerpost.router import ConfigurationChanged, RouterConfig, TableConfig
from router.test_routing import config, main, static
from router.test_why import POLICIES, import_by, settled
from router.wires import rip


@pytest.fixture
def host() -> StandingHost:
    host = StandingHost(interface("eth0", 2, "10.0.0.1/24"))
    lines: tuple[StaticRoute, ...] = (static("192.0.2.0/24", "10.0.0.7"),)
    tables = {"main": TableConfig(lines)}
    host.receive(ConfigurationChanged(RouterConfig(tables=tables, protocols={"rip": rip("eth0")})))
    host.announce("bgp", "192.0.2.0/24")
    return host


@pytest.fixture
def running(host: StandingHost, short_path: Path) -> Iterator[Running]:
    with serving(daemon_on(host, short_path), short_path) as running:
        yield running


def ask(running: Running, *words: str) -> Result:
    return CliRunner().invoke(cli, [*words, "--socket", running.client.path])


def test_the_api_answers_with_the_model_of_the_routing_process(running: Running) -> None:
    model = running.client.get("/v1/why", asked="192.0.2.1")
    assert model["winner"]["source"] == "static"
    assert model["candidates"][1]["decision"] == {
        "rule": "distance",
        "better": "1",
        "worse": "120",
    }
    assert model["clock"]["wall"] > 1_700_000_000 * 10**9


def test_the_shell_prints_the_answer_with_wall_time_and_age(running: Running) -> None:
    result = ask(running, "why", "192.0.2.1")
    assert result.exit_code == DONE
    first, used, said, *_ = result.stdout.splitlines()
    assert first == "192.0.2.1: 192.0.2.0/24 via 10.0.0.7 dev eth0 proto static [1/0]"
    assert used.endswith(": used")
    assert said.startswith("    said by static since 20")
    assert said.endswith(" ago)")
    assert json.loads(ask(running, "why", "192.0.2.1", "--json").stdout)["asked"] == "192.0.2.1"


def test_no_route_is_a_failure_and_no_prefix_misuse(running: Running) -> None:
    assert ask(running, "why", "198.51.100.1").exit_code == FAILED
    assert ask(running, "why", "300.1.1.1").exit_code == MISUSED
    assert ask(running, "why", "192.0.2.1", "--table", "blue").exit_code == MISUSED


def test_why_not_from_the_shell(running: Running) -> None:
    result = ask(running, "why-not", "192.0.2.0/24", "--source", "bgp")
    assert result.exit_code == DONE
    assert "distance 120 loses to 1 of static" in result.stdout
    told = ask(running, "why-not", "192.0.2.0/24", "--to", "rip")
    assert "rip tells nobody: routes of static are not redistributed" in told.stdout
    refused = ask(running, "why-not", "192.0.2.0/24", "--to", "ospf")
    assert refused.exit_code == MISUSED
    assert "has no protocol 'ospf'; it has rip" in refused.stderr
    with pytest.raises(RefusedError, match="has no protocol 'ospf'") as caught:
        running.client.get("/v1/why-not", prefix="192.0.2.0/24", to="ospf")
    assert caught.value.status == 404


def test_every_kind_of_answer_fits_the_model_that_the_api_describes() -> None:
    world = settled()
    import_by(world, "b", "farther")
    import_by(world, "c", "refuse")
    held = world.routers["a"].config
    world.give("a", ConfigurationChanged(config(tables=held.tables, protocols=held.protocols)))
    world.give("b", ConfigurationChanged(world.routers["b"].config))
    asked = ("203.0.113.0/24", "10.0.1.0/24", "10.0.2.0/24", "192.0.2.0/24")
    for name, routing in world.routers.items():
        for prefix in asked:
            Why.model_validate(routing.explain(prefix).as_dict())
            Why.model_validate(routing.explain(prefix.partition("/")[0]).as_dict())
            for source, to in ((None, None), ("rip", None), (None, "rip")):
                answer = routing.explain_not(prefix, source, to=to)
                WhyNot.model_validate(answer.as_dict())
        world.cut(name, "ab" if name != "c" else "bc")


def test_a_policy_and_a_table_that_forward_nothing_are_in_the_model_too() -> None:
    world = settled()
    held = world.routers["c"].config
    tables = main(export_policy=POLICIES["refuse"])
    world.give("c", ConfigurationChanged(config(tables=tables, protocols=held.protocols)))
    answer = WhyNot.model_validate(world.routers["c"].explain_not("203.0.113.0/24").as_dict())
    assert answer.outcome == "not forwarded"
    assert answer.forwarding is not None
    assert not answer.forwarding.is_accepted


def test_what_the_kernel_has_is_told_too(host: StandingHost, running: Running) -> None:
    far = Prefix("192.0.2.0/24")
    host.kernel[far] = "via 10.0.0.7 dev eth0"
    model = running.client.get("/v1/why", asked=str(far))
    assert model["kernel"]["is_installed"]
    assert "  kernel: 192.0.2.0/24 via 10.0.0.7 dev eth0: in the kernel" in (
        ask(running, "why", str(far)).stdout.splitlines()
    )
    assert ask(running, "why-not", str(far)).stdout.startswith(f"{far}: used\n")


def test_what_the_kernel_refuses_is_not_called_used(host: StandingHost, running: Running) -> None:
    far = Prefix("192.0.2.0/24")
    way = "via 10.0.0.7 dev eth0"
    refusal = Refusal(far, way, errno.EEXIST, "File exists")
    host.refusal = KernelWhy(far, way, None, refusal=refusal)
    lines = ask(running, "why-not", str(far)).stdout.splitlines()
    assert lines[0] == f"{far}: not in the kernel"
    assert any("EEXIST (File exists): a route of another protocol has" in one for one in lines)
    connected = running.client.get("/v1/why-not", prefix="10.0.0.0/24")
    assert connected["outcome"] == "used"
    assert connected["kernel"]["reason"] == "connected networks are the kernel's own"

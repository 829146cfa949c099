"""`fingerpost lab why-route`: reasons of a router in a lab, with the messages that it heard."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from fingerpost.cli import DONE, FAILED, MISUSED, cli

FILE = str(Path(__file__).parents[2] / "examples" / "equal-cost.yaml")


def ask(*words: str) -> Result:
    return CliRunner().invoke(cli, ["lab", "why-route", FILE, *words, "--routing", "rip"])


def test_the_winner_the_loser_and_their_messages() -> None:
    result = ask("west", "10.0.3.1")
    assert result.exit_code == DONE
    text = result.stdout
    assert text.startswith("10.0.3.1: 10.0.3.0/24 via 10.0.1.2 dev eth1 proto rip [120/2]\n")
    assert "rip response from 10.0.1.2 on eth1, " in text
    assert "offered with a higher metric by another router: 3 against 2" in text
    model = json.loads(ask("west", "10.0.3.1", "--json").stdout)
    assert model["candidates"][0]["messages"][0]["fields"]["metric"] == 1


def test_what_lost_and_who_is_told() -> None:
    lost = ask("west", "10.20.4.0/24", "--not", "--source", "rip").stdout
    assert "distance 120 loses to 1 of static" in lost
    told = ask("west", "10.0.3.0/24", "--to", "rip").stdout
    assert "rip on lo: not told, the interface is a loopback" in told


def test_no_route_is_a_failure_and_a_host_misuse() -> None:
    assert ask("west", "192.0.2.1").exit_code == FAILED
    assert ask("shop", "192.0.2.1").exit_code == MISUSED
    assert ask("west", "300.0.2.1").exit_code == MISUSED

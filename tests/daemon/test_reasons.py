"""Reasons of routers that run, with real neighbours and a real kernel below them."""

from __future__ import annotations

import json

from daemon.processes import HEARS, Process, wait

NET = "198.51.100.0/24"
REFUSED = "203.0.113.0/24"


def test_an_answer_goes_from_the_neighbors_message_to_the_kernel(
    pair: tuple[Process, Process],
) -> None:
    first, second = pair
    lines = second.run("why", "198.51.100.7").stdout.splitlines()
    assert lines[0] == f"198.51.100.7: {NET} via 10.0.0.1 dev vb proto rip [120/3]"
    assert lines[2].startswith("    said by rip from 10.0.0.1 since 20")
    assert lines[2].endswith(" ago)")
    assert "    policy no-test-net-3 line end: accept, for no line decided" in lines
    (message,) = (line for line in lines if line.startswith("    rip response from"))
    assert message.startswith("    rip response from 10.0.0.1 on vb, 20")
    assert message.endswith("): metric 2, tag 0")
    assert f"  kernel: {NET} via 10.0.0.1 dev vb: in the kernel" in lines

    refused = second.run("why-not", REFUSED).stdout.splitlines()
    assert refused[0] == f"{REFUSED}: not used"
    assert "    policy no-test-net-3 line test-net-3: reject" in refused
    told = first.run("why-not", NET, "--to", "rip").stdout.splitlines()
    assert told[-1] == "  rip on va: told metric 2, tag 0"
    assert second.run("why", "203.0.113.1", check=False).returncode == 1


def test_a_route_that_the_kernel_does_not_take_is_not_called_used(
    pair: tuple[Process, Process],
) -> None:
    _, second = pair
    second.space.ip("route add 192.0.2.128/25 dev vb proto static metric 70")
    second.write(f"{HEARS}  - 192.0.2.128/25 via 10.0.0.1\n")
    second.run("apply", str(second.file), "--yes")
    wait(lambda: "EEXIST" in second.run("why-not", "192.0.2.128/25").stdout)
    answer = json.loads(second.run("why-not", "192.0.2.128/25", "--json").stdout)
    assert answer["outcome"] == "not in the kernel"
    assert not answer["kernel"]["is_installed"]


def test_a_policy_is_tried_on_what_comes_in_before_it_is_applied(
    pair: tuple[Process, Process],
) -> None:
    _, second = pair
    text = HEARS.replace("permit 203.0.113.0/24", "permit 198.51.100.0/24")
    second.write(text)
    result = second.run("policy", "diff", str(second.file), "no-test-net-3", check=False)
    assert result.returncode == 1
    lines = result.stdout.splitlines()
    assert f"+ {REFUSED} via 10.0.0.1 dev vb proto rip [120/3]" in lines
    assert f"- {NET} via 10.0.0.1 dev vb proto rip [120/3]" in lines
    assert NET in second.kernel()
    hits = second.show("policy")["policies"][0]["lines"][0]["hits"]
    second.run("policy", "diff", str(second.file), "no-test-net-3", check=False)
    assert second.show("policy")["policies"][0]["lines"][0]["hits"] - hits <= 3  # real updates


def test_counters_outlive_a_reload_that_does_not_touch_their_line(
    pair: tuple[Process, Process],
) -> None:
    _, second = pair
    before = second.show("policy")["policies"][0]["lines"][0]["hits"]
    second.write(HEARS.replace("otherwise: accept", "otherwise: reject"))
    second.run("apply", str(second.file), "--yes")
    wait(lambda: NET not in second.kernel())
    assert second.show("policy")["policies"][0]["lines"][0]["hits"] > before  # judged anew

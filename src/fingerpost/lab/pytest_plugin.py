"""Networks in tests: the fixture `network`, for whoever has fingerpost installed.

    @pytest.mark.lab("lab.yaml")
    def test_the_backup_link_carries(network):
        network.fail("a-b")
        assert network["a"].ping("z")

The file is looked for beside the test, then where pytest was started; a mapping or the text of a
lab may stand in its place. Without the mark the fixture is a function that makes networks. When a
test fails, its report tells what was asked of its networks and what happened in them.

pytest imports this module at every start: it imports nothing but what the standard library has.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from fingerpost.lab.network import Network

_EVENTS = 30  # the latest, told when a test fails
_KEY = pytest.StashKey[list["Network"]]()


def pytest_configure(config: pytest.Config) -> None:
    """Name the mark, so that --strict-markers knows it."""
    config.addinivalue_line(
        "markers", "lab(source, seed=None): the fixture `network` is that of this file or mapping"
    )


@pytest.fixture
def network(request: pytest.FixtureRequest) -> Network | Callable[..., Network]:
    """The network of the mark `lab`; without one a function of (source, seed=None) that makes one.

    A test that fails reports what happened in every network that was made for it.
    """
    made: list[Network] = []
    request.node.stash[_KEY] = made

    def make(source: str | Path | Mapping[str, object], *, seed: int | None = None) -> Network:
        made.append(_network(source, request.path.parent, seed))
        return made[-1]

    mark = request.node.get_closest_marker("lab")
    if mark is None:
        return make
    if not mark.args:
        raise pytest.UsageError("@pytest.mark.lab wants a file, a mapping, or the text of a lab")
    return make(*mark.args, **mark.kwargs)


def _network(source: str | Path | Mapping[str, object], folder: Path, seed: int | None) -> Network:
    from fingerpost.lab.network import Network

    if isinstance(source, Mapping) or (isinstance(source, str) and "\n" in source):
        return Network.of(source, seed=seed)
    beside = folder / source
    return Network.load(beside if beside.exists() else source, seed=seed)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add to the report of a failed test what its networks have to say."""
    report = yield
    if call.when == "call" and report.failed:
        for made in item.stash.get(_KEY, []):
            report.sections.append((f"network {made.lab.name}", _told(made)))
    return report


def _told(network: Network) -> str:
    """What was asked of a network, and the latest that happened in it."""
    lines = [f"{network!r}, seed {network.seed}", *(str(one) for one in network.asked)]
    events = network.events[-_EVENTS:]
    if len(network.events) > len(events):
        lines.append(f"{len(network.events) - len(events):,} earlier events")
    return "\n".join([*lines, *map(str, events)])

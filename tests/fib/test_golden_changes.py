"""Random sequences of changes with questions in between, against the scan: every state is right."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
)

from fib.golden_fib import plain
from fingerpost.fib import Fib
from golden.networks import any_host, any_network, edges
from golden.scan import Host, Network, ScanTable

values = st.integers(0, 5)  # few, so that a change is sometimes none


class Changes(RuleBasedStateMachine):
    """The same changes to a table and to its model; `networks` remembers what was ever put."""

    networks: Bundle[Network] = Bundle("networks")
    snapshots: Bundle[tuple[Fib[int], dict[Network, int]]] = Bundle("snapshots")

    @initialize(form=st.sampled_from(["compact", "fast"]))
    def begin(self, form: str) -> None:
        self.fib: Fib[int] = Fib(form=form)
        self.scan: ScanTable[int] = ScanTable()
        self.touched: list[Network] = []

    @rule(target=networks, network=any_network(), value=values)
    def put(self, network: Network, value: int) -> Network:
        self.fib[network] = value
        self.scan.routes[network] = value
        self.touched = [network]
        return network

    @rule(network=networks, value=values)
    def put_again(self, network: Network, value: int) -> None:
        self.put(network, value)

    @rule(network=networks)
    def drop(self, network: Network) -> None:
        if network in self.scan.routes:
            del self.fib[network]
            del self.scan.routes[network]
        else:
            assert network not in self.fib
        self.touched = [network]

    @rule(
        put=st.lists(st.tuples(any_network(), values), max_size=12),
        again=st.lists(st.tuples(networks, values), max_size=6),
        drop=st.lists(networks, max_size=6),
    )
    def batch(
        self,
        put: list[tuple[Network, int]],
        again: list[tuple[Network, int]],
        drop: list[Network],
    ) -> None:
        """First drops, then puts; of several puts to one prefix the last counts.

        What is dropped twice is missing the second time.
        """
        done = self.fib.apply(put=put + again, drop=drop)
        missing = [network for network in drop if self.scan.routes.pop(network, None) is None]
        assert [network for network, _ in plain((one, 0) for one in done.missing)] == missing
        assert done.dropped == len(drop) - len(missing)
        self.scan.routes.update(put + again)
        self.touched = [network for network, _ in put + again] + drop

    @rule(target=snapshots)
    def copy(self) -> tuple[Fib[int], dict[Network, int]]:
        return self.fib.copy(), dict(self.scan.routes)

    @rule(snapshot=consumes(snapshots))
    def go_back(self, snapshot: tuple[Fib[int], dict[Network, int]]) -> None:
        """A copy is as the table was, whatever happened since."""
        self.fib, self.scan = snapshot[0], ScanTable(snapshot[1])
        self.touched = list(snapshot[1])[:20]

    @rule()
    def clear(self) -> None:
        self.fib.clear()
        self.touched, self.scan = list(self.scan.routes)[:20], ScanTable()

    @rule(host=any_host())
    def ask(self, host: Host) -> None:
        expected = self.scan.longest_match(host)
        found = self.fib.match(host)
        assert (plain([found])[0] if found else None) == expected

    @invariant()
    def answers_around_the_last_change_are_right(self) -> None:
        for host in edges(self.touched):
            expected = self.scan.longest_match(host)
            assert self.fib.lookup(host) == (expected[1] if expected else None), host

    @invariant()
    def it_holds_what_it_should(self) -> None:
        assert len(self.fib) == len(self.scan.routes)

    def teardown(self) -> None:
        if hasattr(self, "fib"):
            assert plain(self.fib.items()) == list(self.scan.ordered())


Changes.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestChanges = Changes.TestCase

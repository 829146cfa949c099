"""Paths that flap are kept off (RFC 2439, RFC 7196); the core and the readable form agree."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bgp.intake import PREFIX, US, Intake
from bgp.joined import Net, config, towards
from bgp.raw import Raw, update, withdrawal
from fingerpost.addr import Address, Prefix
from fingerpost.bgp import attributes as attr
from fingerpost.bgp.config import Neighbor, PeerFamily
from fingerpost.bgp.damping import Damping, Flap, Merit
from fingerpost.bgp.family import IPV4
from fingerpost.bgp.path_view import PathFlags, Standing
from fingerpost.bgp.relation import Relation
from fingerpost.errors import UsageError
from fingerpost.forwarding.durations import SECOND

PEER = Address("10.0.0.1")
HOP = bytes((10, 0, 0, 1))
MANY = tuple(Damping(half * SECOND, *rest) for half, *rest in ((900,), (60, 2500, 700), (7, 3000)))


def path(med: int) -> tuple[attr.Attribute, ...]:
    """One of several that the neighbour may say."""
    base = (attr.Origin(attr.OriginCode.IGP), attr.AsPath.of(65001), attr.NextHop(HOP))
    return (*base, attr.MultiExitDisc(med))


class Pair:
    """The core with one neighbour, and what is expected of its path to `PREFIX`."""

    def __init__(self, terms: Damping, relation: Relation = Relation.EXTERNAL) -> None:
        self.lab = Intake()
        standing = Standing(relation, 1, PEER)
        self.lab.add(1, standing, asn=65001 if relation is Relation.EXTERNAL else US, damping=terms)
        # something else rests on the next hop, so that it stays
        kept = attr.AttributeSet.of(*path(1)).encode()
        self.lab.table.originate(IPV4.code, [Prefix("198.51.100.0/24")], kept, 1, 0)
        self.lab.reach(HOP, 0)
        self.merit = Merit(terms)
        self.med: int | None = None
        self.has_flapped = False
        self.now_s = 0

    def say(self, med: int) -> None:
        """It announces."""
        changes = self.med is not None and self.med != med
        self._flap(Flap.CHANGED if changes else Flap.SAID_AGAIN)
        self.med = med
        self.lab.tell(1, path(med), now=self.now_s * SECOND)

    def unsay(self) -> None:
        """It withdraws, if there is something."""
        if self.med is not None:
            self._flap(Flap.WITHDRAWN)
            self.lab.untell(1, now=self.now_s * SECOND)
            self.med = None

    def wait(self, seconds: int) -> None:
        """Time passes, and what is due is done at its second."""
        until = self.now_s + seconds
        while (due := self.lab.table.next_deadline()) is not None and due <= until * SECOND:
            self.lab.table.pass_time(due)
            self._pass(due // SECOND)
        self.now_s = until
        self._pass(until)

    def _flap(self, flap: Flap) -> None:
        if flap or self.has_flapped:
            self.merit = self.merit.after(flap, self.now_s)
            self.has_flapped = True

    def _pass(self, now_s: int) -> None:
        if self.has_flapped and self.merit.due_s <= now_s:
            due = self.merit.due_s
            self.merit = self.merit.after(Flap.SAID_AGAIN, due)
            if self.merit.penalty <= self.merit.terms.reuse // 2:
                self.merit, self.has_flapped = Merit(self.merit.terms), False
            elif self.merit.due_s <= now_s:
                self._pass(now_s)

    def check(self) -> None:
        """Both agree."""
        found = self.lab.look()
        assert len(found) == (self.med is not None)
        for one in found:
            assert bool(one.flags & PathFlags.DAMPED) is self.merit.is_suppressed, self.now_s
            assert one.is_best is not self.merit.is_suppressed
            assert one.imported == one.received, "it is judged all the same"
            shown = self.lab.table.flapping(IPV4.code, PREFIX, self.now_s * SECOND)
            until = self.merit.due_s * SECOND if self.merit.is_suppressed else None
            wanted = [(1, 0, self.merit.now(self.now_s), until)] if self.has_flapped else []
            assert shown == wanted
            accepted = int(not self.merit.is_suppressed)
            assert self.lab.table.peer_counts(1, IPV4.code) == (1, accepted)


STEPS = st.lists(
    st.one_of(
        st.integers(1, 3).map(lambda med: ("say", med)),
        st.just(("unsay", 0)),
        st.sampled_from((0, 1, 5, 60, 900, 4000)).map(lambda left: ("wait", left)),
        st.just(("refeed", 0)),
    ),
    max_size=40,
)


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(MANY), STEPS)
def test_the_core_damps_as_it_is_written(terms: Damping, steps: list[tuple[str, int]]) -> None:
    pair = Pair(terms)
    for what, much in steps:
        match what:
            case "say":
                pair.say(much)
            case "unsay":
                pair.unsay()
            case "wait":
                pair.wait(much)
            case "refeed":
                pair.lab.table.refeed(IPV4.code)
        pair.check()
    pair.unsay()
    pair.wait(100_000)
    assert pair.lab.table.next_deadline() is None, "all is forgotten"


@given(st.integers(1, 10**6), st.integers(0, 10_000), st.sampled_from(MANY))
def test_a_penalty_halves_each_half_life(penalty: int, seconds: int, terms: Damping) -> None:
    exact = penalty * 0.5 ** (seconds / terms.half_life_s)
    assert abs(terms.decayed(penalty, seconds) - exact) <= 1 + exact / 10_000
    wait = terms.wait(penalty, 100)
    assert terms.decayed(penalty, wait) <= 100
    assert wait == 0 or terms.decayed(penalty, wait - 1) > 100


def test_the_values_are_those_of_the_rfc() -> None:
    usual = Damping()
    assert (usual.suppress, usual.reuse, usual.ceiling) == (6000, 750, 12_000)
    with pytest.raises(UsageError, match="never reached"):
        Damping(suppress=12_000)
    with pytest.raises(UsageError, match="below suppress"):
        Damping(reuse=6000)
    with pytest.raises(UsageError, match="a second to a day"):
        Damping(half_life_ns=1)


def test_who_flaps_more_is_kept_off_no_longer_than_may_be() -> None:
    """RFC 2439 4.2: the ceiling."""
    pair = Pair(Damping())
    for _ in range(100):
        pair.say(1)
        pair.unsay()
    pair.say(1)
    pair.check()
    assert pair.merit.is_suppressed
    pair.wait(3590)
    pair.check()
    assert pair.merit.is_suppressed
    pair.wait(20)
    pair.check()
    assert not pair.merit.is_suppressed


def test_paths_of_our_own_as_are_not_damped() -> None:
    pair = Pair(Damping(60 * SECOND, 2500, 700), Relation.INTERNAL)
    for _ in range(20):
        pair.lab.tell(1, (*path(1), attr.LocalPref(100)))
        pair.lab.untell(1)
    pair.lab.tell(1, (*path(1), attr.LocalPref(100)))
    assert pair.lab.look()[0].is_best


def test_what_goes_with_a_session_is_not_punished_and_not_forgotten() -> None:
    """RFC 2439 4.8.5."""
    pair = Pair(Damping(60 * SECOND, 2500, 700))
    for _ in range(3):
        pair.say(1)
        pair.unsay()
    pair.say(1)
    pair.check()
    before = pair.merit.penalty
    pair.lab.table.close_session(1)
    pair.lab.settle()
    pair.lab.open(1)
    pair.say(1)
    pair.check()
    assert (pair.merit.penalty, pair.merit.is_suppressed) == (before, True)


def test_a_router_says_why_and_uses_it_again_at_its_time() -> None:
    net = Net()
    families = (PeerFamily(damping=Damping(20 * SECOND, 2500, 700)),)
    flapping = Neighbor("flapping", 65066, Address("10.0.0.66"), is_passive=True, families=families)
    a = net.add("10.0.0.1", config(65001, 1, towards(65002, "10.0.0.2"), flapping), 1)
    raw = Raw(net, "10.0.0.66")
    net.begin()
    net.run(1)
    stream = raw.connect("10.0.0.1")
    net.run(1)
    raw.establish(stream, 65066, 66)
    net.run(1)
    nlri, prefix = bytes((24, 172, 16, 1)), Prefix("172.16.1.0/24")
    said = update(nlri, 65066, bytes((10, 0, 0, 66)))
    raw.send(stream, (said + withdrawal(nlri)) * 3 + said)
    net.run(1)
    assert prefix not in a.routes
    line = str(a.bgp.explain(prefix))
    assert "damped: penalty 3000" in line
    assert "used again in 42 s" in line
    net.run(45)
    assert prefix in a.routes

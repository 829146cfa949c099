"""The core floods as the steps of RFC 2328 13 in Python do: same database, lists and packets."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import TypeAlias

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from fingerpost._core import LinkStateDatabase
from fingerpost.ospf.constants import MAX_SEQUENCE_NUMBER
from fingerpost.ospf.flooding import Outcome, receive_by_steps, receive_update
from fingerpost.ospf.lsa.checksum import sealed
from fingerpost.ospf.lsa.header import HEADER_LENGTH

from .lsas import NEXT, OTHER, SECOND, US, key, lsa, update

INTERFACES = 3
NEIGHBORS = {1: 1, 2: 1, 3: 2, 4: 2, 5: 3}  # with the interface of each
KINDS = {
    2: (1, 2, 3, 5, 6, 7, 9, 10, 11),
    3: (0x2001, 0x4005, 0x0008, 0x2007, 0x2042, 0xA042, 0xC042, 0x6001),
}

Lsa: TypeAlias = bytes
Action: TypeAlias = tuple[object, ...]


def draw_lsa(rng: Random, version: int) -> Lsa:
    """Draw an instance of one of few LSAs: most meet another of the same key."""
    one = lsa(
        rng.choice((US, NEXT, OTHER, OTHER)),
        id=rng.choice((7, 8)),
        kind=rng.choice(KINDS[version]),
        sequence=rng.choice((1, 2, 2, 3, MAX_SEQUENCE_NUMBER)),
        age=rng.choice((0, 0, 5, 899, 905, 1800, 3599, 3600)),
        body=rng.choice((bytes(4), bytes(4), bytes(3) + b"\1")),
        version=version,
    )
    return one[:-1] + bytes([one[-1] ^ 1]) if rng.random() < 0.03 else one


def draw_lsas(rng: Random, version: int) -> list[Lsa]:
    return [draw_lsa(rng, version) for _ in range(rng.randrange(1, 7))]


def draw_action(rng: Random, version: int) -> Action:
    """Draw what happens next; most of it is updates."""
    neighbor = rng.choice(tuple(NEIGHBORS))
    flags = [rng.random() < 0.5 for _ in range(3)]
    match rng.randrange(24):
        case 0:
            return "interface", rng.randrange(1, INTERFACES + 1), *flags
        case 1 | 2:
            state, role = rng.choice((0, 1, 1, 2, 2, 3, 3, 3)), rng.choice((0, 0, 1, 2))
            return "neighbor", neighbor, state, role, flags[0]
        case 3 | 4:
            return "describe", neighbor, draw_lsas(rng, version)
        case 5:
            return "summarize", neighbor
        case 6 | 7 | 8:
            return "ack", neighbor, draw_lsas(rng, version)
        case 9:
            one = draw_lsa(rng, version)
            return "own", one[:8] + US.to_bytes(4, "big") + one[12:]
        case 10:
            return "flush", draw_lsas(rng, version)
        case 11 | 12:
            return ("send",)
        case 13 | 14:
            return rng.choice(("echo", "promise")), neighbor, rng.randrange(4)
        case 15 | 16 | 17:
            return "pass", rng.choice((1, SECOND // 2, SECOND, SECOND, 2 * SECOND, 900 * SECOND))
        case _:
            return "update", neighbor, draw_lsas(rng, version)


@dataclass
class Router:
    """A database, by either of the two ways."""

    version: int
    by_steps: bool
    database: LinkStateDatabase = field(init=False)
    now: int = 0
    met: Counter[object] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.database = LinkStateDatabase(self.version, US)
        self.database.set_addresses([7])
        for number in range(1, INTERFACES + 1):
            self.set_interface(number, False, True, True)
        for number, interface in NEIGHBORS.items():
            self.database.set_neighbor(number, interface, 3)

    def set_interface(self, number: int, is_backup: bool, takes_as: bool, takes_7: bool) -> None:
        self.database.set_interface(
            number,
            area=1 if number < INTERFACES else 2,
            link=100 + number,
            is_backup=is_backup,
            takes_as_scope=takes_as,
            takes_type_7=takes_7,
        )

    def do(self, action: Action) -> object:
        db, now = self.database, self.now
        match action:
            case ("update", int(neighbor), list(many)):
                return self.receive(neighbor, update(*many))
            case ("echo", int(neighbor), int(at)):  # what we hold comes back
                held = [one for _, one in db.entries(now)]
                return self.receive(neighbor, update(*held[at : at + 3]))
            case ("promise", int(neighbor), int(at)):  # it has something newer than we do
                if db.neighbor(neighbor)[1] in (1, 2) and db.count() > at:
                    one = db.entries(now)[at][1]
                    header = one[:12] + (MAX_SEQUENCE_NUMBER - at).to_bytes(4, "big") + one[16:20]
                    return db.take_description(neighbor, header, now)
            case ("interface", int(number), bool(a), bool(b), bool(c)):
                self.set_interface(number, a, b, c)
            case ("neighbor", int(number), int(state), int(role), bool(opaque)):
                interface = NEIGHBORS[number]
                db.set_neighbor(number, interface, state, role=role, takes_opaque=opaque)
            case ("describe", int(neighbor), list(many)):
                if db.neighbor(neighbor)[1] in (1, 2):
                    headers = b"".join(one[:HEADER_LENGTH] for one in many)
                    return db.take_description(neighbor, headers, now)
            case ("summarize", int(neighbor)):
                return db.begin_summary(neighbor, now), parts(
                    5, db.take_summary(neighbor, 9999, now)
                )
            case ("ack", int(neighbor), list(many)):
                return db.receive_ack(neighbor, b"".join(one[:HEADER_LENGTH] for one in many), now)
            case ("own", bytes(one)):
                scope = db.scope_of(1, key(one, self.version).type)
                return None if scope is None else db.originate(scope, sealed(one), now)
            case ("flush", list(many)):
                return [db.flush(1, key(one, self.version), now) for one in many]
            case ("send",):
                return packets(db, now)
            case ("pass", int(by)):
                self.now += by
                return sorted(db.pass_time(self.now))
        return None

    def receive(self, neighbor: int, body: bytes) -> object:
        """Give how many LSAs came to each end, and which of ours are to be answered."""
        outcomes: Counter[Outcome] = Counter()
        if self.by_steps:
            done = receive_by_steps(self.database, neighbor, body, self.now)
            outcomes.update(one.outcome for one in done)
            self.met.update(outcomes)
            self.met.update(step.number for one in done for step in one.trace)
            own = [(one.scope, one.lsa) for one in done if one.is_own]
            assert all(one.trace for one in done)
            return outcomes, own, any(one.is_changed for one in done)
        got = receive_update(self.database, neighbor, body, self.now)
        for outcome in Outcome:
            outcomes[outcome] += int(getattr(got.counts, outcome.value))
        outcomes.update(one.outcome for one in got.handed_up)
        assert outcomes.total() == got.counts.lsas
        assert got.is_loaded == self.database.is_loaded(neighbor) or got.counts.is_ignored
        return outcomes, list(got.own), got.is_changed

    def seen(self) -> object:
        db = self.database
        held = db.entries(self.now)
        names = [(scope, key(one, self.version)) for scope, one in held]
        return (
            held,
            [(db.arrived(*name), db.sent(*name)) for name in names],
            [db.sizes(number) for number in NEIGHBORS],
            [db.unacknowledged_since(number) for number in NEIGHBORS],
            [[db.is_unacknowledged(one, *name) for one in NEIGHBORS] for name in names],
            [db.requests(one, 9999) for one in NEIGHBORS],
            [db.checksum(scope) for scope in (0, 1, 2, 101)],
            db.next_deadline(),
            db.is_exchanging(),
            db.has_changes,
            db.take_flushed(),
        )


def packets(db: LinkStateDatabase, now: int) -> object:
    """What leaves: the order within a body is of no account, ours are taken behind the others."""
    return sorted(
        (interface, neighbor, kind, *parts(kind, body))
        for interface, neighbor, kind, body in db.outgoing(now)
    )


def parts(kind: int, body: bytes) -> list[bytes]:
    if kind == 5:
        return sorted(body[at : at + 20] for at in range(0, len(body), 20))
    found, at = [], 4
    while at < len(body):
        length = int.from_bytes(body[at + 18 : at + 20], "big")
        found.append(body[at : at + length])
        at += length
    assert len(found) == int.from_bytes(body[:4], "big")
    return sorted(found)


def check(rng: Random, version: int, length: int) -> Counter[object]:
    """Do the same to both; how often each outcome and each step was met."""
    core, steps = Router(version, by_steps=False), Router(version, by_steps=True)
    done: list[Action] = []
    for _ in range(length):
        done.append(draw_action(rng, version))
        assert core.do(done[-1]) == steps.do(done[-1]), done
        assert core.seen() == steps.seen(), done
    for router in (core, steps):
        router.now += 10 * SECOND
    assert core.do(("send",)) == steps.do(("send",)), done
    return steps.met


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    phases=set(Phase) - {Phase.shrink, Phase.explain},
)
@given(st.randoms(use_true_random=False), st.sampled_from((2, 3)), st.integers(1, 30))
def test_core_and_steps_leave_the_same_behind(rng: Random, version: int, length: int) -> None:
    """RFC 2328 13, RFC 5340 4.5."""
    check(rng, version, length)


@pytest.mark.parametrize("version", [2, 3])
def test_they_agree_in_every_outcome_and_at_every_step(version: int) -> None:
    met: Counter[object] = Counter()
    for seed in range(200):
        met += check(Random(seed), version, 60)
    steps = ("1", "2", "3", "4", "5", "5a", "5c", "5d", "5f", "6", "7", "7a", "8", "13.5")
    flooding = ("13.3 1b", "13.3 1d", "13.3 2", "13.3 3", "13.3 4", "13.3 5")
    expected = {*steps, *flooding, *Outcome} - {Outcome.REFUSED}
    assert {what for what in expected if met[what] < 5} == set()
    assert version == 3 or met["RFC 5250 3"] > 5

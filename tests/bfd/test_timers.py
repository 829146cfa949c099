"""Intervals and Detection Times, exact in virtual time (RFC 5880 6.8.2 to 6.8.4, 6.8.7)."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from bfd.pair import DELAY, MS, NAMES, Pair, S, Sent, other, timed, watching
from bfd.single import Single
from fingerpost.bfd import BfdInterface, BfdTimers, Diagnostic, State
from fingerpost.bfd.timing import jittered
from fingerpost.protocol import events as ev


def pair(a: BfdInterface, b: BfdInterface, seed: int = 1, loss: float = 0.0) -> Pair:
    return Pair(seed, loss, {"a": watching("a", a), "b": watching("b", b)})


def no_packet(sent: Sent) -> bool:
    del sent
    return False


def gaps_of(instants: list[int]) -> list[int]:
    return [after - before for before, after in pairwise(instants)]


def test_nothing_is_sent_faster_than_once_a_second_before_a_session_is_up() -> None:
    one = Pair(configs={name: watching(name, timed(10, 10)) for name in NAMES}, passes=no_packet)
    one.run(60 * S)
    for name in NAMES:
        instants = [sent.instant for sent in one.sent if sent.sender == name]
        gaps = gaps_of(instants)
        assert len(gaps) > 50
        assert min(gaps) >= 750 * MS  # 1 s less jitter
        assert max(gaps) <= 1 * S
        said = {sent.packet.desired_min_tx_us for sent in one.sent if sent.sender == name}
        assert said == {1_000_000}


def test_a_session_is_up_after_three_ways_and_then_fast() -> None:
    one = pair(timed(100, 150), timed(50, 200))
    assert one.run_until(one.are_up) <= 3 * DELAY
    one.run(5 * S)
    # each end sends at the greater of what it wants and what the other takes (RFC 5880 6.8.2)
    assert one.model("a")["transmit_ns"] == 200 * MS
    assert one.model("b")["transmit_ns"] == 150 * MS
    assert one.model("a")["detection_ns"] == 3 * 150 * MS
    assert one.model("b")["detection_ns"] == 3 * 200 * MS
    for name, least in (("a", 150), ("b", 112)):
        instants = [x.instant for x in one.sent if x.sender == name and x.instant > 2 * S]
        gaps = gaps_of(instants)
        assert min(gaps) >= least * MS
        assert max(gaps) <= (200 if name == "a" else 150) * MS
        assert len(set(gaps)) > len(gaps) // 2, "there is jitter"


@pytest.mark.parametrize("multiplier", [1, 2, 3, 50])
def test_jitter_takes_up_to_a_quarter_and_at_least_a_tenth_of_a_lone_packet(
    multiplier: int,
) -> None:
    found = {jittered(1000 * MS, drawn, multiplier) for drawn in (0, 1, 30_000, 65_535)}
    assert min(found) >= 750 * MS
    assert max(found) == (900 if multiplier == 1 else 1000) * MS
    assert min(found) <= 751 * MS


@pytest.mark.parametrize("multiplier", [1, 2, 3, 5])
@pytest.mark.parametrize("seed", range(4))
def test_a_cut_is_seen_exactly_one_detection_time_after_the_last_packet(
    multiplier: int, seed: int
) -> None:
    one = pair(timed(70, 90, multiplier), timed(110, 60), seed)
    one.run(10 * S + seed * 17 * MS)
    assert one.are_up()
    heard = one.machines["a"].snapshot(one.now)["sessions"][0]["remote"]["heard"]
    one.cut()
    one.run_until(lambda: one.states().startswith("Down"))
    # what was on its way still came; from then on 3 x max(90, 110) ms
    last = max(x.instant + DELAY for x in one.sent if x.sender == "b" and x.instant < heard + DELAY)
    session = next(iter(one.machines["a"].sessions))
    assert session.since == max(last, heard) + 3 * 110 * MS
    assert session.diagnostic is Diagnostic.DETECTION_TIME_EXPIRED
    one.run_until(lambda: one.states() == "Down Down")
    lost = next(iter(one.machines["b"].sessions))
    assert lost.since <= one.now
    heard_by_b = lost.remote.heard
    assert heard_by_b is not None
    assert lost.since == heard_by_b + multiplier * 70 * MS


def test_the_instant_of_detection_is_the_deadline_to_the_nanosecond() -> None:
    single = Single()
    single.rise(desired_min_tx_us=200_000)
    single.hear(single.packet(State.UP, desired_min_tx_us=200_000), after=5)
    detection = single.session.detection_ns
    assert detection == 3 * 300 * MS
    single.give(ev.TimePassed(), after=detection - 1)
    assert single.session.counters.downs == 0
    single.give(ev.TimePassed(), after=1)
    assert single.session.counters.downs == 1
    assert single.is_in(State.DOWN)


def test_a_packet_that_comes_too_late_does_not_save_a_session() -> None:
    single = Single()
    single.rise()
    detection = single.session.detection_ns
    single.hear(single.packet(State.UP), after=detection)
    assert single.session.counters.downs == 1


@pytest.mark.parametrize("seed", range(20))
def test_under_loss_sessions_come_up_and_fall_only_when_a_detection_time_was_silent(
    seed: int,
) -> None:
    one = pair(timed(100, 100), timed(100, 100), seed, loss=0.3)
    arrived: dict[str, list[int]] = {name: [] for name in NAMES}

    def passes(sent: Sent) -> bool:
        arrived[other(sent.sender)].append(sent.instant + DELAY)
        return True

    one.passes = passes
    one.run(120 * S)
    falls = 0
    for name in NAMES:
        for at, told in [(at, one) for at, who, one in one.told if who == name]:
            if not (isinstance(told, ev.Happened) and told.kind == "session down"):
                continue
            falls += 1
            if "nothing heard" in told.detail:
                last = max(one for one in arrived[name] if one < at)
                silent = at - last
                # slow packets of a neighbour that is not Up are waited for longer
                assert silent in (3 * 100 * MS, 3 * S)
    assert falls, "so much is lost that some sessions fall"
    one.loss = 0
    one.run(10 * S)
    assert one.are_up()


def test_the_same_seed_sends_the_same_bytes() -> None:
    first, again = (pair(timed(100, 100), timed(50, 80), 5, 0.2) for _ in range(2))
    for one in (first, again):
        one.run(30 * S)
    assert [x.datagram for x in first.sent] == [x.datagram for x in again.sent]
    assert len(first.sent) > 400


# ---- Poll Sequences (RFC 5880 6.5, 6.8.3)


def retime(one: Pair, name: str, interface: BfdInterface) -> None:
    one.give(name, ev.ConfigurationChanged(watching(name, interface)))


def test_a_change_is_polled_until_the_final_bit_comes() -> None:
    one = pair(timed(100, 100), timed(100, 100))
    one.run(5 * S)
    start = len(one.sent)
    one.passes = lambda sent: not sent.packet.final
    retime(one, "a", timed(100, 50))
    one.run(1 * S)
    polls = [x for x in one.sent[start:] if x.sender == "a"]
    assert len(polls) > 8
    assert all(x.packet.poll and not x.packet.final for x in polls)
    answers = [x.packet for x in one.sent[start:] if x.packet.final]
    assert len(answers) in (len(polls), len(polls) - 1)  # one may be on its way
    assert not any(x.poll for x in answers)
    one.mend()
    one.run(1 * S)
    assert not one.sent[-1].packet.poll
    assert one.model("a")["polling"] is False


def test_a_slower_rate_and_a_shorter_detection_time_wait_for_the_final_bit() -> None:
    one = pair(timed(100, 100), timed(100, 100))
    one.run(5 * S)
    one.passes = lambda sent: not sent.packet.final
    retime(one, "a", timed(400, 20))
    one.run(1 * S)
    session = next(iter(one.machines["a"].sessions))
    assert one.sent[-1].packet.desired_min_tx_us in (400_000, 100_000)
    assert (session.transmit_ns, session.detection_ns) == (100 * MS, 3 * 100 * MS)
    one.mend()
    one.run(1 * S)
    assert session.transmit_ns == 400 * MS
    assert session.detection_ns == 3 * 100 * MS  # the neighbour goes no faster than that
    assert one.are_up()
    assert session.counters.downs == 0


def test_a_faster_rate_and_a_longer_detection_time_hold_at_once() -> None:
    one = pair(timed(400, 100), timed(100, 100))
    one.run(5 * S)
    one.cut()
    retime(one, "a", timed(100, 800))
    session = next(iter(one.machines["a"].sessions))
    assert (session.transmit_ns, session.detection_ns) == (100 * MS, 3 * 800 * MS)


def test_what_changes_during_a_poll_is_told_by_another() -> None:
    single = Single()
    single.rise()
    polls = single.session.counters.polls_out
    for receive_ms in (200, 150):
        timers = BfdTimers(300 * MS, receive_ms * MS)
        config = replace(single.bfd.config, interfaces=(BfdInterface("eth0", timers),))
        single.give(ev.ConfigurationChanged(config))
    single.hear(single.packet(State.UP, final=True, desired_min_tx_us=1))
    assert single.session.timing.is_polling
    assert single.session.detection_ns == 3 * 300 * MS  # the first answer may not mean the second
    single.hear(single.packet(State.UP, final=True, desired_min_tx_us=1))
    assert not single.session.timing.is_polling
    assert single.session.detection_ns == 3 * 150 * MS
    assert single.session.counters.polls_out == polls + 2


def test_a_poll_is_answered_at_once_and_the_rhythm_goes_on() -> None:
    single = Single()
    single.rise()
    due = single.bfd.next_packet(single.session)
    (answer,) = single.hear(single.packet(State.UP, poll=True), after=10)
    assert answer.final
    assert not answer.poll
    assert single.bfd.next_packet(single.session) == due


def test_a_final_bit_that_nobody_asked_for_means_nothing() -> None:
    single = Single()
    single.rise()
    before = replace(single.session.timing)
    assert single.hear(single.packet(State.UP, final=True)) == []
    assert single.session.timing == before


def test_sessions_stay_up_while_both_ends_change_again_and_again() -> None:
    one = pair(timed(100, 100), timed(100, 100), seed=3, loss=0.05)
    one.run(5 * S)
    falls = sum(next(iter(one.machines[name].sessions)).counters.downs for name in NAMES)
    for turn, times in enumerate(((50, 500), (500, 50), (20, 20), (300, 300), (1000, 10))):
        one.loss = 0
        retime(one, NAMES[turn % 2], timed(*times))
        one.run(7 * MS)
        retime(one, NAMES[1 - turn % 2], timed(*reversed(times)))
        one.run(10 * S)
        assert one.are_up()
    assert falls == sum(next(iter(one.machines[n].sessions)).counters.downs for n in NAMES)


# ---- silence on purpose


def test_a_neighbour_in_demand_mode_is_sent_nothing_but_answers_and_polls() -> None:
    single = Single()
    single.rise()
    single.hear(single.packet(State.UP, demand=True))
    assert single.bfd.next_packet(single.session) is None
    assert single.give(ev.TimePassed(), after=100 * MS) == []
    (answer,) = single.hear(single.packet(State.UP, demand=True, poll=True))
    assert answer.final
    timers = BfdTimers(300 * MS, 200 * MS)
    config = replace(single.bfd.config, interfaces=(BfdInterface("eth0", timers),))
    (poll,) = single.give(ev.ConfigurationChanged(config))
    assert poll.poll
    assert single.bfd.next_packet(single.session) is not None
    single.hear(single.packet(State.UP, demand=True, final=True))
    assert single.bfd.next_packet(single.session) is None
    # and its own packets are still missed
    single.give(ev.TimePassed(), after=single.session.detection_ns)
    assert single.is_in(State.DOWN)


def test_a_neighbour_that_wants_no_packets_gets_none_until_it_is_forgotten() -> None:
    single = Single()
    single.rise()
    single.hear(single.packet(State.UP, required_min_rx_us=0))
    assert single.bfd.next_packet(single.session) is None
    single.give(ev.TimePassed(), after=single.session.detection_ns)
    assert single.sent[-1].state is State.DOWN
    assert single.bfd.next_packet(single.session) is not None


def test_a_passive_end_waits_to_be_spoken_to_and_is_silent_again_when_it_is_not() -> None:
    single = Single(BfdInterface("eth0", is_passive=True))
    single.give(ev.TimePassed(), after=10 * S)
    assert single.sent == []
    single.rise()
    assert single.sent[0].state is State.INIT
    single.give(ev.TimePassed(), after=single.session.detection_ns)
    count = len(single.sent)
    single.give(ev.TimePassed(), after=10 * S)
    assert len(single.sent) == count


def test_two_passive_ends_never_meet_and_one_is_enough() -> None:
    passive = BfdInterface("eth0", is_passive=True)
    silent = pair(passive, passive)
    silent.run(20 * S)
    assert silent.sent == []
    assert "speaks first" in str(silent.model("a")["reason"])
    one = pair(passive, BfdInterface("eth0"))
    one.run(20 * S)
    assert one.are_up()

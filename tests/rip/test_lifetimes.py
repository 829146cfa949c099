"""Keys and passwords in their times, and messages that come twice (RFC 2082 3.2.2, 4; RFC 4822)."""

from __future__ import annotations

import pytest

from fingerpost.errors import UsageError
from fingerpost.protocol import events as ev
from fingerpost.rip import (
    Algorithm,
    Fault,
    Key,
    KeyChain,
    Lifetime,
    PasswordChain,
    Rip,
    RipConfig,
    RipInterface,
    RipLimits,
    SimplePassword,
)
from fingerpost.rip.authentication import seal
from fingerpost.rip.authentication_entry import Password, Trailed
from fingerpost.rip.keys import Authenticator
from fingerpost.rip.packet import RipPacket
from fingerpost.rip.sequence import LAST, SequenceNumbers
from rip.single import EXACT, LINKS, S, announced, faults, heard, machine, rte, said, sent

DAY = 86_400 * S
YEAR_2030 = 1_893_456_000 * S
ROUTE = rte("10.9.0.0/16", 3)
RESPONSE = RipPacket(2, 2, (ROUTE,))
CHAIN = KeyChain((Key(7, b"secret"),))

ONE = SimplePassword(b"one", sends=Lifetime(None, 10 * S), accepts=Lifetime(None, 20 * S))
TWO = SimplePassword(b"two", sends=Lifetime(5 * S, 30 * S), accepts=Lifetime(0, 40 * S))
PASSWORDS = PasswordChain((ONE, TWO))


def signed(sequence: int, chain: KeyChain = CHAIN, packet: RipPacket = RESPONSE) -> bytes:
    return seal(packet, chain, sequence, 0)


def signing(chain: KeyChain = CHAIN, **fields: object) -> Rip:
    interface = RipInterface("eth0", authenticator=chain)
    return machine(config=RipConfig((interface,), timers=EXACT, **fields))  # type: ignore[arg-type]


def signer(datagram: ev.SendDatagram) -> Trailed | Password | None:
    found = RipPacket.decode(datagram.payload).authentication
    assert found is None or isinstance(found, Trailed | Password)
    return found


# ---- passwords


@pytest.mark.parametrize(
    ("second", "sends", "believes"),
    [
        (0, b"one", {b"one", b"two"}),
        (5, b"two", {b"one", b"two"}),
        (19, b"two", {b"one", b"two"}),
        (20, b"two", {b"two"}),
        (100, b"two", {b"two"}),  # RFC 4822 3.3: the last one goes on
    ],
)
def test_one_password_is_sent_and_several_are_believed(
    second: int, sends: bytes, believes: set[bytes]
) -> None:
    now = second * S
    assert PASSWORDS.sending(now).password == sends
    assert {one.password for one in PASSWORDS.accepting(now)} == believes
    rip = machine(RipInterface("eth0", authenticator=PASSWORDS), RipInterface("eth1"))
    for at, password in enumerate((b"one", b"two", b"three")):
        rip.receive(heard(seal(RESPONSE, SimplePassword(password), 0, 0)), now + at)
    assert faults(rip)[Fault.WRONG_PASSWORD] == 3 - len(believes)


def test_a_password_alone_is_sent_whatever_the_time_and_believed_from_its_time_on() -> None:
    late = SimplePassword(b"x", accepts=Lifetime(10, 20))
    assert late.sending(0) is late
    assert [len(late.accepting(now)) for now in (9, 10, 20, 100)] == [0, 1, 1, 1]


@pytest.mark.parametrize(
    "keys", [PASSWORDS, KeyChain((Key(1, b"x", sends=Lifetime(None, 30 * S)),))]
)
def test_the_end_of_the_last_key_is_told_once(keys: Authenticator) -> None:
    rip = machine(RipInterface("eth0", authenticator=keys), RipInterface("eth1"))
    told = [
        one.kind
        for second in (10, 30, 60, 90)
        for one in rip.receive(ev.TimePassed(), second * S)
        if isinstance(one, ev.Happened)
    ]
    assert told == ["keys expired"]


def test_no_password_at_all_is_refused() -> None:
    with pytest.raises(UsageError, match="empty"):
        PasswordChain(())


# ---- keys


def test_two_keys_that_begin_alike_are_settled_by_their_order() -> None:
    keys = KeyChain((Key(9, b"x"), Key(1, b"y")))
    assert keys.sending(0).id == 1


def test_a_key_that_is_not_yet_valid_is_not_believed_even_if_it_is_alone() -> None:
    keys = KeyChain((Key(7, b"secret", accepts=Lifetime(100 * S)),))
    rip = signing(keys)
    rip.receive(heard(signed(1)), 99 * S)
    assert faults(rip) == {Fault.UNKNOWN_KEY: 1}
    assert announced(rip.receive(heard(signed(1)), 100 * S))


def test_keys_of_several_algorithms_stand_in_one_chain() -> None:
    keys = KeyChain(
        (
            Key(1, b"old", sends=Lifetime(None, 50 * S)),
            Key(2, b"new", Algorithm.HMAC_SHA_256, sends=Lifetime(40 * S)),
        )
    )
    rip = machine(RipInterface("eth0", authenticator=keys), RipInterface("eth1"))
    ids = []
    for second in (30, 60):
        (update,) = sent(rip.receive(ev.TimePassed(), second * S), "eth0")
        found = signer(update)
        assert isinstance(found, Trailed)
        ids.append((found.key_id, len(found.digest)))
    assert ids == [(1, 16), (2, 32)]


def test_lifetimes_and_numbers_are_of_the_time_of_day() -> None:
    old, new = Lifetime(None, YEAR_2030), Lifetime(YEAR_2030)
    keys = KeyChain((Key(1, b"old", sends=old), Key(2, b"new", sends=new)))
    interfaces = (RipInterface("eth0", authenticator=keys), RipInterface("eth1"))
    rip = machine(config=RipConfig(interfaces, timers=EXACT, epoch_ns=YEAR_2030 - 45 * S))
    found = [signer(sent(rip.receive(ev.TimePassed(), at * S), "eth0")[0]) for at in (30, 60)]
    assert [one.key_id for one in found if isinstance(one, Trailed)] == [1, 2]
    assert [one.sequence for one in found if isinstance(one, Trailed)] == [1893455985, 1893456015]


# ---- sequence numbers


def test_numbers_go_on_through_reconfiguration() -> None:
    numbers = SequenceNumbers()
    assert [numbers.next(now) for now in (0, 0, 0, S, 9 * S)] == [0, 1, 2, 3, 9]
    assert numbers.next(1 << 70) == numbers.next(1 << 70) == LAST
    rip = signing()
    both = RipConfig((RipInterface("eth0", authenticator=CHAIN),), timers=EXACT)
    seen = []
    for out in (
        rip.receive(ev.ConfigurationChanged(RipConfig(timers=EXACT)), S),
        rip.receive(ev.ConfigurationChanged(both), S),
        rip.receive(ev.InterfaceWentDown("eth0"), S),
        rip.receive(ev.InterfaceWentUp("eth0", LINKS["eth0"]), S),
    ):
        seen += [found.sequence for one in sent(out) if isinstance(found := signer(one), Trailed)]
    assert seen == sorted(set(seen))
    assert len(seen) == 2


def test_an_old_message_is_refused_however_long_its_router_was_silent() -> None:
    rip = signing()
    rip.receive(heard(signed(500)), S)
    assert not announced(rip.receive(heard(signed(499)), DAY))
    assert faults(rip) == {Fault.OLD_SEQUENCE: 1}
    assert announced(rip.receive(heard(signed(0)), DAY + S))  # it has started anew


def test_an_old_message_is_refused_after_the_link_was_down() -> None:
    rip = signing()
    rip.receive(heard(signed(500)), S)
    rip.receive(ev.InterfaceWentDown("eth0"), 2 * S)
    rip.receive(ev.InterfaceWentUp("eth0", LINKS["eth0"]), 3 * S)
    assert not announced(rip.receive(heard(signed(499)), 4 * S))
    assert announced(rip.receive(heard(signed(501)), 5 * S))


def test_an_old_question_is_refused_too() -> None:
    rip = signing()
    rip.receive(heard(signed(500)), S)
    asked = signed(499, packet=RipPacket(1, 2, (ROUTE,)))
    assert not sent(rip.receive(heard(asked), 2 * S))
    assert faults(rip) == {Fault.OLD_SEQUENCE: 1}


def test_a_router_that_counts_from_one_is_forgiven_where_that_is_said() -> None:
    chain = KeyChain(CHAIN.keys, forgives_restart=True)
    rip = signing(chain)
    rip.receive(heard(signed(500)), S)
    assert not announced(rip.receive(heard(signed(1)), 100 * S))
    rip.receive(ev.TimePassed(), 350 * S)
    assert announced(rip.receive(heard(signed(1)), 400 * S))
    rip.receive(heard(signed(1)), 401 * S)
    assert faults(rip) == {Fault.OLD_SEQUENCE: 1}


def test_who_signed_is_forgotten_last_when_room_is_needed() -> None:
    chain = KeyChain(CHAIN.keys)
    rip = signing(chain, limits=RipLimits(neighbors=2))
    for host, second in ((2, 1), (3, 2), (4, 300)):
        rip.receive(heard(signed(50), source=f"10.0.0.{host}"), second * S)
    assert len(rip.reception.neighbors) == 2
    rip.receive(heard(signed(9), source="10.0.0.3"), 301 * S)
    assert faults(rip) == {Fault.OLD_SEQUENCE: 1}


def test_a_wrong_digest_moves_no_number_and_is_the_neighbours_bad_message() -> None:
    rip = signing()
    rip.receive(heard(signed(5)), S)
    rip.receive(heard(signed(900)[:-1] + b"?"), 2 * S)
    rip.receive(heard(signed(6)), 3 * S)
    assert faults(rip) == {Fault.WRONG_DIGEST: 1}
    (neighbor,) = rip.snapshot()["neighbors"]
    assert (neighbor["bad_messages"], neighbor["responses"]) == (1, 2)


def test_the_parts_of_an_update_have_one_number() -> None:
    interfaces = (RipInterface("eth0", authenticator=CHAIN), RipInterface("eth1"))
    rip = machine(config=RipConfig(interfaces, timers=EXACT))
    routes = [rte(f"10.{n}.0.0/16") for n in range(1, 101)]
    out = rip.receive(heard(routes, interface="eth1", source="10.0.1.2"), 5 * S)
    assert len(said(out, "eth0")) == 100
    found = [signer(one) for one in sent(out, "eth0")]
    assert len({one.sequence for one in found if isinstance(one, Trailed)}) == 1

from __future__ import annotations

import pytest

from fingerpost.addr import Address, Prefix
from fingerpost.ospf.config import AreaRange, TranslatorRole
from fingerpost.ospf.lsa import LsaHeader, v2, v3
from fingerpost.ospf.lsa.options import OptionsV2, PrefixOptions, RouterFlags
from fingerpost.ospf.origination.external import External
from fingerpost.ospf.origination.nssa_lsa import translatable
from fingerpost.ospf.origination.translation import Translation
from fingerpost.ospf.origination.translator import Translator, is_elected

S = 1_000_000_000
NET, OTHER = Prefix("10.1.0.0/24"), Prefix("10.1.1.0/24")
AROUND = Prefix("10.1.0.0/16")
BORDER = int(RouterFlags.B | RouterFlags.E)
GATEWAY = Address("192.0.2.1")


def external(metric: int = 5, *, is_type_2: bool = False, tag: int = 3) -> External:
    return External(metric, is_type_2, tag, None, GATEWAY, "type 7 of 1.1.1.1")


def test_translated_as_it_is() -> None:
    """RFC 3101 3.2: metric, type, tag and forwarding address are kept."""
    held = Translation([])
    assert held.change(NET, external()) == [NET]
    assert held.external(NET) == external()
    assert held.change(NET, external()) == []
    assert held.change(NET, None) == [NET]
    assert held.external(NET) is None


def test_forwarding_addresses_are_kept_back() -> None:
    held = Translation([], keeps_forwarding=False)
    held.change(NET, external())
    told = held.external(NET)
    assert told is not None
    assert (told.metric, told.forwarding) == (5, None)


def test_a_range_stands_for_what_lies_in_it() -> None:
    """RFC 3101 3.2: the greatest metric, no forwarding address, the range's tag."""
    held = Translation([AreaRange(AROUND, tag=9)])
    assert held.external(AROUND) is None
    assert held.change(NET, external(5)) == [NET, AROUND]
    held.change(OTHER, external(8))
    assert held.external(NET) is None
    assert held.external(AROUND) == External(8, False, 9, source="type 7 of 1.1.1.1")


def test_a_range_with_any_of_type_2_is_of_type_2() -> None:
    """RFC 3101 3.2: one more than the greatest of that type."""
    held = Translation([AreaRange(AROUND)])
    held.change(NET, external(500))
    held.change(OTHER, external(8, is_type_2=True))
    told = held.external(AROUND)
    assert told is not None
    assert (told.metric, told.is_type_2) == (9, True)


def test_a_range_that_is_not_advertised_hides_what_lies_in_it() -> None:
    held = Translation([AreaRange(AROUND, is_advertised=False)])
    held.change(NET, external())
    assert [held.external(one) for one in (NET, AROUND)] == [None, None]


@pytest.mark.parametrize(
    ("role", "others", "expected"),
    [
        (TranslatorRole.ALWAYS, [(9, BORDER | RouterFlags.NT)], True),
        (TranslatorRole.NEVER, [], False),
        (TranslatorRole.CANDIDATE, [], True),
        (TranslatorRole.CANDIDATE, [(4, BORDER)], True),
        (TranslatorRole.CANDIDATE, [(6, BORDER)], False),
        (TranslatorRole.CANDIDATE, [(6, int(RouterFlags.E))], True),
        (TranslatorRole.CANDIDATE, [(4, BORDER | RouterFlags.NT)], False),
    ],
)
def test_translator_election(
    role: TranslatorRole, others: list[tuple[int, int]], expected: bool
) -> None:
    """RFC 3101 3.1: always, by the Nt bit, else the highest router id of the border routers."""
    assert is_elected(role, 5, others) is expected


def test_one_who_loses_goes_on_for_the_stability_interval() -> None:
    """RFC 3101 3.1: TranslatorStabilityInterval."""
    one = Translator()
    assert one.elect(True, 0, 40 * S)
    assert not one.elect(False, 10 * S, 40 * S)
    assert (one.is_active, one.ends) == (True, 50 * S)
    assert not one.elect(False, 20 * S, 40 * S)
    assert not one.pass_time(49 * S)
    assert one.pass_time(50 * S)
    assert not one.is_active


def test_one_who_wins_again_in_that_time_never_stopped() -> None:
    one = Translator()
    one.elect(True, 0, 40 * S)
    one.elect(False, 10 * S, 40 * S)
    assert not one.elect(True, 20 * S, 40 * S)
    assert (one.is_active, one.ends) == (True, None)
    assert one.stop()
    assert not one.stop()


@pytest.mark.parametrize(
    ("options", "forwarding", "is_translated"),
    [(OptionsV2.NP, 0xC0000201, True), (0, 0xC0000201, False), (OptionsV2.NP, 0, False)],
)
def test_type_7_of_version_2(options: int, forwarding: int, is_translated: bool) -> None:
    """RFC 3101 3.2: the P bit is set and a forwarding address named."""
    header = LsaHeader(0, int(options), 7, int(NET.network), 0x01010101, 1, 0, 0)
    body = v2.ExternalLsa(0xFFFFFF00, 5, False, forwarding, 3)
    found = translatable(v2.encode_lsa(v2.Lsa(header, body)), 2, 4)
    assert found == (external() if is_translated else None)


@pytest.mark.parametrize("family", [4, 6])
def test_type_7_of_version_3(family: int) -> None:
    """RFC 5340 4.4.3.7; RFC 5838 2.5: IPv4 stands in the first bytes."""
    header = LsaHeader(0, 0, 0x2007, 1, 0x01010101, 1, 0, 0)
    gateway = GATEWAY if family == 4 else Address("2001:db8::1")
    wide = Address(gateway.packed + bytes(12)) if family == 4 else gateway
    prefix = v3.LsaPrefix.of(NET, int(PrefixOptions.P))
    body = v3.ExternalLsa(5, prefix, False, wide, 3)
    found = translatable(v3.encode_lsa(v3.Lsa(header, body)), 3, family)
    assert found == External(5, False, 3, None, gateway, "type 7 of 1.1.1.1")
    plain = v3.ExternalLsa(5, v3.LsaPrefix.of(NET), False, wide, 3)
    assert translatable(v3.encode_lsa(v3.Lsa(header, plain)), 3, family) is None


def test_what_is_damaged_is_not_translated() -> None:
    header = LsaHeader(0, 8, 7, 1, 1, 1, 0, 0)
    lsa = v2.encode_lsa(v2.Lsa(header, v2.ExternalLsa(0, 1, False, 1)))
    assert translatable(lsa[:30], 2, 4) is None

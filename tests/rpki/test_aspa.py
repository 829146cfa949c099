"""AS paths by ASPA (draft-ietf-sidrops-aspa-verification): the core and its readable twin."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerpost._core import AspaTable
from fingerpost.rpki.aspa import Hop, PathState, denied, hop, verify

VALID, INVALID, UNKNOWN = PathState.VALID, PathState.INVALID, PathState.UNKNOWN
# 1 -> 2 -> 3 and 6 -> 5 -> 4 go up; 3 and 4 are peers at the top; 7 says nothing
ASPAS = {1: (2,), 2: (3,), 6: (5,), 5: (4,), 3: (0,), 4: (0,)}


def octets(path: list[int], kind: int = 2) -> bytes:
    """The value of an AS_PATH of one segment."""
    if not path:
        return b""
    return bytes((kind, len(path))) + b"".join(one.to_bytes(4) for one in path)


def both(path: list[int], *, from_provider: bool) -> PathState:
    """What both say of a path from its first member."""
    neighbor = path[0] if path else 1
    told = verify(ASPAS, path, neighbor, from_provider=from_provider)
    table = AspaTable({customer: list(some) for customer, some in ASPAS.items()})
    assert table.verify(octets(path), neighbor, from_provider=from_provider) == told
    return told


def test_a_hop_is_to_a_provider_to_another_or_nobody_knows() -> None:
    assert hop(ASPAS, 1, 2) is Hop.PROVIDER
    assert hop(ASPAS, 1, 3) is Hop.NOT_PROVIDER
    assert hop(ASPAS, 3, 2) is Hop.NOT_PROVIDER
    assert hop(ASPAS, 7, 2) is Hop.NO_ATTESTATION


@pytest.mark.parametrize(
    ("path", "upstream", "downstream"),
    [
        ([], INVALID, INVALID),
        ([1], VALID, VALID),
        ([2, 1], VALID, VALID),
        ([2, 2, 1, 1, 1], VALID, VALID),  # prepended
        ([3, 2, 1], VALID, VALID),
        ([4, 3, 2, 1], INVALID, VALID),  # up, then sideways: a peer passed it on
        ([5, 4, 3, 2, 1], INVALID, VALID),
        ([6, 5, 4, 3, 2, 1], INVALID, VALID),  # up, sideways, down
        ([3, 6, 4, 3, 2, 1], INVALID, INVALID),  # 6 leaks what its provider's provider told
        ([2, 6, 1], INVALID, INVALID),
        ([7, 2, 1], INVALID, VALID),  # 7 may be a customer of 2
        ([7, 3, 2, 1], INVALID, VALID),
        ([8, 7, 3, 2, 1], INVALID, UNKNOWN),
        ([2, 7], UNKNOWN, VALID),
        ([8, 7], UNKNOWN, VALID),
        ([9, 8, 7], UNKNOWN, UNKNOWN),
        ([5, 6, 7, 1], INVALID, INVALID),
    ],
)
def test_paths(path: list[int], upstream: PathState, downstream: PathState) -> None:
    assert both(path, from_provider=False) is upstream
    assert both(path, from_provider=True) is downstream


def test_paths_that_are_not_from_the_neighbour_or_have_a_set_are_invalid() -> None:
    table = AspaTable({})
    for from_provider in (False, True):
        assert table.verify(octets([2, 1]), 3, from_provider=from_provider) == INVALID
        assert verify({}, [2, 1], 3, from_provider=from_provider) is INVALID
        assert table.verify(octets([1], kind=1), None, from_provider=from_provider) == INVALID
        assert verify({}, None, None, from_provider=from_provider) is INVALID
    assert verify({}, [2, 1], None, from_provider=False) is UNKNOWN  # by a route server
    assert table.verify(octets([2, 1]), None, from_provider=False) == UNKNOWN


# A to G of the example networks that NIST has verified implementations of the draft by
A, B, C, D, E, F, G = range(65000, 65070, 10)
NETWORK = {A: (C, D), B: (E,), C: (F,), D: (F, G), G: (0,)}


@pytest.mark.parametrize(
    ("path", "state"),
    [
        ((F, C, A), VALID),
        ((D, C, A), INVALID),
        ((D, F, C, A), UNKNOWN),
        ((D, E, B), UNKNOWN),
        ((A, D, E, B), INVALID),
        ((A, D, G, E, B), INVALID),
        ((A, C, F), INVALID),
        ((A, C, F, G), INVALID),
        ((E, B), VALID),
    ],
)
def test_examples_of_paths_from_customers_and_peers(
    path: tuple[int, ...], state: PathState
) -> None:
    """draft-ietf-sidrops-aspa-verification-28 5.5."""
    assert verify(NETWORK, path, path[0], from_provider=False) is state


@pytest.mark.parametrize(
    ("path", "state"),
    [
        ((E, G, F, C, A), UNKNOWN),
        ((E, G, D, A), VALID),
        ((E, D, C, A), UNKNOWN),
        ((E, G, D, C, A), INVALID),
        ((C, F, D, G), UNKNOWN),
        ((D, G, E, B), VALID),
        ((C, D, G, E, B), INVALID),
        ((F, C, A), VALID),
        ((E, A), VALID),  # an origin that a provider forges for its customer is not seen
        ((E, A, C), UNKNOWN),  # E attests nothing: ramps of one AS each are certain (5.4)
    ],
)
def test_examples_of_paths_from_providers(path: tuple[int, ...], state: PathState) -> None:
    """draft-ietf-sidrops-aspa-verification-28 5.6."""
    assert verify(NETWORK, path, path[0], from_provider=True) is state


def test_as_0_beside_providers_changes_nothing() -> None:
    """draft-ietf-sidrops-aspa-verification-28 4."""
    with_0 = {**NETWORK, A: (0, C, D)}
    assert verify(with_0, (F, C, A), F, from_provider=False) is VALID


def test_hops_that_are_denied_are_named() -> None:
    """draft-ietf-sidrops-aspa-verification-28 6.6: what makes a path invalid is told."""
    assert denied(NETWORK, (A, A, D, E, B)) == [(D, A)]
    assert denied(NETWORK, (A, C, F, G)) == [(G, F), (C, A)]
    assert denied(NETWORK, (F, C, A)) == []


numbers = st.integers(1, 7)


@settings(max_examples=400, derandomize=True)
@given(
    st.dictionaries(numbers, st.lists(st.integers(0, 7), min_size=1, max_size=4), max_size=7),
    st.lists(numbers, max_size=8),
    st.none() | numbers,
    st.booleans(),
)
def test_the_core_judges_as_the_readable_form_does(
    aspas: dict[int, list[int]], path: list[int], neighbor: int | None, from_provider: bool
) -> None:
    told = verify(aspas, path, neighbor, from_provider=from_provider)
    table = AspaTable(aspas)
    assert table.verify(octets(path), neighbor, from_provider=from_provider) == told
    # what is valid upstream is valid downstream, and what more say makes nothing unknown of it
    if told is VALID and not from_provider:
        assert verify(aspas, path, neighbor, from_provider=True) is VALID

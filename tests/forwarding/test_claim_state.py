"""The table of claims to our own addresses (RFC 5227 2, RFC 4862 5.4): every state and event."""

from __future__ import annotations

import pytest

from fingerpost.forwarding.neighbor.claim_state import (
    TABLE,
    ClaimAction,
    ClaimEvent,
    ClaimState,
    check_ipv6,
    moved_ipv6,
)


@pytest.mark.parametrize("event", ClaimEvent, ids=lambda e: e.name)
@pytest.mark.parametrize("state", ClaimState, ids=str)
def test_rfc_5227_2_where_a_claim_goes(state: ClaimState, event: ClaimEvent) -> None:
    actions, after = TABLE.get((state, event), ((), state))
    if state is ClaimState.DUPLICATE:
        assert (actions, after) == ((), state)  # somebody else's for good
    if event is ClaimEvent.CONFLICT:
        is_open = state is ClaimState.TENTATIVE
        expected = ClaimState.DUPLICATE if is_open else state
        assert after is expected
        assert (ClaimAction.DEFEND in actions) == (state in (ClaimState.ANNOUNCED, ClaimState.HELD))
    assert (ClaimAction.TAKE in actions) == (
        state is ClaimState.TENTATIVE and after is ClaimState.ANNOUNCED
    )
    assert (ClaimAction.GIVE_UP in actions) == (
        after is ClaimState.DUPLICATE and state is not after
    )
    assert ClaimAction.PROBE not in actions or state is ClaimState.TENTATIVE is after
    assert ClaimAction.ANNOUNCE not in actions or after is ClaimState.ANNOUNCED


def test_an_address_is_announced_only_after_it_was_taken() -> None:
    actions, _ = TABLE[ClaimState.TENTATIVE, ClaimEvent.LAST]
    assert actions == (ClaimAction.TAKE, ClaimAction.ANNOUNCE)


def test_rfc_4862_5_4_2_plans_of_ipv6() -> None:
    plan = check_ipv6(2, 500)
    assert (plan.probes, plan.gap_ns, plan.quiet_ns) == (2, (500, 500), 500)
    assert (plan.announcements, plan.overrides) == (1, False)
    assert (moved_ipv6(500).announcements, moved_ipv6(500).overrides) == (3, True)

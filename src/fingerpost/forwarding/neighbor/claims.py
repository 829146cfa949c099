"""The claims of a router to its own addresses: checked, announced, defended.

An address of a link that came up goes through the table of `claim_state.py`. While it is tentative,
and for good when it is a duplicate, it is in `unusable`: the router neither answers for it nor
sends from it (RFC 4862 5.4, RFC 5227 2.1). A conflict later is defended for ever, as RFC 5227 2.4 c
allows to a router that many depend on: once in ten seconds. An IPv6 address in use answers
questions for itself and needs no other defence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from fingerpost.forwarding.events import Happened
from fingerpost.forwarding.neighbor.claim_state import (
    DEFEND_INTERVAL_NS,
    MAX_MULTICAST_SOLICIT,
    SILENT,
    TABLE,
    ClaimAction,
    ClaimEvent,
    ClaimState,
    Plan,
)
from fingerpost.forwarding.neighbor.timers import Timers

if TYPE_CHECKING:
    from random import Random

    from fingerpost.addr import Address
    from fingerpost.forwarding.events import Output
    from fingerpost.forwarding.interface import Interface


class Speaker(Protocol):
    """Who sends the messages of a family's claims."""

    def probe(self, interface: Interface, address: Address, out: list[Output]) -> None:
        """Ask whether an address is free."""

    def announce(
        self, interface: Interface, address: Address, out: list[Output], *, overrides: bool
    ) -> None:
        """Say that an address is ours; `overrides`: whatever others may believe."""


@dataclass(slots=True, eq=False)
class Claim:
    """The claim to one address; only `Claims` changes it.

    `sent` counts messages of the state; `wanted` probes are to be sent, more than planned where
    they come back.
    """

    interface: str
    address: Address
    plan: Plan
    state: ClaimState = ClaimState.TENTATIVE
    sent: int = 0
    wanted: int = 0
    defended: int | None = None


class Claims:
    """The claims to all addresses of all interfaces.

    `speakers`, by IP version, and `taken`, which hears of each address that becomes usable, are set
    by who builds the claims. `usable_changed` is called after each change of `unusable`.
    """

    def __init__(
        self,
        rng: Random,
        interfaces: Mapping[str, Interface],
        usable_changed: Callable[[], None],
    ) -> None:
        """No claims: every address is usable."""
        self._rng = rng
        self._interfaces = interfaces
        self._usable_changed = usable_changed
        self._claims: dict[tuple[str, Address], Claim] = {}
        self._timers: Timers[Claim] = Timers()
        self.unusable: set[tuple[str, Address]] = set()
        self.speakers: dict[int, Speaker] = {}
        self.taken: Callable[[Interface, Address, int, list[Output]], None] | None = None

    def is_checked(self, interface: str, address: Address) -> bool:
        """Whether an address is being checked for duplicates."""
        claim = self._claims.get((interface, address))
        return claim is not None and claim.state is ClaimState.TENTATIVE

    def state(self, interface: str, address: Address) -> ClaimState:
        """Where the claim to an address stands; one that nobody began is held."""
        claim = self._claims.get((interface, address))
        return claim.state if claim is not None else ClaimState.HELD

    # -- beginning and ending ------------------------------------------------------------------

    def begin(
        self, interface: Interface, address: Address, plan: Plan, now: int, out: list[Output]
    ) -> None:
        """Claim an address as `plan` says; a claim that is running begins anew."""
        self.end(interface.name, address)
        claim = Claim(interface.name, address, plan, wanted=plan.probes)
        self._claims[interface.name, address] = claim
        if plan.probes:
            self.unusable.add((interface.name, address))
            self._usable_changed()
            self._timers.start(claim, now + self._rng.randint(0, plan.wait_ns))
        else:
            self._post(claim, ClaimEvent.LAST, "", now, out)

    def end(self, interface: str, address: Address) -> None:
        """Forget an address that is not ours any more, or whose link is down."""
        claim = self._claims.pop((interface, address), None)
        if claim is None:
            return
        self._timers.stop(claim)
        if (interface, address) in self.unusable:
            self.unusable.discard((interface, address))
            self._usable_changed()

    # -- events --------------------------------------------------------------------------------

    def conflict(
        self, interface: Interface, address: Address, whose: str, now: int, out: list[Output]
    ) -> None:
        """Somebody else, at the station `whose`, uses an address of ours, or wants to."""
        claim = self._claims.get((interface.name, address))
        if claim is None:  # the link came up before anybody asked us to claim
            claim = Claim(interface.name, address, SILENT, ClaimState.HELD)
            self._claims[interface.name, address] = claim
        self._post(claim, ClaimEvent.CONFLICT, whose, now, out)

    def looped(self, interface: Interface, address: Address, out: list[Output]) -> None:
        """Our own question came back: ask three times more (RFC 7527 4.1)."""
        claim = self._claims[interface.name, address]
        if claim.wanted == claim.plan.probes:
            detail = f"the link gives our own questions for {address} back to us"
            out.append(Happened("link loops back", interface.name, detail, address))
        claim.wanted = claim.sent + MAX_MULTICAST_SOLICIT

    def next_deadline(self) -> int | None:
        """When the next question or announcement is due."""
        return self._timers.next_deadline()

    def advance(self, now: int, out: list[Output]) -> None:
        """Send what is due."""
        while (claim := self._timers.take(now)) is not None:
            is_asked = claim.state is ClaimState.TENTATIVE and claim.sent >= claim.wanted
            self._post(claim, ClaimEvent.LAST if is_asked else ClaimEvent.DUE, "", now, out)

    def _post(
        self, claim: Claim, event: ClaimEvent, whose: str, now: int, out: list[Output]
    ) -> None:
        actions, state = TABLE.get((claim.state, event), ((), claim.state))
        if state is not claim.state:
            claim.state = state
            claim.sent = 0
        for action in actions:
            self._act(claim, action, whose, now, out)
        if event is not ClaimEvent.CONFLICT:
            self._schedule(claim, now)
        elif state is ClaimState.DUPLICATE:
            self._timers.stop(claim)

    def _schedule(self, claim: Claim, now: int) -> None:
        plan = claim.plan
        if claim.state is ClaimState.TENTATIVE:
            is_last = claim.sent >= claim.wanted
            gap = plan.quiet_ns if is_last else self._rng.randint(*plan.gap_ns)
            self._timers.start(claim, now + gap)
        elif claim.state is ClaimState.ANNOUNCED and claim.sent < plan.announcements:
            self._timers.start(claim, now + plan.pause_ns)
        elif claim.state is ClaimState.ANNOUNCED:  # there is nothing to wait for
            claim.state = TABLE[claim.state, ClaimEvent.LAST][1]

    def _act(
        self, claim: Claim, action: ClaimAction, whose: str, now: int, out: list[Output]
    ) -> None:
        interface = self._interfaces[claim.interface]
        speaker = self.speakers[claim.address.version]
        match action:
            case ClaimAction.PROBE:
                claim.sent += 1
                speaker.probe(interface, claim.address, out)
            case ClaimAction.TAKE:
                self._take(claim, interface, now, out)
            case ClaimAction.ANNOUNCE:
                if claim.sent < claim.plan.announcements:
                    claim.sent += 1
                    overrides = claim.plan.overrides
                    speaker.announce(interface, claim.address, out, overrides=overrides)
            case ClaimAction.DEFEND:
                self._defend(claim, interface, whose, now, out)
            case ClaimAction.GIVE_UP:
                detail = f"{claim.address} is in use by {whose}; it is not used here"
                out.append(Happened("duplicate address", claim.interface, detail, claim.address))

    def _take(self, claim: Claim, interface: Interface, now: int, out: list[Output]) -> None:
        if (claim.interface, claim.address) in self.unusable:
            self.unusable.discard((claim.interface, claim.address))
            self._usable_changed()
        if self.taken is not None:
            self.taken(interface, claim.address, now, out)

    def _defend(
        self, claim: Claim, interface: Interface, whose: str, now: int, out: list[Output]
    ) -> None:
        if claim.defended is not None and now - claim.defended < DEFEND_INTERVAL_NS:
            return
        claim.defended = now
        detail = f"{claim.address} is also claimed by {whose}; it is defended"
        out.append(Happened("address conflict", claim.interface, detail, claim.address))
        speaker = self.speakers[claim.address.version]
        speaker.announce(interface, claim.address, out, overrides=True)

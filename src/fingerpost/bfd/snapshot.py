"""All that an instance knows, as plain data in a stable order: the model behind `show bfd`.

Instants (`now`, `since`, `heard`) and durations (`..._ns`) are nanoseconds of the instance's clock.
`docs/bfd.md` describes the shape; keys are added, never renamed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from fingerpost.bfd.reasons import why_not_up
from fingerpost.bfd.state import diagnostic_text

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.bfd.asks import Ask
    from fingerpost.bfd.machine import Bfd
    from fingerpost.bfd.session import Session
    from fingerpost.bfd.strangers import Stranger

Snapshot: TypeAlias = dict[str, Any]


def snapshot_of(bfd: Bfd, now: int) -> Snapshot:
    """Give the model at an instant."""
    sessions = sorted(bfd.sessions, key=_order)
    return {
        "protocol": "bfd",
        "now": now,
        "stopped": bfd.is_stopped,
        "next_deadline": bfd.next_deadline(),
        "sessions": [session_of(bfd, one) for one in sessions],
        "waiting": [_waiting(bfd, one) for one in bfd.asks if _waits(bfd, one)],
        "strangers": [_stranger(one) for one in bfd.strangers.all()],
        "faults": {fault.value: n for fault, n in bfd.faults.most_common()},
    }


def _order(session: Session) -> tuple[str, int, Address, int]:
    key = session.key
    return (key.interface or "", key.remote.version, key.remote, session.discriminator)


def session_of(bfd: Bfd, session: Session) -> Snapshot:
    """One of the sessions of the model."""
    key, settings, timing, remote = session.key, session.settings, session.timing, session.remote
    link = None if key.interface is None else bfd.links.get(key.interface)
    return {
        "id": session.discriminator,
        "interface": key.interface,
        "local": _local(session, [] if link is None else [one.address for one in link.addresses]),
        "peer": str(key.remote),
        "hops": settings.hops,
        "status": str(session.state),
        "since": session.since,
        "diagnostic": str(session.diagnostic),
        "reason": why_not_up(session),
        "last_fall": session.fell or None,
        "passive": settings.is_passive,
        "shut_down": settings.is_shut_down,
        "leaves": session.leaves,
        "source_port": session.source_port,
        "authentication": _authentication(bfd, session),
        "clients": [_client(one) for one in bfd.asks.of(key)],
        "multiplier": settings.timers.multiplier,
        "min_transmit_ns": timing.min_transmit_ns,
        "min_receive_ns": timing.min_receive_ns,
        "transmit_ns": session.transmit_ns if session.is_periodic else None,
        "detection_ns": session.detection_ns if remote.discriminator else None,
        "polling": timing.is_polling,
        "next_packet": bfd.next_packet(session),
        "remote": {
            "id": remote.discriminator,
            "status": None if remote.heard is None else str(remote.state),
            "diagnostic": None if remote.heard is None else diagnostic_text(remote.diagnostic),
            "multiplier": remote.multiplier,
            "min_transmit_ns": remote.min_transmit_ns,
            "min_receive_ns": remote.min_receive_ns,
            "demand": remote.is_demanding,
            "heard": remote.heard,
        },
        "counters": {
            "packets_in": session.counters.packets_in,
            "packets_out": session.counters.packets_out,
            "polls_in": session.counters.polls_in,
            "polls_out": session.counters.polls_out,
            "ups": session.counters.ups,
            "downs": session.counters.downs,
            "faults": {why.value: n for why, n in session.counters.faults.most_common()},
        },
    }


def _local(session: Session, own: list[Address]) -> str | None:
    """The address that we speak from; None if there is none."""
    if session.settings.source is not None:
        return str(session.settings.source)
    remote = session.key.remote
    fitting = [one for one in own if one.version == remote.version]
    near = [one for one in fitting if one.is_link_local is remote.is_link_local]
    return str((near or fitting)[0]) if fitting else None


def _authentication(bfd: Bfd, session: Session) -> Snapshot | None:
    """What signs now; never a secret."""
    asked = session.settings.authentication
    if asked is None:
        return None
    clock = bfd.config.clock(bfd.now)
    return {
        "type": str(asked.type),
        "key": asked.sending(clock).id,
        "keys": [key.id for key in asked.keys],
        "expired": asked.is_expired(clock),
    }


def _client(ask: Ask) -> Snapshot:
    return {"name": ask.name.client or "configuration", "key": ask.name.key}


def _waits(bfd: Bfd, ask: Ask) -> bool:
    return ask.session is None or bfd.sessions.get(ask.session) is None


def _waiting(bfd: Bfd, ask: Ask) -> Snapshot:
    reason = f"no network of ours has {ask.name.remote}"
    if ask.session is not None:
        reason = f"{bfd.config.limits.sessions} sessions are the limit"
    return {
        **_client(ask),
        "interface": ask.name.interface,
        "peer": str(ask.name.remote),
        "reason": reason,
    }


def _stranger(one: Stranger) -> Snapshot:
    return {
        "interface": one.interface,
        "address": str(one.address),
        "reason": one.fault.value,
        "packets": one.packets,
        "heard": one.heard,
    }

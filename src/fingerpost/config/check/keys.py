"""Key chains whose keys are over, leave gaps, or are sent when nobody would accept them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.config.tree.base import instant_text

if TYPE_CHECKING:
    from fingerpost.config.check.finding import Scene
    from fingerpost.config.faults import Path
    from fingerpost.config.tree.keys import KeyEntry, LifetimeEntry

_ALWAYS = 2**100  # later than any instant


def check(scene: Scene) -> None:
    """Look at every chain."""
    for name, chain in scene.file.tree.key_chains.items():
        path: Path = ("key-chains", name)
        keys = [(at, key) for at, key in enumerate(chain.keys) if key is not None]
        for at, key in keys:
            _check_key(scene, key, (*path, "keys", at))
        _check_numbers(scene, keys, path)
        _check_times(scene, [key for _, key in keys], path)


def _check_key(scene: Scene, key: KeyEntry, path: Path) -> None:
    send, accept = _span(key.send), _span(key.accepts)
    if send[0] < accept[0] or accept[1] < send[1]:
        said = f"key {key.id} may be sent when it is not accepted; neighbours with it disagree"
        scene.warn("sent-not-accepted", (*path, "accept"), said)


def _check_numbers(scene: Scene, keys: list[tuple[int, KeyEntry]], path: Path) -> None:
    first: dict[int, int] = {}
    for at, key in keys:
        before = first.setdefault(key.id, at)
        if before != at:
            said = f"key {key.id} stands at keys[{before}] already; give it another id"
            scene.error("duplicate-key", (*path, "keys", at), said)


def _check_times(scene: Scene, keys: list[KeyEntry], path: Path) -> None:
    spans = sorted(_span(key.send) for key in keys)
    reached = spans[0][1]
    for start, end in spans[1:]:
        if start > reached:
            said = f"no key may be sent from {instant_text(reached)} to {instant_text(start)}"
            scene.warn("key-gap", path, f"{said}; the one before goes on (RFC 4822 3.3)")
        reached = max(reached, end)
    if scene.now is None:
        return
    if reached <= scene.now:
        said = f"its last key ended {instant_text(reached)} and goes on (RFC 4822 3.3); renew it"
        scene.warn("expired-key-chain", path, said)
    elif spans[0][0] > scene.now:
        said = f"its first key may be sent from {instant_text(spans[0][0])} on, and is used before"
        scene.warn("key-gap", path, said)


def _span(lifetime: LifetimeEntry) -> tuple[int, int]:
    end = _ALWAYS if lifetime.until is None else lifetime.until
    return (-_ALWAYS if lifetime.from_ is None else lifetime.from_), end

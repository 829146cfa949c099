"""Keys, passwords and when they are used, as every protocol that signs takes them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeVar

from fingerpost.protocol.keys import Key
from fingerpost.protocol.lifetimes import Lifetime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fingerpost.config.build import Workshop
    from fingerpost.config.faults import Path
    from fingerpost.config.tree.keys import KeyEntry, LifetimeEntry, PasswordEntry

PasswordT = TypeVar("PasswordT")


def keys_of(shop: Workshop, name: str) -> tuple[Key, ...]:
    """The keys of a chain that are good; what is faulty in others is noted, once."""
    path: Path = ("key-chains", name)
    return shop.once(path, lambda: _keys(shop, name, path))


def _keys(shop: Workshop, name: str, path: Path) -> tuple[Key, ...]:
    entries = shop.file.tree.key_chains[name].keys
    keys = [
        _key(shop, one, (*path, "keys", at)) for at, one in enumerate(entries) if one is not None
    ]
    return tuple(key for key in keys if key is not None)


def _key(shop: Workshop, entry: KeyEntry, path: Path) -> Key | None:
    place = (*path, "secret")
    secret = shop.secret(entry.secret, place)
    if secret is None:
        return None
    sends, accepts = lifetime_of(entry.send), lifetime_of(entry.accepts)
    return shop.made(place, lambda: Key(entry.id, secret, entry.algorithm, sends, accepts))


def passwords_of(
    shop: Workshop,
    entries: Iterable[PasswordEntry | None],
    path: Path,
    make: Callable[[bytes, Lifetime, Lifetime], PasswordT],
) -> tuple[PasswordT, ...]:
    """The passwords that are good, made of secret, sending and accepting; faults are noted.

    `path` is the place of the list.
    """
    found = []
    for at, one in enumerate(entries):
        if one is not None:
            place = (*path, at, "password")
            found.append(shop.made(place, partial(_password, shop, one, place, make)))
    return tuple(one for one in found if one is not None)


def _password(
    shop: Workshop,
    entry: PasswordEntry,
    path: Path,
    make: Callable[[bytes, Lifetime, Lifetime], PasswordT],
) -> PasswordT | None:
    secret = shop.secret(entry.password, path)
    if secret is None:
        return None
    return make(secret, lifetime_of(entry.send), lifetime_of(entry.accepts))


def lifetime_of(entry: LifetimeEntry) -> Lifetime:
    """When a key is used."""
    return Lifetime(entry.from_, entry.until)

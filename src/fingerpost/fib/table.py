"""`Fib`: the forwarding table, a mapping from prefix to anything, with longest match.

A key that names a length (`"10.0.0.0/8"`, a `Prefix`, a network of `ipaddress`) means exactly that
prefix. A key that is an address means the longest match when reading, as in a router, and the
prefix of full length when writing. IPv4 and IPv6 live side by side and never match each other.

The life of an entry: it is stored in a trie that knows every prefix; from the trie a compact image
is compiled, node by node, which answers lookups; readers, also those in other threads in the midst
of a bulk lookup, see each entry either before or after a change and are never blocked by it.
"""

from __future__ import annotations

from collections.abc import (
    Callable,
    Hashable,
    ItemsView,
    Iterable,
    Iterator,
    KeysView,
    Mapping,
    MutableMapping,
)
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, TypeVar

from fingerpost._core import PrefixColumn, Table
from fingerpost.addr import Prefix
from fingerpost.fib.columns import Columns
from fingerpost.fib.diff import Diff, compare
from fingerpost.fib.explain import Lookup, explain
from fingerpost.fib.frozen import FrozenFib, freeze

if TYPE_CHECKING:
    import os

    from fingerpost.addr import AddressLike, PrefixLike
    from fingerpost.fib.load.loaded import Loaded
    from fingerpost.fib.load.source import TableFile

V = TypeVar("V")

_PAGE = 4096  # prefixes fetched at a time while iterating
_EVERYTHING = (Prefix("0.0.0.0/0"), Prefix("::/0"))


@dataclass(frozen=True, slots=True)
class Applied:
    """What a batch did: how many prefixes came, changed their value, went, or were not there."""

    added: int
    replaced: int
    dropped: int
    missing: tuple[Prefix, ...]


class Fib(Columns[V], Table, MutableMapping[Any, V]):
    """A forwarding table: prefixes of both families, a value each, longest match.

    `items`: a mapping or an iterable of (prefix, value) pairs; another `Fib` is copied natively.
    `form`: how IPv4 is compiled: "compact" (the default: about 9 MB for a full table) or "fast"
    (about 29 MB, one memory access less a lookup). IPv6 has one form.

    Raises `AddressError` for what is neither address nor prefix, `KeyError` where nothing matches.
    """

    def __init__(
        self,
        items: Mapping[Any, V] | Iterable[tuple[PrefixLike, V]] = (),
        *,
        form: str | None = None,  # noqa: ARG002 - the native constructor took it
    ) -> None:
        """Fill the table, unless the native constructor has copied one already."""
        self.load_report: Loaded | None = None
        if not isinstance(items, Table):
            self.update(items)

    # -- longest match -------------------------------------------------------------------------

    def explain(self, address: AddressLike) -> Lookup[V]:
        """The longest match of an address with every prefix that also matched and why it lost."""
        return explain(self, address)

    # -- exact ---------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[Prefix]:
        """All prefixes in order: IPv4 first, then by network address, shorter before longer.

        The table may change meanwhile; what is there all the time comes exactly once.
        """
        for within in _EVERYTHING:
            after: Prefix | None = None
            while page := self.page(within, after, _PAGE):
                for prefix, _ in page:
                    yield prefix
                after = page[-1][0]

    def keys(self) -> KeysView[Prefix]:
        """The prefixes, in order."""
        return super().keys()

    def items(self) -> ItemsView[Prefix, V]:
        """The entries, in order."""
        return super().items()

    def covered_by(self, prefix: PrefixLike, *, direct: bool = False) -> list[tuple[Prefix, V]]:
        """Every entry inside `prefix`, itself included, in order.

        `direct`: only those that no other entry inside `prefix` covers; `prefix` itself is then
        left out, so they are its children in the table.
        """
        inside: list[tuple[Prefix, V]] = self.inside(prefix)
        if not direct:
            return inside
        whole = Prefix(prefix)
        children: list[tuple[Prefix, V]] = []
        for entry in inside:
            is_below = bool(children) and entry[0].is_subnet_of(children[-1][0])
            if entry[0] != whole and not is_below:
                children.append(entry)
        return children

    # -- many at once --------------------------------------------------------------------------

    def apply(
        self, put: Iterable[tuple[PrefixLike, V]] = (), drop: Iterable[PrefixLike] = ()
    ) -> Applied:
        """Drop prefixes, then put others, in one batch, which is many times faster than one by one.

        Readers go on meanwhile; each of their answers is the one before the batch or after it.
        Of several values for one prefix the last counts. Prefixes to drop that are not there are
        reported, not refused. An error in the input leaves the table as it was.
        """
        prefixes: list[PrefixLike] = []
        values: list[V] = []
        for prefix, value in put:
            prefixes.append(prefix)
            values.append(value)
        return self._change(prefixes, values, list(drop))

    def update(  # type: ignore[override]  # prefixes are no keywords
        self, items: Mapping[Any, V] | Iterable[tuple[PrefixLike, V]], /
    ) -> None:
        """Put every (prefix, value) of a mapping or an iterable of pairs, in one batch."""
        self.apply(items.items() if isinstance(items, Mapping) else items)

    def put_column(self, prefixes: PrefixColumn, values: list[V]) -> Applied:
        """Put native prefixes with their values, in one batch; `ValueError` if lengths differ."""
        return self._change(prefixes, values, [])

    def clear(self) -> None:
        """Drop everything."""
        self._change([], [], self.columns()[0])

    def _change(
        self, prefixes: Iterable[PrefixLike], values: list[V], drop: list[PrefixLike] | PrefixColumn
    ) -> Applied:
        added, replaced, missing = self.change_many(prefixes, values, drop)
        return Applied(added, replaced, len(drop) - len(missing), missing)

    # -- whole tables --------------------------------------------------------------------------

    def diff(self, other: Fib[V]) -> Diff[V]:
        """What turns this table into `other`: prefixes added, removed, and changed in value."""
        return compare(self, other)

    def copy(self, *, form: str | None = None) -> Self:
        """A table with the same entries that goes its own way; the values are shared."""
        return type(self)(self, form=form)

    __copy__ = copy

    def freeze(
        self, of: Callable[[V], Hashable] | None = None, *, form: str | None = None
    ) -> FrozenFib[Any]:
        """Compile the table as it is now into one of its own that never changes.

        `of`: compile it for one answer instead, such as `lambda route: route.origin_as`; equal
        neighbours become one, so it is smaller and faster, and no longer knows prefixes.
        """
        return freeze(self, of, form=form)

    def save(self, path: str | os.PathLike[str], *, allow_pickle: bool = False) -> None:
        """Write the table to a file that `Fib.load` reads and `FrozenFib.open` maps.

        Raises `UsageError` for a value that is no plain type, unless `allow_pickle`.
        """
        from fingerpost.fib.store import save_frozen

        twin = self.copy()  # so that prefixes and values are of the same moment
        prefixes, _ = twin.columns()
        save_frozen(twin.freeze(), path, allow_pickle=allow_pickle, prefixes=prefixes)

    @classmethod
    def load(
        cls,
        file: TableFile,
        format: str | None = None,
        *,
        strict: bool = False,
        form: str | None = None,
        allow_pickle: bool = False,
        **options: Any,  # noqa: ANN401 - those of `load_routes`
    ) -> Self:
        """Read a table from a file: one that `save` wrote, or any that `load_routes` reads.

        `format`, `strict` and further options (`progress`, `value`, `peer`, `table`, `limits`) are
        those of `fingerpost.fib.load.load_routes`; without `format` the content decides. What was
        no route is counted and listed in `load_report` and told by a warning, unless `strict`,
        which raises at the first. `allow_pickle` is for files that were saved with it.
        Raises `LoadError`, and `DecodeError` for a bad MRT record when `strict`.
        """
        from fingerpost.fib.load_table import load_table

        return load_table(
            cls, file, format, strict=strict, form=form, allow_pickle=allow_pickle, **options
        )

    def __reduce__(self) -> tuple[Callable[..., Fib[V]], tuple[object, ...]]:
        """Pickle the entries; the image is compiled again on the other side."""
        prefixes, values = self.columns()
        return _restore, (type(self), self.form, prefixes, values)

    def __repr__(self) -> str:
        """Say how much is in it; a full table would fill the screen."""
        v4, v6 = self.counts()
        return f"<Fib of {v4:,} IPv4 and {v6:,} IPv6 prefixes>"

    __hash__ = None  # type: ignore[assignment]  # mutable, as dict


def _restore(kind: type[Fib[V]], form: str, prefixes: PrefixColumn, values: list[V]) -> Fib[V]:
    fib = kind(form=form)
    fib.put_column(prefixes, values)
    return fib

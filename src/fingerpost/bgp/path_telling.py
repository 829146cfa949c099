"""The AS_PATH as a neighbor outside of our AS is told it (RFC 4271 5.1.2).

To another member of our confederation: our AS in front, in a segment that does not leave it (RFC
5065 4). To another AS: without such segments; its own AS hidden where it is overridden; without
private numbers where those are taken out; our AS in front, behind what we call ourselves there (RFC
7705 3.3). A route server is not on the way (RFC 7947 2.2.2.1).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from fingerpost.bgp.attributes import AsPath, Segment, SegmentKind
from fingerpost.bgp.config import PrivateAs, Role
from fingerpost.bgp.relation import Relation

if TYPE_CHECKING:
    from fingerpost.bgp.exporting import Terms


def told_path(path: AsPath, terms: Terms) -> AsPath:
    """Give the path for a neighbor that is not of our AS."""
    if terms.relation is Relation.CONFEDERATION:
        return path.prepended(terms.ourselves.asn, kind=SegmentKind.CONFED_SEQUENCE)
    made = AsPath(tuple(one for one in path.segments if not one.is_confederation))
    made = _without_private(made, terms)
    if terms.overrides_as:
        made = _mapped(made, lambda one: terms.local_asn if one == terms.asn else one)
    if terms.role is Role.ROUTE_SERVER:
        return made
    if terms.behind_asn:
        made = made.prepended(terms.behind_asn)
    return made.prepended(terms.local_asn)


def is_private(asn: int) -> bool:
    """RFC 6996 5."""
    return 64_512 <= asn <= 65_534 or 4_200_000_000 <= asn <= 4_294_967_294


def _without_private(path: AsPath, terms: Terms) -> AsPath:
    """Their own number stays: without it they would not see that it comes back to them."""

    def goes(number: int) -> bool:
        return is_private(number) and number != terms.asn

    what = terms.private_as
    if what is PrivateAs.REMOVED and all(map(goes, path.numbers)):
        return AsPath()
    if what is PrivateAs.REMOVED_ALL:
        left = (
            Segment(one.kind, tuple(number for number in one.numbers if not goes(number)))
            for one in path.segments
        )
        return AsPath(tuple(one for one in left if one.numbers))
    if what is PrivateAs.REPLACED:
        return _mapped(path, lambda one: terms.local_asn if goes(one) else one)
    return path


def _mapped(path: AsPath, of: Callable[[int], int]) -> AsPath:
    return AsPath(tuple(Segment(one.kind, tuple(map(of, one.numbers))) for one in path.segments))

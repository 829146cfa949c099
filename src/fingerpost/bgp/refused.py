"""Why a path takes no part in the choice, in the words of what the core marks it with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fingerpost.bgp.path_view import PathFlags

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fingerpost.bgp.importing import Refusal

WHY: Final = {
    PathFlags.AS_LOOP: "our AS stands in its path (RFC 4271 9.1.2)",
    PathFlags.CLUSTER_LOOP: "it went through our cluster already (RFC 4456 8)",
    PathFlags.FIRST_AS: "its path does not begin with the neighbor's AS (RFC 4271 6.3)",
    PathFlags.LEAK: "it would be a leak (RFC 9234 5)",
    PathFlags.AS_SET: "its path has an AS_SET (RFC 9774 3)",
    PathFlags.NEXT_HOP: "its next hop is ours, or on no link of ours (RFC 4271 6.3)",
    PathFlags.NO_POLICY: "an external neighbor without an import policy: give it one (RFC 8212)",
    PathFlags.POLICY: "the import policy refuses it",
    PathFlags.LIMIT: "it is beyond the limit of the neighbor",
    PathFlags.DAMPED: "it flaps, and is damped (RFC 2439)",
    PathFlags.UNDECIDED: "a policy is being asked",
}


def why_refused(flags: int, found: Sequence[Refusal] = ()) -> str | None:
    """The first reason of a path's flags; None for one that nothing refuses.

    `found` are reasons with the values of this path, which are told instead where there is one.
    """
    for flag, why in WHY.items():
        if flags & flag:
            said = next((one for one in found if one.flag is flag), None)
            return why if said is None else f"{said.reason} ({said.section})"
    return None

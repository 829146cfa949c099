from __future__ import annotations

import pytest

from fingerpost.ospf.area import Area
from fingerpost.ospf.config import AreaKind, OspfArea, TranslatorRole
from fingerpost.ospf.lsa.options import RouterFlags
from fingerpost.ospf.origination.flags import router_flags

B, E, NT = RouterFlags.B, RouterFlags.E, RouterFlags.NT


@pytest.mark.parametrize(
    ("kind", "is_border", "is_boundary", "has_nssa", "role", "expected"),
    [
        (AreaKind.NORMAL, False, False, False, TranslatorRole.CANDIDATE, 0),
        (AreaKind.NORMAL, True, True, False, TranslatorRole.CANDIDATE, B | E),
        (AreaKind.STUB, True, True, True, TranslatorRole.CANDIDATE, B),
        (AreaKind.NORMAL, True, False, True, TranslatorRole.CANDIDATE, B | E),
        (AreaKind.NSSA, False, False, True, TranslatorRole.CANDIDATE, 0),
        (AreaKind.NSSA, False, True, True, TranslatorRole.ALWAYS, E),
        (AreaKind.NSSA, True, False, True, TranslatorRole.ALWAYS, B | E | NT),
        (AreaKind.NORMAL, True, False, True, TranslatorRole.ALWAYS, B | E),
    ],
)
def test_bits_of_a_router(
    kind: AreaKind,
    is_border: bool,
    is_boundary: bool,
    has_nssa: bool,
    role: TranslatorRole,
    expected: int,
) -> None:
    """RFC 2328 12.4.1; RFC 3101 3.1: E of an NSSA's border routers, Nt of who always translates."""
    area = Area(1, 1, OspfArea(1, kind, translator=role))
    found = router_flags(area, is_border=is_border, is_boundary=is_boundary, has_nssa=has_nssa)
    assert found == expected

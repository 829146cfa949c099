"""Files of VRPs as validators write them, and local exceptions (RFC 8416)."""

from __future__ import annotations

import json

import pytest

from fingerpost._core import VrpTable
from fingerpost.addr import Prefix
from fingerpost.errors import LoadError
from fingerpost.rpki.files import exceptions, payloads

NET, OTHER = Prefix("192.0.2.0/24"), Prefix("2001:db8::/32")


def test_files_of_several_writers_are_read() -> None:
    rpki_client = {
        "metadata": {"buildtime": "2026-11-23T00:00:00Z"},
        "roas": [
            {"asn": 65001, "prefix": str(NET), "maxLength": 26, "ta": "ripe", "expires": 1},
            {"asn": 65002, "prefix": str(OTHER), "maxLength": 48, "ta": "apnic", "expires": 1},
        ],
        "aspas": [{"customer_asid": 65001, "expires": 1, "providers": [65003, 65002]}],
    }
    routinator = {
        "roas": [
            {"asn": "AS65001", "prefix": str(NET), "maxLength": 26, "ta": "ripe"},
            {"asn": "AS65002", "prefix": str(OTHER), "maxLength": 48, "ta": "apnic"},
        ],
        "aspas": [{"customer": "AS65001", "providers": ["AS65002", "AS65003"]}],
    }
    aspa = {"customer_asid": 65001, "providers": [65002]}
    early = {
        "roas": rpki_client["roas"],
        "provider_authorizations": {
            "ipv4": [aspa],
            "ipv6": [{"customer_asid": 65001, "providers": [65003]}],
        },
    }
    for one in (rpki_client, routinator, early):
        read = payloads(json.dumps(one))
        assert read.vrps == VrpTable([(NET, 26, 65001), (OTHER, 48, 65002)])
        assert read.aspas == {65001: (65002, 65003)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[", "f.json: no JSON"),
        ("[]", "f.json: a list, expected a JSON object"),
        ("{}", "f.json: no `roas` in it"),
        ('{"roas": {}}', "f.json: roas is a dict, expected a list"),
        ('{"roas": [{"asn": 1}]}', r"f.json: roas\[0\]: .* lacks 'prefix'"),
        ('{"roas": [7]}', r"f.json: roas\[0\]"),
        ('{"roas": [{"asn": "x", "prefix": "::/0"}]}', r"roas\[0\]: invalid literal"),
        ('{"roas": [{"asn": -1, "prefix": "::/0"}]}', r"roas\[0\]: AS -1, expected 0 to"),
        ('{"roas": [{"asn": 1, "prefix": "::1/0"}]}', r"roas\[0\]: "),
        (
            '{"roas": [{"asn": 1, "prefix": "::/8", "maxLength": 7}]}',
            r"roas\[0\]: longest length 7 of ::/8",
        ),
        ('{"roas": [], "aspas": [{"customer_asid": 1}]}', r"aspas\[0\]: .* lacks 'providers'"),
    ],
)
def test_what_is_wrong_in_a_file_is_named(text: str, said: str) -> None:
    with pytest.raises(LoadError, match=said):
        payloads(text, "f.json")


def test_exceptions_take_out_and_then_add() -> None:
    text = json.dumps(
        {
            "slurmVersion": 1,
            "validationOutputFilters": {
                "prefixFilters": [
                    {"prefix": "192.0.0.0/16", "asn": 65001},
                    {"asn": 65002, "comment": "all of it"},
                ],
                "bgpsecFilters": [],
            },
            "locallyAddedAssertions": {
                "prefixAssertions": [{"asn": 65002, "prefix": str(OTHER), "maxPrefixLength": 40}]
            },
        }
    )
    held = VrpTable([(NET, 24, 65001), (NET, 24, 65009), (OTHER, 32, 65002)])
    left = exceptions(text).applied(held)
    assert left.rows() == [(NET, 24, 65009), (OTHER, 40, 65002)]
    with pytest.raises(LoadError, match=r"prefixFilters\[0\]: neither prefix nor asn"):
        exceptions('{"slurmVersion": 1, "validationOutputFilters": {"prefixFilters": [{}]}}')
    with pytest.raises(LoadError, match="slurmVersion 9, expected 1"):
        exceptions('{"slurmVersion": 9}')


def test_what_has_expired_is_left_out() -> None:
    text = json.dumps(
        {
            "roas": [
                {"prefix": str(NET), "asn": 1, "expires": 10},
                {"prefix": str(NET), "asn": 2, "expires": 30},
                {"prefix": str(NET), "asn": 3},
            ],
            "aspas": [
                {"customer_asid": 1, "expires": 20, "providers": [2]},
                {"customer_asid": 2, "expires": 9, "providers": [3]},
            ],
        }
    )
    read = payloads(text, now_s=10)
    assert [asn for _, _, asn in read.vrps.rows()] == [2, 3]
    assert (read.aspas, read.expired, read.expires) == ({1: (2,)}, 2, 20)
    assert (payloads(text).expired, len(payloads(text).vrps)) == (0, 3)

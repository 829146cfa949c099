"""`fingerpost rpki`: what files of VRPs say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from fingerpost.bgp.config import BgpConfig
from fingerpost.cli import DONE, FAILED, cli
from fingerpost.config.build import build
from fingerpost.config.faults import FileError
from fingerpost.config.load import load
from fingerpost.rpki.files import Exceptions

ROAS = [
    {"prefix": "192.0.2.0/24", "maxLength": 25, "asn": 65001},
    {"prefix": "192.0.0.0/16", "maxLength": 16, "asn": 65002},
]
ASPAS = [{"customer_asid": 65001, "providers": [65002]}]
SLURM = {
    "slurmVersion": 1,
    "validationOutputFilters": {"prefixFilters": [{"asn": 65001}, {"asn": 65002}]},
    "locallyAddedAssertions": {"prefixAssertions": []},
}
ROUTER = """
router: {id: 10.0.0.1}
bgp:
  as: 65000
  rpki:
    caches:
      192.0.2.9:
      2001:db8::9: {port: 8282, preference: 10, refresh: 60s, expire: 2h}
    vrp-files: vrps.json
    exceptions: slurm.json
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "vrps.json").write_text(json.dumps({"roas": ROAS, "aspas": ASPAS}))
    (tmp_path / "slurm.json").write_text(json.dumps(SLURM))
    (tmp_path / "router.yaml").write_text(ROUTER)
    return tmp_path


def test_a_route_is_judged_with_what_covers_it(folder: Path) -> None:
    asked = ["rpki", "validate", "192.0.2.0/25", "AS65002", "--vrps", str(folder / "vrps.json")]
    done = CliRunner().invoke(cli, asked)
    assert done.exit_code == FAILED
    assert done.output.splitlines() == [
        "192.0.2.0/25 by AS65002: invalid",
        "  192.0.2.0/24-25 AS65001: AS65001 may, not AS65002",
        "  192.0.0.0/16 AS65002: /25 is longer than /16",
    ]
    asked[3] = "65001"
    done = CliRunner().invoke(cli, [*asked, "--json"])
    assert done.exit_code == DONE
    assert json.loads(done.output)["state"] == "valid"
    done = CliRunner().invoke(cli, [*asked, "--slurm", str(folder / "slurm.json")])
    assert done.output == "192.0.2.0/25 by AS65001: not-found\n  no VRP covers it\n"


def test_a_path_is_judged_hop_by_hop(folder: Path) -> None:
    asked = ["rpki", "path", "65003 65001", "--vrps", str(folder / "vrps.json"), "--from"]
    done = CliRunner().invoke(cli, [*asked, "customer"])
    assert done.exit_code == FAILED
    assert done.output.splitlines() == [
        "65003 65001 from a customer: invalid",
        "  AS65001 to AS65003: not provider+",
    ]
    assert CliRunner().invoke(cli, [*asked, "provider"]).exit_code == DONE


def test_a_router_file_names_caches_and_files(folder: Path) -> None:
    config = build(load(folder / "router.yaml")).protocols["bgp"].settings
    assert isinstance(config, BgpConfig)
    first, second = config.rpki
    assert (str(first.address), first.port, first.preference) == ("192.0.2.9", 323, 100)
    assert (second.name, second.port, second.preference) == ("2001:db8::9", 8282, 10)
    assert second.refresh_ns == 60 * 10**9
    (file,) = config.vrp_files
    assert len(file.payloads.vrps) == 2
    assert file.payloads.aspas == {65001: (65002,)}
    assert isinstance(config.rpki_exceptions, Exceptions)
    assert len(config.rpki_exceptions.applied(file.payloads.vrps)) == 0
    assert build(load(folder / "router.yaml")).protocols["bgp"].settings == config


def test_files_that_cannot_be_read_are_faults_with_their_place(folder: Path) -> None:
    (folder / "vrps.json").write_text("{}")
    (folder / "slurm.json").unlink()
    with pytest.raises(FileError) as caught:
        build(load(folder / "router.yaml"))
    said = str(caught.value)
    assert "no `roas` in it" in said
    assert "slurm.json cannot be read" in said

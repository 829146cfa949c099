"""What a router asks of the settings of any protocol: the time of day, and how long to wait."""

from __future__ import annotations

import pytest

from fingerpost.bfd import BfdConfig, BfdInterface, BfdTimers
from fingerpost.ospf import OspfConfig
from fingerpost.protocol.settings import Clocked, Patient, with_clock
from fingerpost.rip import RipConfig

S = 1_000_000_000


@pytest.mark.parametrize("settings", [RipConfig(), OspfConfig(1), BfdConfig()], ids=repr)
def test_keys_of_every_protocol_get_the_time_of_day(settings: object) -> None:
    told = with_clock(settings, 7)
    assert isinstance(told, Clocked)
    assert told.epoch_ns == 7
    assert told == settings
    assert isinstance(settings, Patient)


def test_settings_without_a_place_for_it_stay_as_they_are() -> None:
    settings = object()
    assert with_clock(settings, 7) is settings


def test_bfd_waits_for_slow_packets_and_gives_up_after_the_longest_detection_time() -> None:
    slow = BfdInterface("eth0", BfdTimers(2 * S, S, 5))
    config = BfdConfig((slow,))
    assert config.silence_ns == 3 * S
    assert config.timeout_ns == 10 * S

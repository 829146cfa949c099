"""The teaching trace says what the classes compute, and each step follows from what it shows."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.addr import Address, Interface
from fingerpost.addr.steps import Explanation, binary, explain
from fingerpost.errors import AddressError

interfaces = st.one_of(
    st.builds(Interface, st.integers(0, 2**32 - 1), st.integers(0, 32)),
    st.builds(Interface, st.integers(2**32, 2**128 - 1), st.integers(0, 128)),
)


def found(trace: Explanation, name: str) -> Address | int:
    return trace[name].result.value


@given(interfaces)
def test_every_result_is_the_attribute_of_the_same_name(interface: Interface) -> None:
    trace, prefix = explain(interface), interface.prefix
    assert found(trace, "network bits") == prefix.length
    assert found(trace, "host bits") == prefix.bits - prefix.length
    assert found(trace, "netmask") == prefix.netmask
    assert found(trace, "hostmask") == prefix.hostmask
    assert found(trace, "network") == prefix.network == interface.network_part
    assert found(trace, "host part") == interface.host_part
    assert found(trace, "last") == prefix.last
    assert found(trace, "size") == prefix.size
    assert found(trace, "first host") == prefix.first_host
    assert found(trace, "last host") == prefix.last_host
    assert found(trace, "hosts") == prefix.host_count
    assert ("broadcast" in trace) == (prefix.broadcast is not None)
    if prefix.broadcast is not None:
        assert found(trace, "broadcast") == prefix.broadcast


@given(interfaces)
def test_operands_are_the_results_of_earlier_steps(interface: Interface) -> None:
    known: dict[str, Address | int] = {
        "address": interface.address,
        "width": interface.bits,
        "length": interface.length,
    }
    for step in explain(interface):
        for operand in step.operands:
            assert known[operand.name] == operand.value
        known[step.name] = step.result.value


def test_the_example_of_the_chapter() -> None:
    trace = explain("192.0.2.130/30")
    network = trace["network"]
    assert network.formula == "address AND netmask"
    assert [operand.text for operand in network.operands] == ["192.0.2.130", "255.255.255.252"]
    assert network.operands[0].binary == "11000000.00000000.00000010.10000010"
    assert network.operands[1].binary == "11111111.11111111.11111111.11111100"
    assert network.result.binary == "11000000.00000000.00000010.10000000"
    assert trace["host part"].result.text == "0.0.0.2"
    assert trace["broadcast"].result.text == "192.0.2.131"
    assert (trace["size"].result.value, trace["hosts"].result.value) == (4, 2)
    assert trace["size"].result.binary is None


def test_rules_that_had_to_be_chosen_are_named() -> None:
    assert "RFC 3021" in (explain("192.0.2.0/31")["hosts"].because or "")
    assert "RFC 6164" in (explain("2001:db8::/127")["hosts"].because or "")
    assert "RFC 4291 2.6.1" in (explain("2001:db8::/64")["first host"].because or "")
    assert explain("192.0.2.0/24")["hosts"].because is None


def test_bits_are_grouped_as_the_text() -> None:
    assert binary(Address("1.2.3.4")) == "00000001.00000010.00000011.00000100"
    assert binary(Address("8000::1")) == ":".join(
        ["1" + "0" * 15] + ["0" * 16] * 6 + ["0" * 15 + "1"]
    )


def test_the_trace_is_frozen_and_asks_for_known_steps() -> None:
    trace = explain("192.0.2.0/24")
    with pytest.raises(dataclasses.FrozenInstanceError):
        trace.subject = Interface("10.0.0.1/8")  # type: ignore[misc]
    with pytest.raises(KeyError):
        trace["broadcasts"]
    with pytest.raises(AddressError):
        explain("192.0.2.0/33")

"""Against scapy: it builds the same bytes from the same fields.

Equal bytes are both directions at once: our encoder against its builder, and our decoder, which
gives the value back that the fields came from.
"""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from fingerpost.ospf.lsa import Lsa, v2, v3
from fingerpost.ospf.packet import (
    Body,
    DatabaseDescription,
    Hello,
    LinkStateRequest,
)
from fingerpost.ospf.packet import v2 as packet_v2
from fingerpost.ospf.packet import v3 as packet_v3
from fingerpost.ospf.text import dotted
from ospf.dissect.carried import ENDS
from ospf.lsa.drawn import lsas_of, u8, u32
from ospf.packet.drawn import bodies
from ospf.peer_fields import tidy

with warnings.catch_warnings():
    # scapy imports ciphers that the cryptography package has deprecated: not our warning
    warnings.simplefilter("ignore")
    scapy: Any = pytest.importorskip("scapy.contrib.ospf", reason="scapy is not installed")
    inet: Any = pytest.importorskip("scapy.layers.inet")
    inet6: Any = pytest.importorskip("scapy.layers.inet6")

SOME = settings(max_examples=30)


def ids(numbers: tuple[int, ...]) -> list[str]:
    return [dotted(number) for number in numbers]


def made_v2(body: Body) -> Any:  # noqa: ANN401 - scapy has no types
    match body:
        case Hello():
            assert body.mask is not None
            return scapy.OSPF_Hello(
                mask=dotted(body.mask), hellointerval=body.interval_s, options=body.options,
                prio=body.priority, deadinterval=body.dead_interval_s,
                router=dotted(body.designated), backup=dotted(body.backup),
                neighbors=ids(body.neighbors),
            )  # fmt: skip
        case DatabaseDescription():
            return scapy.OSPF_DBDesc(
                mtu=body.mtu, options=body.options, dbdescr=int(body.flags), ddseq=body.sequence,
                lsaheaders=[scapy.OSPF_LSA_Hdr(body.headers[at : at + 20])
                            for at in range(0, len(body.headers), 20)],
            )  # fmt: skip
        case LinkStateRequest():
            rows = [
                scapy.OSPF_LSReq_Item(type=key.type, id=dotted(key.id), adrouter=dotted(key.router))
                for key in body.keys
            ]
            return scapy.OSPF_LSReq(requests=rows)
    return None


def made_v3(body: Body) -> Any:  # noqa: ANN401 - scapy has no types
    match body:
        case Hello():
            return scapy.OSPFv3_Hello(
                intid=body.interface_id, hellointerval=body.interval_s, options=body.options,
                prio=body.priority, deadinterval=body.dead_interval_s,
                router=dotted(body.designated), backup=dotted(body.backup),
                neighbors=ids(body.neighbors),
            )  # fmt: skip
        case DatabaseDescription():
            return scapy.OSPFv3_DBDesc(
                mtu=body.mtu, options=body.options, dbdescr=int(body.flags), ddseq=body.sequence,
                lsaheaders=[scapy.OSPFv3_LSA_Hdr(body.headers[at : at + 20])
                            for at in range(0, len(body.headers), 20)],
            )  # fmt: skip
        case LinkStateRequest():
            rows = [
                scapy.OSPFv3_LSReq_Item(
                    type=key.type, id=dotted(key.id), adrouter=dotted(key.router)
                )
                for key in body.keys
            ]
            return scapy.OSPFv3_LSReq(requests=rows)
    return None


@SOME
@given(u32, u32, u8, bodies(2))
def test_packets_of_version_2(router: int, area: int, instance: int, body: Body) -> None:
    made = made_v2(body)
    if made is None:
        return
    head = scapy.OSPF_Hdr(
        type=int(body.TYPE), src=dotted(router), area=dotted(area), authtype=instance << 8
    )
    ours = packet_v2.encode(router, area, instance, body)
    assert bytes(head / made) == ours
    assert packet_v2.decode_body(packet_v2.decode_header(ours), bytes(head / made)) == body


@SOME
@given(u32, u32, u8, bodies(3))
def test_packets_of_version_3(router: int, area: int, instance: int, body: Body) -> None:
    made = made_v3(body)
    if made is None:
        return
    head = scapy.OSPFv3_Hdr(
        type=int(body.TYPE), src=dotted(router), area=dotted(area), instance=instance
    )
    source, destination = ENDS[3]
    carried = inet6.IPv6(src=str(source), dst=str(destination)) / head / made
    ours = packet_v3.encode(router, area, instance, body, source, destination)
    assert bytes(carried)[40:] == ours


def lsa_v2(lsa: Lsa[Any]) -> Any:  # noqa: ANN401 - scapy has no types
    head, body = head_of(lsa) | {"options": lsa.header.options}, lsa.body
    match body:
        case v2.RouterLsa():
            links = [
                scapy.OSPF_Link(id=dotted(one.id), data=dotted(one.data), type=one.type,
                                metric=one.metric)
                for one in body.links
            ]  # fmt: skip
            return scapy.OSPF_Router_LSA(**head, flags=body.flags, linklist=links)
        case v2.NetworkLsa():
            routers = ids(body.routers)
            return scapy.OSPF_Network_LSA(**head, mask=dotted(body.mask), routerlist=routers)
        case v2.SummaryLsa():
            return scapy.OSPF_SummaryIP_LSA(**head, mask=dotted(body.mask), metric=body.metric)
        case v2.ExternalLsa():
            return scapy.OSPF_External_LSA(
                **head, mask=dotted(body.mask), ebit=int(body.is_type_2), metric=body.metric,
                fwdaddr=dotted(body.forwarding), tag=body.tag,
            )  # fmt: skip
    raise AssertionError(body)


def lsa_v3(lsa: Lsa[Any]) -> Any:  # noqa: ANN401 - scapy has no types
    head, body = head_of(lsa), lsa.body
    match body:
        case v3.RouterLsa():
            links = [
                scapy.OSPFv3_Link(
                    type=one.type, metric=one.metric, intid=one.interface_id,
                    neighintid=one.neighbor_interface_id, neighbor=dotted(one.neighbor_router_id),
                )
                for one in body.links
            ]  # fmt: skip
            flags = {"flags": body.flags, "options": body.options}
            return scapy.OSPFv3_Router_LSA(**head, **flags, linklist=links)
        case v3.NetworkLsa():
            routers = ids(body.routers)
            return scapy.OSPFv3_Network_LSA(**head, options=body.options, routerlist=routers)
        case v3.InterAreaPrefixLsa():
            prefix = prefix_of(body.prefix)
            return scapy.OSPFv3_Inter_Area_Prefix_LSA(**head, metric=body.metric, **prefix)
        case v3.InterAreaRouterLsa():
            return scapy.OSPFv3_Inter_Area_Router_LSA(
                **head, options=body.options, metric=body.metric, router=dotted(body.router)
            )
        case v3.LinkLsa():
            rows = [scapy.OSPFv3_Prefix_Item(**prefix_of(one), metric=0) for one in body.prefixes]
            return scapy.OSPFv3_Link_LSA(
                **head, prio=body.priority, options=body.options, lladdr=str(body.link_local),
                prefixes=len(rows), prefixlist=rows,
            )  # fmt: skip
        case v3.IntraAreaPrefixLsa():
            rows = [
                scapy.OSPFv3_Prefix_Item(**prefix_of(one.prefix), metric=one.metric)
                for one in body.prefixes
            ]
            return scapy.OSPFv3_Intra_Area_Prefix_LSA(
                **head, reflstype=body.referenced_type, reflsid=dotted(body.referenced_id),
                refadrouter=dotted(body.referenced_router), prefixes=len(rows), prefixlist=rows,
            )  # fmt: skip
    raise AssertionError(body)


def head_of(lsa: Lsa[Any]) -> dict[str, Any]:
    header = lsa.header
    return {
        "age": header.age, "type": header.type, "id": dotted(header.id),
        "adrouter": dotted(header.router), "seq": header.sequence & 0xFFFFFFFF,
    }  # fmt: skip


def prefix_of(prefix: v3.LsaPrefix) -> dict[str, Any]:
    """Give what makes a prefix; scapy finds its length in its text."""
    return {"prefixoptions": prefix.options, "prefix": str(prefix.prefix())}


@pytest.mark.parametrize("kind", [1, 2, 3, 4, 5, 7])
def test_lsas_of_version_2(kind: int) -> None:
    @SOME
    @given(lsas_of(2, kind))
    def check(lsa: Lsa[Any]) -> None:
        body = lsa.body
        if isinstance(body, v2.RouterLsa):  # scapy knows one metric by TOS, and has it in all links
            links = tuple(replace(one, tos=()) for one in body.links)
            body = replace(body, links=links)
        elif isinstance(body, v2.NetworkLsa):  # it puts a router into a network without any
            body = replace(body, routers=body.routers or (1,))
        else:
            body = replace(body, tos=())
        plain = replace(lsa, body=body)
        data = v2.encode_lsa(plain)
        assert bytes(lsa_v2(plain)) == data
        assert v2.decode_lsa(data).body == body

    check()


@pytest.mark.parametrize("kind", [0x2001, 0x2002, 0x2003, 0x2004, 0x0008, 0x2009])
def test_lsas_of_version_3(kind: int) -> None:
    @SOME
    @given(lsas_of(3, kind))
    def check(lsa: Lsa[Any]) -> None:
        plain = replace(lsa, body=tidy(lsa.body))
        assert bytes(lsa_v3(plain)) == v3.encode_lsa(plain)

    check()

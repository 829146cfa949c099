"""What tshark should say of packets and LSAs: the names of its fields, with our values."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

from fingerpost.ospf.lsa import Lsa, LsaHeader, v2, v3
from fingerpost.ospf.lsa.header import DO_NOT_AGE
from fingerpost.ospf.packet import (
    Body,
    DatabaseDescription,
    Hello,
    LinkStateAcknowledgment,
    LinkStateRequest,
)
from fingerpost.ospf.text import dotted

Fields = dict[str, list[str]]


def packet_fields(version: int, body: Body) -> Fields:
    """Give the fields of a body, each in the order in which it comes."""
    said: Fields = defaultdict(list)
    options = f"ospf.v{version}.options"
    match body:
        case Hello():
            mask = [] if body.mask is None else [dotted(body.mask)]
            number = [] if body.interface_id is None else [str(body.interface_id)]
            said |= {
                "ospf.hello.network_mask": mask,
                "ospf.hello.interface_id": number,
                "ospf.hello.hello_interval": [str(body.interval_s)],
                "ospf.hello.router_dead_interval": [str(body.dead_interval_s)],
                "ospf.hello.router_priority": [str(body.priority)],
                "ospf.hello.designated_router": [dotted(body.designated)],
                "ospf.hello.backup_designated_router": [dotted(body.backup)],
                "ospf.hello.active_neighbor": list(map(dotted, body.neighbors)),
                options: [str(body.options)],
            }
        case DatabaseDescription():
            said |= {
                "ospf.db.interface_mtu": [str(body.mtu)],
                "ospf.db.dd_sequence": [str(body.sequence)],
                "ospf.dbd": [str(int(body.flags))],
                options: [str(body.options)],
            }
            for header in body.lsa_headers():
                add_header(said, version, header)
        case LinkStateRequest():
            for key in body.keys:
                said["ospf.link_state_id"].append(dotted(key.id))
                said["ospf.advrouter"].append(dotted(key.router))
                kind = "ospf.lsa" if version == 2 else "ospf.v3.lsa"
                said[kind].append(str(key.type))
        case LinkStateAcknowledgment():
            for header in body.lsa_headers():
                add_header(said, version, header)
    return said


def add_header(said: Fields, version: int, header: LsaHeader) -> None:
    """Add the fields of an LSA's header."""
    said["ospf.lsa.age"].append(str(header.age & DO_NOT_AGE - 1))
    said["ospf.lsa.seqnum"].append(str(header.sequence & 0xFFFFFFFF))
    said["ospf.lsa.chksum"].append(str(header.checksum))
    said["ospf.lsa.length"].append(str(header.length))
    said["ospf.advrouter"].append(dotted(header.router))
    if version == 2:
        said["ospf.lsa"].append(str(header.type))
        said["ospf.v2.options"].append(str(header.options))
        if header.type in (9, 10, 11):
            said["ospf.lsid_opaque_type"].append(str(header.id >> 24))
        else:
            said["ospf.lsa.id"].append(dotted(header.id))
    else:
        said["ospf.v3.lsa"].append(str(header.type))
        said["ospf.link_state_id"].append(dotted(header.id))


def lsa_fields(version: int, lsa: Lsa[Any]) -> Fields:
    """Give the fields of an LSA of the types of RFC 2328 and 5340."""
    said: Fields = defaultdict(list)
    add_header(said, version, lsa.header)
    (version_2 if version == 2 else version_3)(said, lsa)
    return said


def version_2(said: Fields, lsa: Lsa[Any]) -> None:
    body = lsa.body
    match body:
        case v2.RouterLsa():
            said["ospf.v2.router.lsa.flags"].append(str(body.flags))
            said["ospf.lsa.number_of_links"].append(str(len(body.links)))
            for link in body.links:
                said["ospf.lsa.router.linktype"].append(str(link.type))
                said["ospf.lsa.router.linkid"].append(dotted(link.id))
                said["ospf.lsa.router.linkdata"].append(dotted(link.data))
                said["ospf.lsa.router.nummetrics"].append(str(len(link.tos)))
                said["ospf.lsa.router.metric0"].append(str(link.metric))
        case v2.NetworkLsa():
            said["ospf.lsa.network.netmask"].append(dotted(body.mask))
            said["ospf.lsa.network.attchrtr"] += map(dotted, body.routers)
        case v2.SummaryLsa():
            said["ospf.lsa.asbr.netmask"].append(dotted(body.mask))
            said["ospf.lsa.tos"] += ["0", *(str(tos) for tos, _ in body.tos)]
            said["ospf.metric"] += [str(body.metric), *(str(metric) for _, metric in body.tos)]
        case v2.ExternalLsa():
            said["ospf.lsa.asext.netmask"].append(dotted(body.mask))
            for path in (v2.TosPath(0, body.metric, body.is_type_2, body.forwarding, body.tag),
                         *body.tos):  # fmt: skip
                said["ospf.lsa.asext.type"].append(str(int(path.is_type_2)))
                said["ospf.lsa.tos"].append(str(path.tos))
                said["ospf.metric"].append(str(path.metric))
                said["ospf.lsa.asext.fwdaddr"].append(dotted(path.forwarding))
                said["ospf.lsa.asext.extrttag"].append(str(path.tag))


def version_3(said: Fields, lsa: Lsa[Any]) -> None:
    body = lsa.body
    match body:
        case v3.RouterLsa():
            said["ospf.v3.router.lsa.flags"].append(str(body.flags))
            said["ospf.v3.options"].append(str(body.options))
            for link in body.links:
                said["ospf.v3.lsa.type"].append(str(link.type))
                said["ospf.metric"].append(str(link.metric))
                said["ospf.v3.lsa.interface_id"].append(str(link.interface_id))
                number, router = link.neighbor_interface_id, link.neighbor_router_id
                said["ospf.v3.lsa.neighbor_interface_id"].append(str(number))
                said["ospf.v3.lsa.neighbor_router_id"].append(dotted(router))
        case v3.NetworkLsa():
            said["ospf.v3.options"].append(str(body.options))
            said["ospf.v3.lsa.attached_router"] += map(dotted, body.routers)
        case v3.InterAreaPrefixLsa():
            said["ospf.metric"].append(str(body.metric))
            add_prefix(said, body.prefix)
        case v3.InterAreaRouterLsa():
            said["ospf.v3.options"].append(str(body.options))
            said["ospf.metric"].append(str(body.metric))
            said["ospf.v3.lsa.destination_router_id"].append(dotted(body.router))
        case v3.ExternalLsa():
            said["ospf.metric"].append(str(body.metric))
            add_prefix(said, body.prefix)
            flags = 4 * body.is_type_2 + 2 * (body.forwarding is not None)
            said["ospf.v3.as.external.flags"].append(str(flags + (body.tag is not None)))
            said["ospf.v3.lsa.referenced_ls_type"].append(str(body.referenced_type))
            if body.forwarding is not None:
                said["ospf.v3.lsa.forwarding_address.ipv6"].append(str(body.forwarding))
            if body.tag is not None:
                said["ospf.v3.lsa.external_route_tag"].append(str(body.tag))
            if body.referenced_type:
                number = body.referenced_id or 0
                said["ospf.v3.lsa.referenced_link_state_id"].append(dotted(number))
        case v3.LinkLsa():
            said["ospf.v3.lsa.router_priority"].append(str(body.priority))
            said["ospf.v3.options"].append(str(body.options))
            said["ospf.v3.lsa.link_local_interface_address.ipv6"].append(str(body.link_local))
            said["ospf.v3.lsa.num_prefixes"].append(str(len(body.prefixes)))
            for prefix in body.prefixes:
                add_prefix(said, prefix)
        case v3.IntraAreaPrefixLsa():
            said["ospf.v3.lsa.num_prefixes"].append(str(len(body.prefixes)))
            said["ospf.v3.lsa.referenced_ls_type"].append(str(body.referenced_type))
            said["ospf.v3.lsa.referenced_link_state_id"].append(dotted(body.referenced_id))
            said["ospf.v3.lsa.referenced_advertising_router"].append(dotted(body.referenced_router))
            for one in body.prefixes:
                add_prefix(said, one.prefix)
                said["ospf.metric"].append(str(one.metric))


def tidy(body: Any) -> Any:  # noqa: ANN401 - a body of either version
    """Clear the bits behind prefixes, of which tshark clears but some."""
    match body:
        case v3.InterAreaPrefixLsa() | v3.ExternalLsa():
            return replace(body, prefix=cleared(body.prefix))
        case v3.LinkLsa():
            return replace(body, prefixes=tuple(map(cleared, body.prefixes)))
        case v3.IntraAreaPrefixLsa():
            found = [replace(one, prefix=cleared(one.prefix)) for one in body.prefixes]
            return replace(body, prefixes=tuple(found))
    return body


def cleared(prefix: v3.LsaPrefix) -> v3.LsaPrefix:
    """Clear the bits behind a prefix."""
    found = prefix.prefix()
    assert found is not None
    return v3.LsaPrefix.of(found, prefix.options)


def add_prefix(said: Fields, prefix: v3.LsaPrefix) -> None:
    """Add a prefix."""
    said["ospf.prefix_length"].append(str(prefix.length))
    said["ospf.v3.prefix.options"].append(str(prefix.options))
    found = prefix.prefix()
    if found is not None:
        said["ospf.v3.address_prefix.ipv6"].append(str(found.network))

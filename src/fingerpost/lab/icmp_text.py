"""What ICMP errors are called by the tools that users know: ping in words, traceroute in signs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.host.notice import NoticeKind

if TYPE_CHECKING:
    from fingerpost.host.notice import Notice

_UNREACHABLE4 = (
    "Destination Net Unreachable",
    "Destination Host Unreachable",
    "Destination Protocol Unreachable",
    "Destination Port Unreachable",
    "Frag needed and DF set (mtu = {mtu})",
    "Source Route Failed",
    "Destination Net Unknown",
    "Destination Host Unknown",
    "Source Host Isolated",
    "Destination Net Prohibited",
    "Destination Host Prohibited",
    "Destination Net Unreachable for Type of Service",
    "Destination Host Unreachable for Type of Service",
    "Packet filtered",
    "Precedence Violation",
    "Precedence Cutoff",
)
_UNREACHABLE6 = (
    "No route",
    "Administratively prohibited",
    "Beyond scope of source address",
    "Address unreachable",
    "Port unreachable",
    "Failed ingress/egress policy",
    "Reject route",
)
_TOO_OLD4 = ("Time to live exceeded", "Frag reassembly time exceeded")
_TOO_OLD6 = ("Hop limit", "Defragmentation failure")
_PARAMETER6 = ("Wrong header field", "Unknown header", "Unknown option")


def said(notice: Notice) -> str:
    """An error as ping says it."""
    return _said4(notice) if notice.version == 4 else _said6(notice)


def _said4(notice: Notice) -> str:
    match notice.type:
        case 3:
            return _of(_UNREACHABLE4, notice, "Dest Unreachable, Bad Code: {code}")
        case 11:
            return _of(_TOO_OLD4, notice, "Time exceeded, Bad Code: {code}")
        case 12:
            return "Parameter problem"
        case 5:
            return "Redirect Host" if notice.code & 1 else "Redirect Network"
    return f"Bad ICMP type: {notice.type}"


def _said6(notice: Notice) -> str:
    match notice.type:
        case 1:
            return "Destination unreachable: " + _of(_UNREACHABLE6, notice, "Unknown code {code}")
        case 2:
            return f"Packet too big: mtu={notice.mtu}"
        case 3:
            return "Time exceeded: " + _of(_TOO_OLD6, notice, "code {code}")
        case 4:
            return "Parameter problem: " + _of(_PARAMETER6, notice, "code {code}")
    return f"unknown icmp type: {notice.type}"


def _of(texts: tuple[str, ...], notice: Notice, otherwise: str) -> str:
    text = texts[notice.code] if notice.code < len(texts) else otherwise
    return text.format(mtu=notice.mtu, code=notice.code)


_SIGNS = {
    NoticeKind.NO_ROUTE: "!N",
    NoticeKind.HOST: "!H",
    NoticeKind.PROTOCOL: "!P",
    NoticeKind.SOURCE_ROUTE: "!S",
    NoticeKind.PROHIBITED: "!X",
    NoticeKind.BEYOND_SCOPE: "!H",
}


def sign(notice: Notice) -> str:
    """An error as traceroute marks it: "!H"; "" for those that it waits for."""
    if notice.kind in (NoticeKind.HOP_LIMIT, NoticeKind.PORT):
        return ""
    if notice.kind is NoticeKind.TOO_BIG:
        return f"!F-{notice.mtu}" if notice.mtu else "!F"
    if notice.kind is NoticeKind.PRECEDENCE:
        return "!V" if notice.code == 14 else "!C"
    return _SIGNS.get(notice.kind) or f"!<{notice.code}>"

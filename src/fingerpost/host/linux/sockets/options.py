"""Numbers of Linux's socket interface that Python's `socket` does not name.

ip(7), ipv6(7), socket(7), tcp(7), linux/in.h, linux/in6.h, linux/tcp.h.
"""

from __future__ import annotations

import struct

IP_PKTINFO = 8
IP_RECVTTL = 12
IP_MINTTL = 21
IP_BIND_ADDRESS_NO_PORT = 24
IP_MULTICAST_ALL = 49
IPV6_CHECKSUM = 7
IPV6_MULTICAST_ALL = 29
IPV6_MINHOPCOUNT = 73
SO_RCVBUFFORCE = 33
SO_TIMESTAMPNS = 35
SO_RXQ_OVFL = 40
TCP_NOTSENT_LOWAT = 25
TCP_SAVE_SYN = 27
TCP_SAVED_SYN = 28
TCP_MD5SIG_EXT = 32
TCP_AO_ADD_KEY = 38
TCP_AO_DEL_KEY = 39

IN_PKTINFO = struct.Struct("=i4s4s")  # ifindex, spec_dst, addr
IN6_PKTINFO = struct.Struct("=16si")  # addr, ifindex
IP_MREQN = struct.Struct("=4s4si")  # multiaddr, address, ifindex
IPV6_MREQ = struct.Struct("=16si")  # multiaddr, ifindex
INT = struct.Struct("=i")
TIMESPEC = struct.Struct("=qq")  # seconds, nanoseconds
UNSIGNED = struct.Struct("=I")

INTERNETWORK_CONTROL = 0xC0  # RFC 1812 5.3.1, RFC 2474 4.2.2.2: routing goes before the rest

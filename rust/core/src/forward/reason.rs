//! Why a frame is handed up.

/// The first reason found, in the order of this list; 0 is kept for frames that leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Reason {
    /// The frame does not lie in the buffer.
    Outside = 1,
    /// Too short for its headers.
    Short,
    /// To or from a group address of Ethernet.
    GroupFrame,
    /// To another station.
    OtherStation,
    /// Has an 802.1Q tag.
    Tagged,
    /// Neither IPv4 nor IPv6.
    NotIp,
    /// Version or header length that contradict the rest.
    BadHeader,
    /// IPv4 options.
    Options,
    /// The checksum of the IPv4 header does not hold.
    BadChecksum,
    /// The total length is less than the header or more than the frame.
    BadLength,
    /// An IPv6 hop-by-hop header.
    HopByHop,
    /// Time to live or hop limit used up.
    HopLimit,
    /// A private address, and a border port.
    Border,
    /// An address with rules of its own.
    Special,
    /// A link-local address.
    LinkLocal,
    /// A multicast address.
    Multicast,
    /// A broadcast address of an attached subnet.
    Broadcast,
    /// One of our own addresses.
    Own,
    /// The way back to the source is another one.
    ReversePath,
    /// Nothing matches the destination.
    NoRoute,
    /// The route is none to a next hop.
    NotUnicast,
    /// An ICMP error whose quoted flow decides among several next hops.
    IcmpError,
    /// The next hop's hardware address is not known.
    Unresolved,
    /// Longer than the MTU of the port it would leave by.
    TooBig,
    /// Would leave by the port it came in.
    SamePort,
}

/// Reasons by number; the first is that of no reason.
pub const NAMES: [&str; 26] = [
    "forwarded",
    "outside",
    "short",
    "group-frame",
    "other-station",
    "tagged",
    "not-ip",
    "bad-header",
    "options",
    "bad-checksum",
    "bad-length",
    "hop-by-hop",
    "hop-limit",
    "border",
    "special",
    "link-local",
    "multicast",
    "broadcast",
    "own",
    "reverse-path",
    "no-route",
    "not-unicast",
    "icmp-error",
    "unresolved",
    "too-big",
    "same-port",
];

/// What a table of special addresses may say of one.
const OF_ADDRESSES: [Reason; 6] = [
    Reason::Border,
    Reason::Special,
    Reason::LinkLocal,
    Reason::Multicast,
    Reason::Broadcast,
    Reason::Own,
];

impl Reason {
    /// The names of all reasons by number; that of number 0 is "forwarded".
    #[must_use]
    pub const fn names() -> &'static [&'static str] {
        &NAMES
    }

    /// The name.
    #[must_use]
    pub fn name(self) -> &'static str {
        NAMES[self as usize]
    }

    /// The reason of this number that an address can be.
    #[must_use]
    pub fn of_address(number: u32) -> Option<Reason> {
        OF_ADDRESSES.into_iter().find(|&reason| reason as u32 == number)
    }
}

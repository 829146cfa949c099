//! Which connection a packet belongs to.

use std::fmt;

use smoltcp::wire::{IpAddress, IpEndpoint};

use crate::addr::Ip;

const TCP: u8 = 6;
const SYN: u8 = 0x02;
const RST: u8 = 0x04;
const ACK: u8 = 0x10;

/// One end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// Its address.
    pub ip: Ip,
    /// Its port.
    pub port: u16,
}

impl End {
    pub(super) fn has_unicast(self) -> bool {
        address(self.ip).is_unicast()
    }
}

impl From<End> for IpEndpoint {
    fn from(end: End) -> IpEndpoint {
        IpEndpoint::new(address(end.ip), end.port)
    }
}

impl From<IpEndpoint> for End {
    fn from(end: IpEndpoint) -> End {
        let ip = match end.addr {
            IpAddress::Ipv4(it) => Ip::V4(it.to_bits()),
            IpAddress::Ipv6(it) => Ip::V6(it.to_bits()),
        };
        End { ip, port: end.port }
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.ip {
            Ip::V4(_) => write!(f, "{}:{}", self.ip, self.port),
            Ip::V6(_) => write!(f, "[{}]:{}", self.ip, self.port),
        }
    }
}

/// The address in the terms of `smoltcp`.
pub fn address(ip: Ip) -> IpAddress {
    match ip {
        Ip::V4(bits) => IpAddress::Ipv4(bits.into()),
        Ip::V6(bits) => IpAddress::Ipv6(bits.into()),
    }
}

/// The two ends of a connection, seen from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow {
    /// Our end.
    pub local: End,
    /// The peer's end.
    pub remote: End,
}

impl fmt::Display for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} - {}", self.local, self.remote)
    }
}

/// What has to be known of an incoming packet before `smoltcp` sees it.
pub struct Segment {
    pub flow: Flow,
    pub hop_limit: u8,
    /// SYN without ACK: it asks for a new connection.
    pub opens: bool,
    /// The packet without IPv6 extension headers.
    pub packet: Vec<u8>,
}

impl Segment {
    /// `None` for what is no TCP segment; `smoltcp` checks the rest.
    pub fn parse(packet: &[u8]) -> Option<Segment> {
        match packet.first()? >> 4 {
            4 => parse4(packet),
            6 => parse6(packet),
            _ => None,
        }
    }
}

fn parse4(packet: &[u8]) -> Option<Segment> {
    let header = packet.get(..20)?;
    if header[9] != TCP {
        return None;
    }
    let length = usize::from(header[0] & 0x0f) * 4;
    let source = u32::from_be_bytes(header[12..16].try_into().ok()?);
    let destination = u32::from_be_bytes(header[16..20].try_into().ok()?);
    let ends = (Ip::V4(source), Ip::V4(destination));
    segment(ends, header[8], packet.get(length..)?, packet.to_vec())
}

fn parse6(packet: &[u8]) -> Option<Segment> {
    let header = packet.get(..40)?;
    let source = u128::from_be_bytes(header[8..24].try_into().ok()?);
    let destination = u128::from_be_bytes(header[24..40].try_into().ok()?);
    let upper = upper6(header[6], packet.get(40..)?)?;
    let mut plain = header.to_vec();
    plain[4..6].copy_from_slice(&u16::try_from(upper.len()).ok()?.to_be_bytes());
    plain[6] = TCP;
    plain.extend_from_slice(upper);
    let ends = (Ip::V6(source), Ip::V6(destination));
    segment(ends, header[7], upper, plain)
}

/// The segment behind the extension headers that a destination may skip once the IP layer has
/// looked at them (RFC 8200 4): hop-by-hop, routing, destination options.
fn upper6(mut next: u8, mut rest: &[u8]) -> Option<&[u8]> {
    while matches!(next, 0 | 43 | 60) {
        let length = (usize::from(*rest.get(1)?) + 1) * 8;
        next = *rest.first()?;
        rest = rest.get(length..)?;
    }
    (next == TCP).then_some(rest)
}

fn segment(
    (source, destination): (Ip, Ip),
    hop_limit: u8,
    tcp: &[u8],
    packet: Vec<u8>,
) -> Option<Segment> {
    let header = tcp.get(..20)?;
    let remote = End { ip: source, port: u16::from_be_bytes([header[0], header[1]]) };
    let local = End { ip: destination, port: u16::from_be_bytes([header[2], header[3]]) };
    // RFC 9293 3.9.2.3: a SYN for or from many is dropped without a word.
    if !remote.has_unicast() || !local.has_unicast() {
        return None;
    }
    let opens = header[13] & (SYN | ACK | RST) == SYN;
    Some(Segment { flow: Flow { local, remote }, hop_limit, opens, packet })
}

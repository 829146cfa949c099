//! Which connection a packet belongs to.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use smoltcp::wire::{IpAddress, IpEndpoint};

const TCP: u8 = 6;
const SYN: u8 = 0x02;
const RST: u8 = 0x04;
const ACK: u8 = 0x10;

/// The two ends of a connection, seen from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow {
    /// Our end.
    pub local: IpEndpoint,
    /// The peer's end.
    pub remote: IpEndpoint,
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
    let source = Ipv4Addr::from(<[u8; 4]>::try_from(&header[12..16]).ok()?);
    let destination = Ipv4Addr::from(<[u8; 4]>::try_from(&header[16..20]).ok()?);
    let ends = (IpAddress::Ipv4(source), IpAddress::Ipv4(destination));
    segment(ends, header[8], packet.get(length..)?, packet.to_vec())
}

fn parse6(packet: &[u8]) -> Option<Segment> {
    let header = packet.get(..40)?;
    let source = Ipv6Addr::from(<[u8; 16]>::try_from(&header[8..24]).ok()?);
    let destination = Ipv6Addr::from(<[u8; 16]>::try_from(&header[24..40]).ok()?);
    let upper = upper6(header[6], packet.get(40..)?)?;
    let mut plain = header.to_vec();
    plain[4..6].copy_from_slice(&u16::try_from(upper.len()).ok()?.to_be_bytes());
    plain[6] = TCP;
    plain.extend_from_slice(upper);
    let ends = (IpAddress::Ipv6(source), IpAddress::Ipv6(destination));
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
    (source, destination): (IpAddress, IpAddress),
    hop_limit: u8,
    tcp: &[u8],
    packet: Vec<u8>,
) -> Option<Segment> {
    // RFC 9293 3.10.7.2 and RFC 1122 4.2.3.10: a SYN for or from many is dropped without a word.
    if !source.is_unicast() || !destination.is_unicast() {
        return None;
    }
    let header = tcp.get(..20)?;
    let remote = IpEndpoint::new(source, u16::from_be_bytes([header[0], header[1]]));
    let local = IpEndpoint::new(destination, u16::from_be_bytes([header[2], header[3]]));
    let opens = header[13] & (SYN | ACK | RST) == SYN;
    Some(Segment { flow: Flow { local, remote }, hop_limit, opens, packet })
}

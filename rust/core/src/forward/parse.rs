//! The headers of one frame, with plain instructions; also says what is wrong with one.

use super::reason::Reason;

/// Bytes of the Ethernet header.
pub const ETHERNET: usize = 14;
/// Bytes of both headers, IPv4.
pub const HEADERS4: usize = ETHERNET + 20;
/// Bytes of both headers, IPv6.
pub const HEADERS6: usize = ETHERNET + 40;

/// What the stages need of a packet; see `Lanes`.
pub struct Header<A> {
    pub total: u32,
    pub source: A,
    pub destination: A,
    pub word: u32,
}

/// A packet that may be forwarded, as far as its headers say.
pub enum Packet {
    V4(Header<u32>),
    V6(Header<[u8; 16]>),
}

/// Read a frame that came in by the port with this hardware address.
pub fn parse(frame: &[u8], mac: &[u8; 6]) -> Result<Packet, Reason> {
    let Some((ethernet, packet)) = frame.split_first_chunk::<ETHERNET>() else {
        return Err(Reason::Short);
    };
    if (ethernet[0] | ethernet[6]) & 1 == 1 {
        return Err(Reason::GroupFrame);
    }
    if ethernet[..6] != *mac {
        return Err(Reason::OtherStation);
    }
    match [ethernet[12], ethernet[13]] {
        [0x08, 0x00] => parse4(packet).map(Packet::V4),
        [0x86, 0xdd] => parse6(packet).map(Packet::V6),
        [0x81, 0x00] | [0x88, 0xa8] => Err(Reason::Tagged),
        _ => Err(Reason::NotIp),
    }
}

fn parse4(packet: &[u8]) -> Result<Header<u32>, Reason> {
    let header = packet.first_chunk::<20>().ok_or(Reason::Short)?;
    match header[0] {
        0x45 => {}
        0x46..=0x4f => return Err(Reason::Options),
        _ => return Err(Reason::BadHeader),
    }
    let halves = header.as_chunks::<2>().0;
    let sum: u32 = halves.iter().map(|half| u32::from(u16::from_be_bytes(*half))).sum();
    if fold(sum) != 0xffff {
        return Err(Reason::BadChecksum); // RFC 1812 5.2.2 (2)
    }
    let total = u16::from_be_bytes([header[2], header[3]]);
    if total < 20 || usize::from(total) > packet.len() {
        return Err(Reason::BadLength); // (5) and (1)
    }
    let [ttl, protocol] = [header[8], header[9]];
    if ttl <= 1 {
        return Err(Reason::HopLimit);
    }
    let [high, low] = lowered(u16::from_be_bytes([header[10], header[11]])).to_be_bytes();
    let &[.., a, b, c, d, e, f, g, h] = header;
    Ok(Header {
        total: total.into(),
        source: u32::from_be_bytes([a, b, c, d]),
        destination: u32::from_be_bytes([e, f, g, h]),
        word: u32::from_le_bytes([ttl - 1, protocol, high, low]),
    })
}

fn parse6(packet: &[u8]) -> Result<Header<[u8; 16]>, Reason> {
    let header = packet.first_chunk::<40>().ok_or(Reason::Short)?;
    if header[0] >> 4 != 6 {
        return Err(Reason::BadHeader);
    }
    let &[_, _, _, _, high, low, next, hops, ref addresses @ ..] = header;
    let total = u32::from(u16::from_be_bytes([high, low])) + 40;
    if total as usize > packet.len() {
        return Err(Reason::BadLength);
    }
    if next == 0 {
        return Err(Reason::HopByHop);
    }
    if hops <= 1 {
        return Err(Reason::HopLimit);
    }
    let (mut source, mut destination) = ([0; 16], [0; 16]);
    source.copy_from_slice(&addresses[..16]);
    destination.copy_from_slice(&addresses[16..]);
    Ok(Header { total, source, destination, word: u32::from_le_bytes([high, low, next, hops - 1]) })
}

/// The checksum after the TTL went down by one: RFC 1624 equation 3, where the word with the TTL
/// goes from m to m - 0x100, so that ~m + m' is always 0xfeff.
#[inline]
pub fn lowered(checksum: u16) -> u16 {
    !(fold(u32::from(!checksum) + 0xfeff) as u16)
}

/// A sum of 16-bit words in ones' complement.
#[inline]
fn fold(sum: u32) -> u32 {
    let sum = (sum & 0xffff) + (sum >> 16);
    (sum & 0xffff) + (sum >> 16)
}

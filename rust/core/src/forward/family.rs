//! What differs between the families once headers are columns.

use super::flow::{self, has_ports};
use super::parse::{ETHERNET, HEADERS4, HEADERS6};
use super::reason::Reason;
use super::special::Special;
use crate::addr::Ip;
use crate::lpm::{Simd, Snapshot};

/// An address, of IPv4 in host order or of IPv6 in network order.
pub trait Family: Copy + Default {
    /// Longest matches, with the given instructions.
    fn lookup(table: &Snapshot, simd: Simd, addresses: &[Self], out: &mut [u32]);
    /// As a number.
    fn ip(self) -> Ip;
    /// Whether the address may be in a special range.
    fn is_near(&self, special: &Special) -> bool;
    /// Lower the hop limit of a frame: the column `word` of its lane says to what.
    fn lower(frame: &mut [u8; HEADERS4], word: u32);
    /// The flow hash of a packet of `total` bytes in a frame that begins with these bytes.
    fn hash(
        seed: u64,
        source: Self,
        destination: Self,
        frame: &[u8],
        total: u32,
    ) -> Result<u64, Reason>;
}

impl Family for u32 {
    #[inline]
    fn lookup(table: &Snapshot, simd: Simd, addresses: &[u32], out: &mut [u32]) {
        table.images().0.lookup4_with(simd, addresses, out);
    }

    fn ip(self) -> Ip {
        Ip::V4(self)
    }

    #[inline]
    fn is_near(&self, special: &Special) -> bool {
        special.is_near4(*self)
    }

    #[inline]
    fn lower(frame: &mut [u8; HEADERS4], word: u32) {
        let [.., ttl, protocol, high, low, _, _, _, _, _, _, _, _] = frame;
        [*ttl, *protocol, *high, *low] = word.to_le_bytes();
    }

    fn hash(
        seed: u64,
        source: u32,
        destination: u32,
        frame: &[u8],
        total: u32,
    ) -> Result<u64, Reason> {
        let Some(header) = frame.first_chunk::<HEADERS4>() else { return Err(Reason::Short) };
        let protocol = header[23];
        let is_fragment = u16::from_be_bytes([header[20], header[21]]) & 0x3fff != 0;
        if is_fragment {
            return Ok(flow::hash4(seed, source, destination, protocol, 0));
        }
        let payload = payload(frame, HEADERS4, total);
        // RFC 1122 3.2.2: destination unreachable, source quench, redirect, time exceeded,
        // parameter problem
        if protocol == 1 && matches!(payload.first(), Some(3 | 4 | 5 | 11 | 12)) {
            return Err(Reason::IcmpError);
        }
        Ok(flow::hash4(seed, source, destination, protocol, ports(protocol, payload)))
    }
}

impl Family for [u8; 16] {
    #[inline]
    fn lookup(table: &Snapshot, simd: Simd, addresses: &[[u8; 16]], out: &mut [u32]) {
        table.images().1.lookup6_with(simd, addresses, out);
    }

    fn ip(self) -> Ip {
        Ip::V6(u128::from_be_bytes(self))
    }

    #[inline]
    fn is_near(&self, special: &Special) -> bool {
        special.is_near6(self)
    }

    #[inline]
    fn lower(frame: &mut [u8; HEADERS4], word: u32) {
        frame[21] = (word >> 24) as u8;
    }

    fn hash(
        seed: u64,
        source: Self,
        destination: Self,
        frame: &[u8],
        total: u32,
    ) -> Result<u64, Reason> {
        let Some(header) = frame.first_chunk::<HEADERS6>() else { return Err(Reason::Short) };
        let next = header[20];
        let label = u32::from_be_bytes([0, header[15] & 0xf, header[16], header[17]]);
        let payload = payload(frame, HEADERS6, total);
        // RFC 4443 2.1: errors have the high bit clear
        if next == 58 && payload.first().is_some_and(|&kind| kind < 128) {
            return Err(Reason::IcmpError);
        }
        let (source, destination) = (u128::from_be_bytes(source), u128::from_be_bytes(destination));
        Ok(flow::hash6(seed, source, destination, label, next, ports(next, payload)))
    }
}

/// What follows the headers, up to the end of the packet.
fn payload(frame: &[u8], headers: usize, total: u32) -> &[u8] {
    frame.get(headers..ETHERNET + total as usize).unwrap_or_default()
}

fn ports(protocol: u8, payload: &[u8]) -> u32 {
    match payload.first_chunk::<4>() {
        Some(ports) if has_ports(protocol) => u32::from_be_bytes(*ports),
        _ => 0,
    }
}

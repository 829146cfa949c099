//! UPDATEs made of attributes and prefixes (RFC 4271 4.3, RFC 4760 3 and 4).

use super::log::{Audience, Block, Message};
use crate::bgp::attributes::{Attributes, codes, push};
use crate::bgp::family::Family;

/// Octets of a header.
pub(super) const HEADER: usize = 19;

/// How messages of a group are made.
#[derive(Clone, Copy, Debug)]
pub struct Packer {
    /// The family.
    pub family: Family,
    /// The longest message.
    pub longest: usize,
    /// AS numbers have four octets.
    pub as4: bool,
    /// Octets of our own next hop, where that is what is told.
    pub hop_length: usize,
}

impl Packer {
    /// Announce prefixes, each `nlri` as it stands in a message. False: the attributes leave no
    /// room for one of them.
    pub fn announce<'a>(
        &self,
        block: &mut Block,
        canonical: &[u8],
        prefixes: impl Iterator<Item = &'a [u8]>,
        audience: Audience,
    ) -> bool {
        let hop = Attributes(canonical).value(codes::NEXT_HOP).unwrap_or_default();
        let is_own = hop.is_empty();
        let hop_length = if is_own { self.hop_length } else { hop.len() };
        let is_classic = self.family == Family::IPV4 && hop_length == 4;
        let attributes = self.attributes(canonical);
        let mut prefixes = prefixes.peekable();
        while prefixes.peek().is_some() {
            let start = block.octets.len();
            let out = &mut block.octets;
            out.extend([0xff; 16]);
            out.extend([0, 0, 2, 0, 0, 0, 0]);
            let mut hop_at = 0;
            let room = self.room(hop_length, attributes.len());
            let mut taken = 0;
            let nlri_at;
            if is_classic {
                // 5.1.3 stands where it does by its type: after ORIGIN and AS_PATH
                let split = before(&attributes, codes::NEXT_HOP);
                out.extend_from_slice(attributes.get(..split).unwrap_or_default());
                out.extend([codes::TRANSITIVE, codes::NEXT_HOP, 4]);
                hop_at = if is_own { out.len() } else { 0 };
                out.extend_from_slice(if is_own { &[0; 4] } else { hop });
                out.extend_from_slice(attributes.get(split..).unwrap_or_default());
                let length = out.len() - start - HEADER - 4;
                set16(out, start + HEADER + 2, length);
                nlri_at = out.len();
            } else {
                // RFC 7606 5.1: MP_REACH_NLRI comes first
                out.extend([codes::OPTIONAL | codes::EXTENDED, codes::MP_REACH_NLRI, 0, 0]);
                out.extend(self.family.afi.to_be_bytes());
                out.extend([self.family.safi, hop_length as u8]);
                hop_at = if is_own { out.len() } else { hop_at };
                if is_own {
                    out.resize(out.len() + hop_length, 0);
                } else {
                    out.extend_from_slice(hop);
                }
                out.push(0);
                nlri_at = out.len();
            }
            while let Some(one) = prefixes.next_if(|one| taken + one.len() <= room) {
                out.extend_from_slice(one);
                taken += one.len();
            }
            if taken == 0 {
                out.truncate(start);
                return false;
            }
            if !is_classic {
                let length = out.len() - start - HEADER - 4 - 4;
                set16(out, start + HEADER + 6, length);
                out.extend_from_slice(&attributes);
                let length = out.len() - start - HEADER - 4;
                set16(out, start + HEADER + 2, length);
            }
            debug_assert!(nlri_at > start);
            finish(block, start, hop_at, audience);
        }
        true
    }

    /// Withdraw prefixes.
    pub fn withdraw<'a>(
        &self,
        block: &mut Block,
        prefixes: impl Iterator<Item = &'a [u8]>,
        audience: Audience,
    ) {
        let is_classic = self.family == Family::IPV4;
        let fixed = if is_classic { HEADER + 4 } else { HEADER + 4 + 7 };
        let room = self.longest.saturating_sub(fixed);
        let mut prefixes = prefixes.filter(|one| one.len() <= room).peekable();
        while prefixes.peek().is_some() {
            let start = block.octets.len();
            let out = &mut block.octets;
            out.extend([0xff; 16]);
            out.extend([0, 0, 2, 0, 0]);
            if !is_classic {
                out.extend([0, 0]);
                out.extend([codes::OPTIONAL | codes::EXTENDED, codes::MP_UNREACH_NLRI, 0, 0]);
                out.extend(self.family.afi.to_be_bytes());
                out.push(self.family.safi);
            }
            let mut taken = 0;
            while let Some(one) = prefixes.next_if(|one| taken + one.len() <= room) {
                out.extend_from_slice(one);
                taken += one.len();
            }
            if is_classic {
                set16(out, start + HEADER, taken);
                out.extend([0, 0]);
            } else {
                set16(out, start + HEADER + 2, taken + 7);
                set16(out, start + HEADER + 6, taken + 3);
            }
            finish(block, start, 0, audience);
        }
    }

    /// That all was told (RFC 4724 2).
    #[must_use]
    pub fn end_of_rib(&self) -> Vec<u8> {
        let mut block = Block::default();
        let out = &mut block.octets;
        out.extend([0xff; 16]);
        out.extend([0, 0, 2, 0, 0]);
        if self.family == Family::IPV4 {
            out.extend([0, 0]);
        } else {
            out.extend([0, 6, codes::OPTIONAL, codes::MP_UNREACH_NLRI, 3]);
            out.extend(self.family.afi.to_be_bytes());
            out.push(self.family.safi);
        }
        finish(&mut block, 0, 0, Audience::All);
        block.octets
    }

    /// A ROUTE-REFRESH with a subtype (RFC 7313 3.2): 1, all is told again from here; 2, it was.
    #[must_use]
    pub fn marker(&self, subtype: u8) -> [u8; 23] {
        let [high, low] = self.family.afi.to_be_bytes();
        let mut message = [0xff; 23];
        let body = [0, 23, 5, high, low, subtype, self.family.safi];
        message.iter_mut().skip(16).zip(body).for_each(|(to, from)| *to = from);
        message
    }

    /// Whether a message has room for canonical bytes and a prefix of so many octets.
    #[must_use]
    pub fn leaves_room(&self, canonical: &[u8], prefix: usize) -> bool {
        let hop = Attributes(canonical).value(codes::NEXT_HOP).unwrap_or_default();
        let hop_length = if hop.is_empty() { self.hop_length } else { hop.len() };
        self.room(hop_length, self.attributes(canonical).len()) >= prefix
    }

    /// Octets for prefixes, beside a next hop and other attributes of so many octets.
    fn room(&self, hop_length: usize, attributes: usize) -> usize {
        let is_classic = self.family == Family::IPV4 && hop_length == 4;
        // NEXT_HOP, or MP_REACH_NLRI up to its prefixes (RFC 4760 3)
        let hop = if is_classic { 3 + hop_length } else { 4 + 5 + hop_length };
        self.longest.saturating_sub(HEADER + 4 + attributes + hop)
    }

    /// In wire form, without the next hop, and with AS numbers of two octets where need be.
    fn attributes(&self, canonical: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(canonical.len() + 8);
        for one in Attributes(canonical) {
            match one.code {
                codes::NEXT_HOP | codes::WEIGHT | codes::MP_REACH_NLRI => {}
                codes::AS_PATH if !self.as4 => narrow_path(&mut out, one.flags, one.value),
                codes::AGGREGATOR if !self.as4 => narrow_aggregator(&mut out, one.flags, one.value),
                _ => push(&mut out, one.flags, one.code, one.value),
            }
        }
        if !self.as4 {
            add_as4(&mut out, canonical);
        }
        out
    }
}

const AS_TRANS: u16 = 23_456;

fn narrow(number: u32) -> [u8; 2] {
    u16::try_from(number).unwrap_or(AS_TRANS).to_be_bytes()
}

/// RFC 6793 4.2.2.
fn narrow_path(out: &mut Vec<u8>, flags: u8, value: &[u8]) {
    let mut made = Vec::with_capacity(value.len() / 2 + 2);
    for segment in crate::bgp::attributes::as_path::Segments(value) {
        made.extend([segment.kind, segment.numbers().len() as u8]);
        made.extend(segment.numbers().flat_map(narrow));
    }
    push(out, flags, codes::AS_PATH, &made);
}

fn narrow_aggregator(out: &mut Vec<u8>, flags: u8, value: &[u8]) {
    if let Some((asn, address)) = value.split_first_chunk::<4>() {
        let mut made = narrow(u32::from_be_bytes(*asn)).to_vec();
        made.extend_from_slice(address);
        push(out, flags, codes::AGGREGATOR, &made);
    }
}

/// AS4_PATH and AS4_AGGREGATOR, where something does not fit in two octets.
fn add_as4(out: &mut Vec<u8>, canonical: &[u8]) {
    let optional = codes::OPTIONAL | codes::TRANSITIVE;
    let path = Attributes(canonical).value(codes::AS_PATH).unwrap_or_default();
    let mut made = Vec::new();
    let mut is_wide = false;
    for segment in crate::bgp::attributes::as_path::Segments(path) {
        if !segment.is_confederation() {
            is_wide |= segment.numbers().any(|number| number > 0xffff);
            made.extend([segment.kind, segment.numbers().len() as u8]);
            made.extend(segment.numbers().flat_map(u32::to_be_bytes));
        }
    }
    if is_wide {
        push(out, optional, codes::AS4_PATH, &made);
    }
    let aggregator = Attributes(canonical).value(codes::AGGREGATOR).unwrap_or_default();
    if aggregator.len() == 8 && !aggregator.starts_with(&[0, 0]) {
        push(out, optional, codes::AS4_AGGREGATOR, aggregator);
    }
}

/// Where attributes of this type and above begin.
fn before(attributes: &[u8], code: u8) -> usize {
    let mut rest = Attributes(attributes);
    loop {
        let left = rest.0.len();
        match rest.next() {
            Some(one) if one.code < code => {}
            _ => return attributes.len() - left,
        }
    }
}

fn set16(out: &mut [u8], at: usize, value: usize) {
    if let Some(place) = out.get_mut(at..at + 2) {
        place.copy_from_slice(&(value as u16).to_be_bytes());
    }
}

fn finish(block: &mut Block, start: usize, hop_at: usize, audience: Audience) {
    let end = block.octets.len();
    set16(&mut block.octets, start + 16, end - start);
    block.messages.push(Message { end: end as u32, hop_at: hop_at as u32, audience });
}

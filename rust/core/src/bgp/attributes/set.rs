//! `AttributeSet`: canonical bytes and what is asked of them all the time.

use super::as_path::{self, Measured};
use super::codes;
use crate::bgp::next_hops::NextHopId;
use crate::bgp::peer::PeerId;

/// One attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attribute<'a> {
    /// Its flags, without the one of the extended length.
    pub flags: u8,
    /// Its type, of `codes`.
    pub code: u8,
    /// Its value.
    pub value: &'a [u8],
}

/// The attributes of bytes in wire form; ends before what is cut short.
#[derive(Clone, Copy, Debug)]
pub struct Attributes<'a>(pub &'a [u8]);

impl<'a> Attributes<'a> {
    /// The value of the first attribute of a type.
    #[must_use]
    pub fn value(self, code: u8) -> Option<&'a [u8]> {
        { self }.find(|one| one.code == code).map(|one| one.value)
    }
}

impl<'a> Iterator for Attributes<'a> {
    type Item = Attribute<'a>;

    #[inline]
    fn next(&mut self) -> Option<Attribute<'a>> {
        let (&[flags, code], rest) = self.0.split_first_chunk()?;
        let (length, rest) = if flags & codes::EXTENDED == 0 {
            let (&length, rest) = rest.split_first()?;
            (usize::from(length), rest)
        } else {
            let (&length, rest) = rest.split_first_chunk()?;
            (usize::from(u16::from_be_bytes(length)), rest)
        };
        let (value, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(Attribute { flags: flags & !codes::EXTENDED, code, value })
    }
}

const MED: u8 = 1;
const LOCAL_PREF: u8 = 2;
const ORIGINATOR: u8 = 4;

/// What the rules of choice ask of a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Of the AS_PATH.
    pub path: Measured,
    /// ORIGIN; `INCOMPLETE` where there is none.
    pub origin: u8,
    /// How many clusters the CLUSTER_LIST has.
    pub clusters: u16,
    med: u32,
    local_pref: u32,
    originator: u32,
    /// Which of those three there are: there are hundreds of thousands of sets.
    known: u8,
    /// Ours; 0 where there is none.
    pub weight: u32,
    /// LLGR_STALE is among its communities: the last choice (RFC 9494 4.3).
    pub is_long_lived_stale: bool,
    /// Bit n: there is an attribute of type n, below 64.
    pub present: u64,
}

impl Summary {
    /// Of canonical bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let mut found = Self { origin: codes::INCOMPLETE, ..Self::default() };
        for Attribute { code, value, .. } in Attributes(bytes) {
            if code < 64 {
                found.present |= 1 << code;
            }
            match code {
                codes::WEIGHT => found.weight = number(value).unwrap_or(0),
                codes::ORIGIN => found.origin = value.first().copied().unwrap_or(found.origin),
                codes::AS_PATH => found.path = as_path::measure(value),
                codes::MED => found.med = found.note(MED, value),
                codes::LOCAL_PREF => found.local_pref = found.note(LOCAL_PREF, value),
                codes::ORIGINATOR_ID => found.originator = found.note(ORIGINATOR, value),
                codes::COMMUNITIES => {
                    let stale = codes::LLGR_STALE.to_be_bytes();
                    found.is_long_lived_stale = value.chunks_exact(4).any(|one| one == stale);
                }
                codes::CLUSTER_LIST => found.clusters = (value.len() / 4) as u16,
                _ => {}
            }
        }
        found
    }

    /// The number that a value is, noted as known; 0 where it is none.
    fn note(&mut self, which: u8, value: &[u8]) -> u32 {
        let found = number(value);
        self.known = if found.is_some() { self.known | which } else { self.known & !which };
        found.unwrap_or(0)
    }

    /// MULTI_EXIT_DISC.
    #[inline]
    #[must_use]
    pub fn med(&self) -> Option<u32> {
        (self.known & MED != 0).then_some(self.med)
    }

    /// LOCAL_PREF.
    #[inline]
    #[must_use]
    pub fn local_pref(&self) -> Option<u32> {
        (self.known & LOCAL_PREF != 0).then_some(self.local_pref)
    }

    /// ORIGINATOR_ID.
    #[inline]
    #[must_use]
    pub fn originator(&self) -> Option<u32> {
        (self.known & ORIGINATOR != 0).then_some(self.originator)
    }

    /// Whether there is an attribute of a type below 64.
    #[must_use]
    pub const fn has(&self, code: u8) -> bool {
        code < 64 && self.present >> code & 1 == 1
    }
}

fn number(value: &[u8]) -> Option<u32> {
    Some(u32::from_be_bytes(value.try_into().ok()?))
}

/// Attributes that some paths have in common.
#[derive(Clone, Debug)]
pub struct AttributeSet {
    pub(super) bytes: Box<[u8]>,
    /// What is asked of them all the time.
    pub summary: Summary,
    /// The next hop.
    pub next_hop: NextHopId,
    pub(super) uses: u32,
    /// Who said it first, and answers for its octets.
    pub(super) owner: PeerId,
    /// Tells it from those that had its number before.
    pub born: u32,
}

impl AttributeSet {
    /// The canonical bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How often it is used: twice by each path, as it came and as it is taken.
    #[must_use]
    pub const fn uses(&self) -> u32 {
        self.uses
    }

    /// Each attribute, by ascending type.
    #[must_use]
    pub fn attributes(&self) -> Attributes<'_> {
        Attributes(&self.bytes)
    }

    /// The value of an attribute.
    #[must_use]
    pub fn value(&self, code: u8) -> Option<&[u8]> {
        if code < 64 && !self.summary.has(code) {
            return None;
        }
        self.attributes().value(code)
    }

    /// The standard communities (RFC 1997), as they stand there.
    pub fn communities(&self) -> impl Iterator<Item = u32> {
        let value = self.value(codes::COMMUNITIES).unwrap_or_default();
        value.chunks_exact(4).filter_map(number)
    }
}

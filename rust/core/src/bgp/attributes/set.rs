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
const HAS_SET: u8 = 4;
const LONG_LIVED_STALE: u8 = 8;
/// There are attributes of types 32 to 63.
const HIGH: u8 = 16;

/// What the rules of choice ask of a set, in few octets: there are hundreds of thousands of sets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    neighbor: u32,
    from: u32,
    med: u32,
    local_pref: u32,
    /// Bit n: there is an attribute of type n.
    present: u32,
    length: u16,
    /// ORIGIN; `INCOMPLETE` where there is none.
    pub origin: u8,
    known: u8,
}

const _: () = assert!(size_of::<Summary>() == 24 && size_of::<Option<AttributeSet>>() == 56);

impl Summary {
    /// Of canonical bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let mut found = Self { origin: codes::INCOMPLETE, ..Self::default() };
        for Attribute { code, value, .. } in Attributes(bytes) {
            match code {
                0..32 => found.present |= 1 << code,
                32..64 => found.known |= HIGH,
                _ => {}
            }
            match code {
                codes::ORIGIN => found.origin = value.first().copied().unwrap_or(found.origin),
                codes::AS_PATH => found.measure(value),
                codes::MED => found.med = found.note(MED, value),
                codes::LOCAL_PREF => found.local_pref = found.note(LOCAL_PREF, value),
                codes::COMMUNITIES => {
                    let stale = codes::LLGR_STALE.to_be_bytes();
                    let is_stale = value.chunks_exact(4).any(|one| one == stale);
                    found.mark(LONG_LIVED_STALE, is_stale);
                }
                _ => {}
            }
        }
        found
    }

    fn measure(&mut self, path: &[u8]) {
        let Measured { length, neighbor, origin, has_set } = as_path::measure(path);
        (self.length, self.neighbor, self.from) = (length, neighbor, origin);
        self.mark(HAS_SET, has_set);
    }

    /// The number that a value is, noted as known; 0 where it is none.
    fn note(&mut self, which: u8, value: &[u8]) -> u32 {
        let found = number(value);
        self.mark(which, found.is_some());
        found.unwrap_or(0)
    }

    fn mark(&mut self, which: u8, is_so: bool) {
        self.known = if is_so { self.known | which } else { self.known & !which };
    }

    const fn is(&self, which: u8) -> bool {
        self.known & which != 0
    }

    /// Of the AS_PATH.
    #[inline]
    #[must_use]
    pub const fn path(&self) -> Measured {
        let (length, neighbor, origin) = (self.length, self.neighbor, self.from);
        Measured { length, neighbor, origin, has_set: self.is(HAS_SET) }
    }

    /// MULTI_EXIT_DISC.
    #[inline]
    #[must_use]
    pub fn med(&self) -> Option<u32> {
        self.is(MED).then_some(self.med)
    }

    /// LOCAL_PREF.
    #[inline]
    #[must_use]
    pub fn local_pref(&self) -> Option<u32> {
        self.is(LOCAL_PREF).then_some(self.local_pref)
    }

    /// LLGR_STALE is among its communities: the last choice (RFC 9494 4.3).
    #[inline]
    #[must_use]
    pub const fn is_long_lived_stale(&self) -> bool {
        self.is(LONG_LIVED_STALE)
    }

    /// Whether there may be an attribute of a type.
    #[inline]
    const fn may_have(&self, code: u8) -> bool {
        match code {
            0..32 => self.present >> code & 1 == 1,
            32..64 => self.is(HIGH),
            _ => true,
        }
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
    #[inline]
    #[must_use]
    pub fn value(&self, code: u8) -> Option<&[u8]> {
        if self.summary.may_have(code) { self.attributes().value(code) } else { None }
    }

    /// Whether there is an attribute of a type.
    #[inline]
    #[must_use]
    pub fn has(&self, code: u8) -> bool {
        self.value(code).is_some()
    }

    /// Ours; 0 where there is none.
    #[inline]
    #[must_use]
    pub fn weight(&self) -> u32 {
        self.value(codes::WEIGHT).and_then(number).unwrap_or(0)
    }

    /// ORIGINATOR_ID.
    #[inline]
    #[must_use]
    pub fn originator(&self) -> Option<u32> {
        self.value(codes::ORIGINATOR_ID).and_then(number)
    }

    /// How many clusters the CLUSTER_LIST has.
    #[inline]
    #[must_use]
    pub fn clusters(&self) -> u16 {
        self.value(codes::CLUSTER_LIST).map_or(0, |value| (value.len() / 4) as u16)
    }

    /// The standard communities (RFC 1997), as they stand there.
    pub fn communities(&self) -> impl Iterator<Item = u32> {
        let value = self.value(codes::COMMUNITIES).unwrap_or_default();
        value.chunks_exact(4).filter_map(number)
    }
}

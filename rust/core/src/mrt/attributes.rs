//! Path attributes (RFC 4271 4.3) as a RIB dump holds them (RFC 6396 4.3.4).
//!
//! Attribute: flags (8: 0x10 extended length), type (8), length (8 or 16), value.
//!
//! [`scan`] checks every attribute and finds the origin AS without allocating: it runs for every
//! entry of a dump. [`Attributes::decode`] makes the value: it runs once per distinct attributes.

use super::DecodeError;
use super::path::{AsPath, AsSize, origin_of, speaker};
use super::reader::Reader;
use crate::addr::Ip;

/// ORIGIN (RFC 4271 5.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// Interior to the originating AS.
    Igp,
    /// Learned by EGP.
    Egp,
    /// By other means.
    Incomplete,
}

/// AGGREGATOR (RFC 4271 5.1.7): who formed the aggregate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Aggregator {
    /// Its AS number.
    pub asn: u32,
    /// Its address.
    pub address: Ip,
}

/// What the attributes of one entry say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Attributes {
    /// ORIGIN.
    pub origin: Option<Origin>,
    /// AS_PATH; AS4_PATH merged in where AS numbers are two bytes wide.
    pub as_path: AsPath,
    /// NEXT_HOP, or the global next hop of MP_REACH_NLRI.
    pub next_hop: Option<Ip>,
    /// MULTI_EXIT_DISC.
    pub med: Option<u32>,
    /// LOCAL_PREF.
    pub local_pref: Option<u32>,
    /// ATOMIC_AGGREGATE.
    pub atomic_aggregate: bool,
    /// AGGREGATOR.
    pub aggregator: Option<Aggregator>,
    /// COMMUNITIES (RFC 1997).
    pub communities: Vec<u32>,
    /// LARGE_COMMUNITY (RFC 8092).
    pub large_communities: Vec<[u32; 3]>,
}

const ORIGIN: u8 = 1;
const AS_PATH: u8 = 2;
const NEXT_HOP: u8 = 3;
const MULTI_EXIT_DISC: u8 = 4;
const LOCAL_PREF: u8 = 5;
const ATOMIC_AGGREGATE: u8 = 6;
const AGGREGATOR: u8 = 7;
const COMMUNITIES: u8 = 8;
const MP_REACH_NLRI: u8 = 14;
const EXTENDED_COMMUNITIES: u8 = 16;
const AS4_PATH: u8 = 17;
const AS4_AGGREGATOR: u8 = 18;
const LARGE_COMMUNITY: u8 = 32;

const EXTENDED_LENGTH: u8 = 0x10;
const AS_TRANS: u32 = 23456;

/// Check all attributes; say which AS originates the route of a peer in AS `own`.
pub fn scan(attributes: &Reader<'_>, size: AsSize, own: u32) -> Result<Option<u32>, DecodeError> {
    if size == AsSize::Two {
        // AS4_PATH may replace the origin: old, small dumps can afford the whole decoding
        return Attributes::decode(attributes, size).map(|found| found.as_path.origin(own));
    }
    let mut origin = speaker(own);
    each(attributes, |kind, value| {
        if kind == AS_PATH {
            origin = origin_of(&value, size, own)?;
            return Ok(());
        }
        check(kind, &value, size)
    })?;
    Ok(origin)
}

/// The lengths and values that decoding relies on.
fn check(kind: u8, value: &Reader<'_>, size: AsSize) -> Result<(), DecodeError> {
    let found = value.left() as u64;
    let wrong = |expected| Err(value.error("attribute length", found, expected));
    match kind {
        ORIGIN => origin(value).map(drop),
        AS_PATH => origin_of(value, size, 0).map(drop),
        AS4_PATH => origin_of(value, AsSize::Four, 0).map(drop),
        NEXT_HOP | MULTI_EXIT_DISC | LOCAL_PREF if found != 4 => wrong("4"),
        ATOMIC_AGGREGATE if found != 0 => wrong("0"),
        AGGREGATOR if found != 6 && found != 8 => wrong("6 or 8"),
        AS4_AGGREGATOR if found != 8 => wrong("8"),
        COMMUNITIES if !found.is_multiple_of(4) => wrong("a multiple of 4"),
        EXTENDED_COMMUNITIES if !found.is_multiple_of(8) => wrong("a multiple of 8"),
        LARGE_COMMUNITY if !found.is_multiple_of(12) => wrong("a multiple of 12"),
        MP_REACH_NLRI => mp_next_hop(value).map(drop),
        _ => Ok(()),
    }
}

/// Walk the attributes: type and value.
fn each<'a>(
    attributes: &Reader<'a>,
    mut take: impl FnMut(u8, Reader<'a>) -> Result<(), DecodeError>,
) -> Result<(), DecodeError> {
    let mut reader = attributes.clone().under("RFC 4271 4.3");
    while !reader.is_empty() {
        let flags = reader.u8("attribute flags")?;
        let kind = reader.u8("attribute type")?;
        let length = match flags & EXTENDED_LENGTH {
            0 => reader.u8("attribute length")?.into(),
            _ => reader.u16("attribute length")?,
        };
        take(kind, reader.part(length.into(), "attribute length")?)?;
    }
    Ok(())
}

impl Attributes {
    /// Decode all attributes of an entry. Of an attribute that stands twice the first counts
    /// (RFC 7606 3 g).
    pub(super) fn decode(reader: &Reader<'_>, size: AsSize) -> Result<Attributes, DecodeError> {
        let mut found = Attributes::default();
        let mut as4_path = None;
        let mut as4_aggregator = None;
        let mut seen = [0u64; 4];
        each(reader, |kind, mut value| {
            check(kind, &value, size)?;
            let bit = 1u64 << (kind % 64);
            let word = &mut seen[usize::from(kind / 64)];
            if *word & bit != 0 {
                return Ok(());
            }
            *word |= bit;
            match kind {
                ORIGIN => found.origin = Some(origin(&value)?),
                AS_PATH => found.as_path = AsPath::decode(&value, size)?,
                NEXT_HOP => found.next_hop = Some(value.ip4("next hop")?),
                MULTI_EXIT_DISC => found.med = Some(value.u32("MED")?),
                LOCAL_PREF => found.local_pref = Some(value.u32("local preference")?),
                ATOMIC_AGGREGATE => found.atomic_aggregate = true,
                AGGREGATOR => found.aggregator = Some(aggregator(&mut value)?),
                COMMUNITIES => found.communities = words(&mut value)?,
                LARGE_COMMUNITY => {
                    let words = words(&mut value)?;
                    found.large_communities = words.as_chunks().0.to_vec();
                }
                MP_REACH_NLRI => found.next_hop = mp_next_hop(&value)?.or(found.next_hop),
                AS4_PATH => as4_path = Some(AsPath::decode(&value, AsSize::Four)?),
                AS4_AGGREGATOR => {
                    as4_aggregator = Some(aggregator(&mut value)?);
                }
                _ => {}
            }
            Ok(())
        })?;
        if size == AsSize::Two {
            found.widen(as4_path, as4_aggregator);
        }
        Ok(found)
    }

    /// Put what AS4_PATH and AS4_AGGREGATOR say in its place (RFC 6793 4.2.3).
    fn widen(&mut self, path: Option<AsPath>, aggregator: Option<Aggregator>) {
        if aggregator.is_some() && self.aggregator.is_some_and(|two| two.asn != AS_TRANS) {
            return; // the aggregate was formed behind the AS4 attributes' back: ignore both
        }
        if let Some(path) = path {
            self.as_path = std::mem::take(&mut self.as_path).merged(path);
        }
        self.aggregator = aggregator.or(self.aggregator);
    }
}

fn origin(value: &Reader<'_>) -> Result<Origin, DecodeError> {
    match value.rest() {
        [0] => Ok(Origin::Igp),
        [1] => Ok(Origin::Egp),
        [2] => Ok(Origin::Incomplete),
        [other] => Err(value.error("origin", (*other).into(), "0, 1 or 2")),
        bytes => Err(value.error("attribute length", bytes.len() as u64, "1")),
    }
}

/// Its length tells the width of the AS number: OpenBGPD writes four bytes even in TABLE_DUMP.
fn aggregator(value: &mut Reader<'_>) -> Result<Aggregator, DecodeError> {
    let size = if value.left() == 6 { AsSize::Two } else { AsSize::Four };
    Ok(Aggregator { asn: size.read(value)?, address: value.ip4("aggregator address")? })
}

fn words(value: &mut Reader<'_>) -> Result<Vec<u32>, DecodeError> {
    (0..value.left() / 4).map(|_| value.u32("community")).collect()
}

/// The next hop of MP_REACH_NLRI: its length and itself (RFC 6396 4.3.4), or the full attribute
/// of RFC 4760 3, which starts with the zero byte of an address family. Of a global and a
/// link-local address (RFC 2545 3) the global one counts; a next hop with a route distinguisher
/// or of another family gives `None`.
fn mp_next_hop(value: &Reader<'_>) -> Result<Option<Ip>, DecodeError> {
    let mut reader = value.clone().under("RFC 6396 4.3.4");
    if reader.left() >= 5 && reader.rest().first() == Some(&0) {
        reader = reader.under("RFC 4760 3");
        reader.u16("address family")?;
        reader.u8("subsequent address family")?;
    }
    let length = reader.u8("next hop length")?;
    let mut hop = reader.part(length.into(), "next hop length")?;
    match length {
        4 => hop.ip4("next hop").map(Some),
        16 | 32 => hop.ip6("next hop").map(Some),
        _ => Ok(None),
    }
}

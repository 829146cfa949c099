//! Link state advertisements as bytes: what names one, its header, which of two is newer.
//!
//! ```text
//!  0                   1                   2                   3
//! |            age                | options (2)   |   type (2)    |
//! |            age                |          type (3)             |
//! |                        link state id                          |
//! |                     advertising router                        |
//! |                       sequence number                         |
//! |           checksum            |            length             |
//! ```
//! RFC 2328 A.4.1, RFC 5340 A.4.2. An LSA is held without its age, two octets of 0: so the same
//! instance is the same bytes at every router, and the database knows how old it is.

use std::cmp::Ordering;
use std::sync::Arc;

use super::checksum;

/// Octets of a header.
pub const HEADER: usize = 20;
/// Octets of the longest LSA.
pub const LONGEST: usize = 65535;
/// In seconds: as old as an LSA gets (RFC 2328 appendix B).
pub const MAX_AGE: u16 = 3600;
/// In seconds: ages that differ by more are of different instances (RFC 2328 appendix B).
pub const MAX_AGE_DIFF: u16 = 900;
/// The greatest sequence number (RFC 2328 12.1.6).
pub const MAX_SEQUENCE: i32 = i32::MAX;

/// Which protocol: formats and the numbers of types differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// RFC 2328.
    V2,
    /// RFC 5340.
    V3,
}

/// How far an LSA is flooded (RFC 5250 3, RFC 5340 A.4.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// To the routers of one link.
    Link,
    /// Through one area.
    Area,
    /// Through all areas but stubs.
    As,
}

/// What names an LSA within its scope (RFC 2328 12.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LsaKey {
    /// The type: an octet in version 2, in version 3 with U and scope bits.
    pub kind: u16,
    /// The link state id.
    pub id: u32,
    /// The advertising router.
    pub router: u32,
}

/// The header of an LSA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// In seconds, at most `MAX_AGE`; the DoNotAge bit (RFC 1793) is not looked at.
    pub age: u16,
    /// Version 2; 0 in version 3.
    pub options: u8,
    /// Type, id and router.
    pub key: LsaKey,
    /// Greater is newer.
    pub sequence: i32,
    /// Fletcher's, as it stands there.
    pub checksum: u16,
    /// Octets of the LSA with this header, as it stands there.
    pub length: u16,
}

/// An LSA that changed in what it says: its bytes without age; `None` when it is gone or MaxAge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LsaChange {
    /// 0 for the AS, else the caller's number of an area or link.
    pub scope: u32,
    /// Which LSA.
    pub key: LsaKey,
    /// What it says now.
    pub lsa: Option<Arc<[u8]>>,
}

impl Version {
    /// How far LSAs of a type are flooded; `None` where it says a type or scope that is not known.
    ///
    /// A type of version 3 that is not known stays on its link unless its U bit is set (RFC 5340
    /// 4.5.2); in version 2 it is not taken at all (RFC 2328 13, step 2).
    #[must_use]
    pub fn reach(self, kind: u16) -> Option<Reach> {
        match (self, kind) {
            (Version::V2, 1..=4 | 7 | 10) => Some(Reach::Area),
            (Version::V2, 5 | 11) => Some(Reach::As),
            (Version::V2, 9) => Some(Reach::Link),
            (Version::V2, _) => None,
            (Version::V3, _) if kind & 0x6000 == 0x6000 => None,
            (Version::V3, 0x2001..=0x2004 | 0x2007 | 0x2009) => Some(Reach::Area),
            (Version::V3, 0x4005) => Some(Reach::As),
            (Version::V3, 0x8000..) if kind & 0x2000 != 0 => Some(Reach::Area),
            (Version::V3, 0x8000..) if kind & 0x4000 != 0 => Some(Reach::As),
            (Version::V3, _) => Some(Reach::Link),
        }
    }

    /// Whether LSAs of a type go only to neighbours that take opaque ones (RFC 5250 3).
    #[must_use]
    pub fn is_opaque(self, kind: u16) -> bool {
        self == Version::V2 && (9..=11).contains(&kind)
    }
}

fn half(data: &[u8; HEADER], at: usize) -> u16 {
    u16::from_be_bytes([data[at], data[at + 1]])
}

fn word(data: &[u8; HEADER], at: usize) -> u32 {
    u32::from_be_bytes([data[at], data[at + 1], data[at + 2], data[at + 3]])
}

impl Header {
    /// The header that stands first in `data`; `None` if that is too short.
    #[must_use]
    pub fn read(version: Version, data: &[u8]) -> Option<Header> {
        let data = data.first_chunk::<HEADER>()?;
        let (options, kind) = match version {
            Version::V2 => (data[2], u16::from(data[3])),
            Version::V3 => (0, half(data, 2)),
        };
        Some(Header {
            age: (half(data, 0) & 0x7fff).min(MAX_AGE),
            options,
            key: LsaKey { kind, id: word(data, 4), router: word(data, 8) },
            sequence: word(data, 12).cast_signed(),
            checksum: half(data, 16),
            length: half(data, 18),
        })
    }

    /// Whether it is as old as an LSA gets, so that it says that the LSA is to go.
    #[must_use]
    pub fn is_max_age(&self) -> bool {
        self.age >= MAX_AGE
    }

    /// `Greater` if this instance is newer than the other, `Equal` if both are the same
    /// (RFC 2328 13.1).
    #[must_use]
    pub fn compare(&self, other: &Header) -> Ordering {
        let by_age = || match (self.is_max_age(), other.is_max_age()) {
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            _ if self.age.abs_diff(other.age) > MAX_AGE_DIFF => other.age.cmp(&self.age),
            _ => Ordering::Equal,
        };
        (self.sequence.cmp(&other.sequence))
            .then(self.checksum.cmp(&other.checksum))
            .then_with(by_age)
    }
}

/// The first LSA in `data`, with its header, and what follows; `None` if its length does not fit.
#[must_use]
pub fn split(version: Version, data: &[u8]) -> Option<(Header, &[u8], &[u8])> {
    let header = Header::read(version, data)?;
    let length = usize::from(header.length);
    if length < HEADER {
        return None;
    }
    let (lsa, rest) = data.split_at_checked(length)?;
    Some((header, lsa, rest))
}

/// What follows the header; nothing if there is not even one.
#[must_use]
pub fn body(lsa: &[u8]) -> &[u8] {
    lsa.get(HEADER..).unwrap_or_default()
}

/// Whether two instances, neither MaxAge, say the same: all but age, sequence and checksum
/// (RFC 2328 13.2).
#[must_use]
pub fn is_same_content(one: &[u8], other: &[u8]) -> bool {
    one.get(2..4) == other.get(2..4) && body(one) == body(other)
}

/// Whether length and checksum of a whole LSA are right.
#[must_use]
pub fn is_sound(version: Version, lsa: &[u8]) -> bool {
    split(version, lsa).is_some_and(|(_, _, rest)| rest.is_empty()) && checksum::is_right(lsa)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: LsaKey = LsaKey { kind: 1, id: 0x0a00_0001, router: 0x0a00_0001 };

    fn header(sequence: i32, checksum: u16, age: u16) -> Header {
        Header { age, options: 2, key: KEY, sequence, checksum, length: 24 }
    }

    #[test]
    fn sequence_then_checksum_then_age_tell_what_is_newer() {
        let old = header(-0x7fff_ffff, 9, 5);
        assert_eq!(header(-0x7fff_fffe, 1, 5).compare(&old), Ordering::Greater);
        assert_eq!(header(1, 1, 5).compare(&header(-1, 9, 5)), Ordering::Greater);
        assert_eq!(header(-0x7fff_ffff, 10, 5).compare(&old), Ordering::Greater);
        assert_eq!(header(-0x7fff_ffff, 9, 3600).compare(&old), Ordering::Greater);
        assert_eq!(header(-0x7fff_ffff, 9, 905).compare(&old), Ordering::Equal);
        assert_eq!(header(-0x7fff_ffff, 9, 906).compare(&old), Ordering::Less);
        assert_eq!(old.compare(&header(-0x7fff_ffff, 9, 906)), Ordering::Greater);
        assert_eq!(header(0, 0, 3600).compare(&header(0, 0, 3600)), Ordering::Equal);
    }

    #[test]
    fn header_is_read_as_its_version_has_it() {
        let mut data = [0; 24];
        data[..20].copy_from_slice(&[
            0x8e, 0x10, 0x20, 0x09, 10, 0, 0, 1, 10, 0, 0, 2, 0x80, 0, 0, 1, 0xab, 0xcd, 0, 24,
        ]);
        let (v2, lsa, rest) = split(Version::V2, &data).expect("its length fits");
        assert_eq!((v2.age, v2.options, v2.key.kind), (3600, 0x20, 9));
        assert_eq!((v2.key.id, v2.key.router), (0x0a00_0001, 0x0a00_0002));
        assert_eq!((v2.sequence, v2.checksum, v2.length), (-0x7fff_ffff, 0xabcd, 24));
        assert_eq!((lsa.len(), rest.len()), (24, 0));
        assert_eq!(Header::read(Version::V3, &data).map(|h| h.key.kind), Some(0x2009));
        assert_eq!(split(Version::V2, &data[..23]), None);
        data[19] = 19;
        assert_eq!(split(Version::V2, &data), None);
    }

    #[test]
    fn reach_follows_type_and_bits() {
        let of = |kind| Version::V3.reach(kind);
        assert_eq!(
            [of(0x2001), of(0x4005), of(0x0008)].map(|one| one.map(|r| r as u8)),
            [Some(1), Some(2), Some(0)]
        );
        assert_eq!(of(0x2042), Some(Reach::Link), "not known, and no U bit");
        assert_eq!(of(0x4042), Some(Reach::Link));
        assert_eq!(of(0xa042), Some(Reach::Area));
        assert_eq!(of(0xc042), Some(Reach::As));
        assert_eq!(of(0x8042), Some(Reach::Link));
        assert_eq!((of(0x6001), of(0xe001)), (None, None));
        assert_eq!(Version::V2.reach(6), None);
        assert_eq!(Version::V2.reach(0x101), None);
        assert_eq!(Version::V2.reach(11), Some(Reach::As));
    }
}

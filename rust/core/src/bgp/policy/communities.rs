//! Patterns of communities of every sort, and lists of communities as octets.

use crate::bgp::attributes::codes;

/// The sort of a community.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// RFC 1997: two numbers of 16 bits.
    Standard,
    /// RFC 4360: 64 bits.
    Extended,
    /// RFC 8092: three numbers of 32 bits.
    Large,
}

impl Sort {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Standard, Self::Extended, Self::Large];

    /// The attribute that holds them.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Standard => codes::COMMUNITIES,
            Self::Extended => codes::EXTENDED_COMMUNITIES,
            Self::Large => codes::LARGE_COMMUNITIES,
        }
    }

    /// The octets of one.
    #[must_use]
    pub const fn size(self) -> usize {
        match self {
            Self::Standard => 4,
            Self::Extended => 8,
            Self::Large => 12,
        }
    }
}

/// Which communities are meant: parts of one, each a number in a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// Of which sort.
    pub sort: Sort,
    /// How many bits each part has, and its least and greatest value.
    pub parts: Vec<(u8, u64, u64)>,
}

impl Pattern {
    /// Whether a community is meant, given as its octets.
    #[must_use]
    pub fn fits(&self, community: &[u8]) -> bool {
        let mut octets = [0; 16];
        for (to, from) in octets.iter_mut().zip(community) {
            *to = *from;
        }
        let mut rest = u128::from_be_bytes(octets);
        self.parts.iter().all(|&(bits, least, most)| {
            let bits = u32::from(bits.clamp(1, 64));
            let value = (rest >> (128 - bits)) as u64;
            rest <<= bits;
            least <= value && value <= most
        })
    }

    /// Whether one of a list fits; `values` gives the octets of an attribute.
    pub fn is_among<'a>(&self, values: impl Fn(u8) -> &'a [u8]) -> bool {
        values(self.sort.code()).chunks_exact(self.sort.size()).any(|one| self.fits(one))
    }
}

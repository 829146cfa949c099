//! What an address number of either family can do.

use std::fmt::Debug;
use std::hash::Hash;

/// An address as a number in host order: `u32` or `u128`.
pub trait Word: Copy + Debug + Ord + Hash + Send + Sync + 'static {
    /// The lowest address of the family.
    const ZERO: Self;
    /// The highest address of the family.
    const MAX: Self;
    /// Width of the family in bits.
    const BITS: u8;

    /// The next address; `None` after the last.
    fn next(self) -> Option<Self>;
    /// The address before; wraps from the first to the last, as the end of a range that runs out.
    fn before(self) -> Self;
    /// How many addresses lie after `self` up to and with `last`, which is not below `self`.
    fn distance_to(self, last: Self) -> Self;
    /// The address with its lowest `n` bits set to one.
    fn with_low_ones(self, n: u8) -> Self;
    /// The address with its lowest `n` bits cleared.
    fn with_low_zeros(self, n: u8) -> Self;
    /// Number of zero bits at the low end; the whole width for the lowest address.
    fn low_zeros(self) -> u8;
    /// Number of one bits at the low end.
    fn low_ones(self) -> u8;
    /// Number of one bits.
    fn ones(self) -> u32;
    /// The highest bit in which the two differ, counted from the low end; `None` where equal.
    fn highest_difference(self, other: Self) -> Option<u8>;
    /// The number without its lowest `n` bits, of which the caller keeps at most a word's worth.
    fn high_part(self, n: u8) -> usize;
    /// The number itself.
    fn wide(self) -> u128;
    /// Big-endian bytes, appended.
    fn push_be(self, out: &mut Vec<u8>);
    /// Numbers from big-endian bytes; `None` where the length is no multiple of the width.
    fn all_from_be(bytes: &[u8]) -> Option<Vec<Self>>;
}

macro_rules! word {
    ($int:ty, $bits:literal) => {
        impl Word for $int {
            const ZERO: Self = 0;
            const MAX: Self = <$int>::MAX;
            const BITS: u8 = $bits;

            fn next(self) -> Option<Self> {
                self.checked_add(1)
            }
            fn before(self) -> Self {
                self.wrapping_sub(1)
            }
            fn distance_to(self, last: Self) -> Self {
                last.wrapping_sub(self)
            }
            fn with_low_ones(self, n: u8) -> Self {
                self | !<$int>::MAX.checked_shl(n.into()).unwrap_or(0)
            }
            fn with_low_zeros(self, n: u8) -> Self {
                self & <$int>::MAX.checked_shl(n.into()).unwrap_or(0)
            }
            fn low_zeros(self) -> u8 {
                self.trailing_zeros() as u8
            }
            fn low_ones(self) -> u8 {
                self.trailing_ones() as u8
            }
            fn ones(self) -> u32 {
                self.count_ones()
            }
            fn highest_difference(self, other: Self) -> Option<u8> {
                (self ^ other).checked_ilog2().map(|bit| bit as u8)
            }
            fn high_part(self, n: u8) -> usize {
                self.checked_shr(n.into()).unwrap_or(0) as usize
            }
            fn wide(self) -> u128 {
                self.into()
            }
            fn push_be(self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_be_bytes());
            }
            fn all_from_be(bytes: &[u8]) -> Option<Vec<Self>> {
                let (whole, rest) = bytes.as_chunks();
                rest.is_empty().then(|| whole.iter().map(|b| Self::from_be_bytes(*b)).collect())
            }
        }
    };
}

word!(u32, 32);
word!(u128, 128);

//! Addresses of either family as numbers.

use std::fmt::Debug;

use crate::addr::{mask4, mask6};

/// An address as a number.
pub trait Bits: Copy + Ord + Debug + Send + Sync + 'static {
    /// How many bits it has.
    const WIDTH: u8;

    /// With all but the first `len` bits cleared.
    #[must_use]
    fn masked(self, len: u8) -> Self;
}

impl Bits for u32 {
    const WIDTH: u8 = 32;

    #[inline(always)]
    fn masked(self, len: u8) -> Self {
        self & mask4(len)
    }
}

impl Bits for u128 {
    const WIDTH: u8 = 128;

    #[inline(always)]
    fn masked(self, len: u8) -> Self {
        self & mask6(len)
    }
}

//! What the table needs to know of an address: its bytes, first to last.

use crate::addr::{mask4, mask6};

/// An address as a number: `u32` for IPv4, `u128` for IPv6.
pub trait Key: Copy + Eq + Ord + Default + Send + Sync + std::fmt::Debug + 'static {
    /// Width in bits.
    const BITS: u8;

    /// Byte `depth` of the address in network order; `depth` is below `BITS / 8`.
    fn byte(self, depth: usize) -> u8;

    /// The address with byte `depth` replaced.
    #[must_use]
    fn with_byte(self, depth: usize, byte: u8) -> Self;

    /// The address with all but its first `len` bits cleared.
    #[must_use]
    fn masked(self, len: u8) -> Self;

    /// As an IPv6-sized number, for records that hold either family.
    fn widen(self) -> u128;

    /// Back from [`Key::widen`]; bits that do not fit are dropped.
    fn narrow(wide: u128) -> Self;
}

impl Key for u32 {
    const BITS: u8 = 32;

    #[inline]
    fn byte(self, depth: usize) -> u8 {
        (self >> (24 - 8 * depth)) as u8
    }

    fn with_byte(self, depth: usize, byte: u8) -> Self {
        let shift = 24 - 8 * depth;
        (self & !(0xff << shift)) | (u32::from(byte) << shift)
    }

    fn masked(self, len: u8) -> Self {
        self & mask4(len)
    }

    fn widen(self) -> u128 {
        self.into()
    }

    fn narrow(wide: u128) -> Self {
        wide as u32
    }
}

impl Key for u128 {
    const BITS: u8 = 128;

    #[inline]
    fn byte(self, depth: usize) -> u8 {
        (self >> (120 - 8 * depth)) as u8
    }

    fn with_byte(self, depth: usize, byte: u8) -> Self {
        let shift = 120 - 8 * depth;
        (self & !(0xff << shift)) | (u128::from(byte) << shift)
    }

    fn masked(self, len: u8) -> Self {
        self & mask6(len)
    }

    fn widen(self) -> u128 {
        self
    }

    fn narrow(wide: u128) -> Self {
        wide
    }
}

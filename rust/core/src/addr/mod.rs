//! Addresses and prefixes as plain values, and their text forms.

pub mod column;
mod net;
mod parse;
mod parse4;
mod parse6;
mod reason;
mod text;

pub use parse::{Written, parse_ip, parse_len, parse_net, parse_written, parse_zoned};
pub use reason::{ParseError, Reason};
pub use text::{Text, text_with_len};

/// An IPv4 or IPv6 address. Every IPv4 address orders before every IPv6 address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ip {
    /// IPv4, as a number in host order.
    V4(u32),
    /// IPv6, as a number in host order.
    V6(u128),
}

impl Ip {
    /// Number of bits of an address of this family: 32 or 128.
    #[must_use]
    pub const fn bits(self) -> u8 {
        match self {
            Ip::V4(_) => 32,
            Ip::V6(_) => 128,
        }
    }

    /// The address with all but its first `len` bits cleared. `len` above the width keeps all.
    #[must_use]
    pub const fn masked(self, len: u8) -> Ip {
        match self {
            Ip::V4(a) => Ip::V4(a & mask4(len)),
            Ip::V6(a) => Ip::V6(a & mask6(len)),
        }
    }
}

/// The IPv4 netmask of `len` bits; 32 and more give all ones.
#[must_use]
pub const fn mask4(len: u8) -> u32 {
    if len == 0 {
        0
    } else if len >= 32 {
        u32::MAX
    } else {
        u32::MAX << (32 - len)
    }
}

/// The IPv6 netmask of `len` bits; 128 and more give all ones.
#[must_use]
pub const fn mask6(len: u8) -> u128 {
    if len == 0 {
        0
    } else if len >= 128 {
        u128::MAX
    } else {
        u128::MAX << (128 - len)
    }
}

/// A prefix: a network address whose host bits are zero, and a length.
/// Orders by family, then network address, then length (shorter first).
///
/// Twenty octets, where an `Ip` and a length take forty-eight: there are columns of millions.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Net {
    is_v6: bool,
    /// Of the address, first things first; IPv4 has the first one alone.
    words: [u32; 4],
    len: u8,
}

const _: () = assert!(size_of::<Net>() == 20);

impl Net {
    /// The prefix of `len` bits that holds `ip`; `None` where `len` exceeds the family's width.
    #[inline]
    #[must_use]
    pub const fn new(ip: Ip, len: u8) -> Option<Net> {
        if len > ip.bits() {
            return None;
        }
        Some(Net::of(ip.masked(len), len))
    }

    /// The prefix of full length of an address.
    #[inline]
    #[must_use]
    pub const fn host(ip: Ip) -> Net {
        Net::of(ip, ip.bits())
    }

    #[inline]
    const fn of(ip: Ip, len: u8) -> Net {
        match ip {
            Ip::V4(ip) => Net { is_v6: false, words: [ip, 0, 0, 0], len },
            Ip::V6(ip) => {
                let words = [(ip >> 96) as u32, (ip >> 64) as u32, (ip >> 32) as u32, ip as u32];
                Net { is_v6: true, words, len }
            }
        }
    }

    /// The network address.
    #[inline]
    #[must_use]
    pub const fn ip(self) -> Ip {
        let [a, b, c, d] = self.words;
        if self.is_v6 {
            Ip::V6((a as u128) << 96 | (b as u128) << 64 | (c as u128) << 32 | d as u128)
        } else {
            Ip::V4(a)
        }
    }

    /// The prefix length.
    #[inline]
    #[must_use]
    #[allow(clippy::len_without_is_empty)] // a prefix is never empty
    pub const fn len(self) -> u8 {
        self.len
    }
}

impl std::fmt::Debug for Net {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Net").field("ip", &self.ip()).field("len", &self.len).finish()
    }
}

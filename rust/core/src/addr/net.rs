//! What a prefix knows by arithmetic on its bits.

use super::{Ip, Net, mask4, mask6};

impl Net {
    /// `len` ones, then zeros.
    #[must_use]
    pub const fn netmask(self) -> Ip {
        match self.ip() {
            Ip::V4(_) => Ip::V4(mask4(self.len)),
            Ip::V6(_) => Ip::V6(mask6(self.len)),
        }
    }

    /// The complement of the netmask.
    #[must_use]
    pub const fn hostmask(self) -> Ip {
        match self.ip() {
            Ip::V4(_) => Ip::V4(!mask4(self.len)),
            Ip::V6(_) => Ip::V6(!mask6(self.len)),
        }
    }

    /// The highest address.
    #[must_use]
    pub const fn last(self) -> Ip {
        match self.ip() {
            Ip::V4(a) => Ip::V4(a | !mask4(self.len)),
            Ip::V6(a) => Ip::V6(a | !mask6(self.len)),
        }
    }

    /// Whether every address of `other` lies in this prefix; false across families.
    #[must_use]
    pub const fn contains(self, other: Net) -> bool {
        self.len <= other.len && self.holds(other.ip())
    }

    /// Whether the address lies in this prefix; false across families.
    #[must_use]
    pub const fn holds(self, ip: Ip) -> bool {
        match (self.ip(), ip) {
            (Ip::V4(a), Ip::V4(b)) => (a ^ b) & mask4(self.len) == 0,
            (Ip::V6(a), Ip::V6(b)) => (a ^ b) & mask6(self.len) == 0,
            _ => false,
        }
    }

    /// The next prefix of the same length; `None` after the last.
    #[must_use]
    pub fn succ(self) -> Option<Net> {
        let ip = match self.last() {
            Ip::V4(a) => Ip::V4(a.checked_add(1)?),
            Ip::V6(a) => Ip::V6(a.checked_add(1)?),
        };
        Some(Net::of(ip, self.len))
    }

    /// The previous prefix of the same length; `None` before the first.
    #[must_use]
    pub fn pred(self) -> Option<Net> {
        let ip = match self.ip() {
            Ip::V4(a) => Ip::V4(a.checked_sub(1)?),
            Ip::V6(a) => Ip::V6(a.checked_sub(1)?),
        };
        Net::new(ip, self.len)
    }
}

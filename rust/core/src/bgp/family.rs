//! Address families (RFC 4760 3): AFI and SAFI as one value.

/// An address family and what its prefixes are used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Family {
    /// Address family identifier: 1 IPv4, 2 IPv6, 25 L2VPN, 16388 link state.
    pub afi: u16,
    /// Subsequent address family identifier: 1 unicast, 2 multicast, 128 VPN, 133 flowspec.
    pub safi: u8,
}

impl Family {
    /// IPv4 unicast, the family of an UPDATE without MP_REACH_NLRI.
    pub const IPV4: Self = Self { afi: 1, safi: 1 };
    /// IPv6 unicast.
    pub const IPV6: Self = Self { afi: 2, safi: 1 };

    /// As one number: AFI << 8 | SAFI.
    #[must_use]
    pub const fn code(self) -> u32 {
        (self.afi as u32) << 8 | self.safi as u32
    }

    /// The family of such a number; bits above 24 are not looked at.
    #[must_use]
    pub const fn of(code: u32) -> Self {
        Self { afi: (code >> 8) as u16, safi: code as u8 }
    }
}

#[cfg(test)]
mod tests {
    use super::Family;

    #[test]
    fn a_family_is_one_number() {
        for family in [Family::IPV4, Family::IPV6, Family { afi: 16388, safi: 71 }] {
            assert_eq!(Family::of(family.code()), family);
        }
        assert_eq!(Family::IPV6.code(), 0x0000_0201);
    }
}

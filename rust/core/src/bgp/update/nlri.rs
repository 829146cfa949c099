//! NLRI: prefixes as they stand in messages, with path identifiers where those were agreed on.

use crate::bgp::family::Family;
use crate::bgp::nets::{Net4, Net6, Opaque};

/// Prefixes of one family.
#[derive(Clone, Copy, Debug)]
pub struct Nlri<'a> {
    /// The family.
    pub family: Family,
    /// As they came.
    pub bytes: &'a [u8],
    /// Whether a path identifier stands before each (RFC 7911 3).
    pub has_path_ids: bool,
}

/// One prefix: its path identifier, 0 without, and itself.
pub type Named<K> = (u32, K);

impl<'a> Nlri<'a> {
    /// Say what is wrong and where; behind it nothing can be read.
    ///
    /// # Errors
    /// The offset of the prefix that is wrong, and the reason.
    pub fn check(self) -> Result<(), (usize, &'static str)> {
        let mut rest = self.bytes;
        while !rest.is_empty() {
            let at = self.bytes.len() - rest.len();
            if self.has_path_ids {
                rest = rest.get(4..).ok_or((at, "path identifier is cut short"))?;
            }
            let (_, after) = self.split(rest).map_err(|reason| (at, reason))?;
            rest = after;
        }
        Ok(())
    }

    /// The octets of the first prefix, and what follows.
    fn split(self, rest: &'a [u8]) -> Result<(&'a [u8], &'a [u8]), &'static str> {
        let (&first, body) = rest.split_first().ok_or("prefix without a length")?;
        let length = match (self.family.afi, self.family.safi) {
            (1, 1 | 2) if first > 32 => return Err("prefix of more than 32 bits"),
            (2, 1 | 2) if first > 128 => return Err("prefix of more than 128 bits"),
            // EVPN (RFC 7432 7) and link state (RFC 9552 5.2): a type, and a length in octets
            (25, 70) => 2 + usize::from(*body.first().ok_or("route without a length")?),
            (16_388, _) => {
                let length = rest.get(2..4).and_then(|two| two.first_chunk::<2>());
                4 + usize::from(u16::from_be_bytes(*length.ok_or("route without a length")?))
            }
            // flowspec (RFC 8955 4.1): a length in octets, two of them from 240 on
            (_, 133 | 134) if first >= 0xf0 => {
                let second = *body.first().ok_or("rule without a length")?;
                2 + (usize::from(first & 0x0f) << 8 | usize::from(second))
            }
            (_, 133 | 134) => 1 + usize::from(first),
            // a length in bits: plain, labeled (RFC 8277 2), of a VPN (RFC 4364 4.3.4)
            (1 | 2, 4) if first < 24 => return Err("prefix without a label"),
            (1 | 2, 128) if first < 88 => return Err("prefix without label or distinguisher"),
            (1 | 2, 1 | 2 | 4 | 128 | 129) => 1 + usize::from(first.div_ceil(8)),
            _ => return Err("family whose prefixes nobody here can tell apart"),
        };
        rest.split_at_checked(length).ok_or("prefix is cut short")
    }

    fn each<K>(self, read: impl Fn(&'a [u8]) -> K) -> impl Iterator<Item = Named<K>> {
        let mut rest = self.bytes;
        std::iter::from_fn(move || {
            let mut path_id = 0;
            if self.has_path_ids {
                let (id, after) = rest.split_first_chunk()?;
                path_id = u32::from_be_bytes(*id);
                rest = after;
            }
            let (one, after) = self.split(rest).ok()?;
            rest = after;
            Some((path_id, read(one)))
        })
    }

    /// Of IPv4 unicast.
    pub fn each4(self) -> impl Iterator<Item = Named<Net4>> + use<'a> {
        self.each(|one| {
            let mut octets = [0; 4];
            let (&length, rest) = one.split_first().unwrap_or((&0, &[]));
            octets.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
            Net4::new(u32::from_be_bytes(octets), length)
        })
    }

    /// Of IPv6 unicast.
    pub fn each6(self) -> impl Iterator<Item = Named<Net6>> + use<'a> {
        self.each(|one| {
            let mut octets = [0; 16];
            let (&length, rest) = one.split_first().unwrap_or((&0, &[]));
            octets.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
            Net6::new(u128::from_be_bytes(octets), length)
        })
    }

    /// Of any family, by names (`route_key`).
    pub fn each_opaque(self) -> impl Iterator<Item = Named<Opaque>> + use<'a> {
        self.each_parted().map(|(path_id, (key, _))| (path_id, key))
    }

    /// Of any family, each with what goes with it.
    pub fn each_parted(self) -> impl Iterator<Item = Named<(Opaque, Vec<u8>)>> + use<'a> {
        self.each(move |one| Opaque::of(self.family, one))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nlri(afi: u16, safi: u8, bytes: &[u8], has_path_ids: bool) -> Nlri<'_> {
        Nlri { family: Family { afi, safi }, bytes, has_path_ids }
    }

    #[test]
    fn prefixes_are_read_with_and_without_identifiers() {
        let plain = nlri(1, 1, &[24, 192, 0, 2, 0, 32, 10, 0, 0, 1], false);
        assert_eq!(plain.check(), Ok(()));
        let found: Vec<_> = plain.each4().collect();
        assert_eq!(found.len(), 3);
        assert_eq!(found[0], (0, Net4::new(0xC000_0200, 24)));
        assert_eq!(found[1], (0, Net4::new(0, 0)));
        let named = nlri(2, 1, &[0, 0, 0, 7, 16, 0x20, 1], true);
        assert_eq!(named.each6().collect::<Vec<_>>(), [(7, Net6::new(0x2001 << 112, 16))]);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        assert_eq!(nlri(1, 1, &[33, 0, 0, 0, 0, 0], false).check().map_err(|one| one.0), Err(0));
        assert_eq!(nlri(1, 1, &[8, 10, 24, 1], false).check().map_err(|one| one.0), Err(2));
        assert_eq!(nlri(1, 1, &[0, 0, 0], true).check().map_err(|one| one.0), Err(0));
        assert_eq!(nlri(2, 1, &[129], false).check().map_err(|one| one.0), Err(0));
    }

    #[test]
    fn families_that_are_carried_are_cut_where_they_end() {
        let evpn = [2, 3, 1, 2, 3, 5, 0];
        let found: Vec<_> =
            nlri(25, 70, &evpn, false).each_opaque().map(|(_, one)| one.0.len()).collect();
        assert_eq!(found, [5, 2]);
        let long = [&[0xf1, 0x00][..], &[1; 256]].concat();
        assert_eq!(nlri(1, 133, &long, false).each_opaque().count(), 1);
        assert_eq!(nlri(1, 133, &long, false).check(), Ok(()));
        assert!(nlri(16_388, 71, &[0, 1, 0, 9, 1], false).check().is_err());
    }
}

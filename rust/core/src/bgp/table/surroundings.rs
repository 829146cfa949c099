//! Our own addresses and the networks of our links: what next hops are checked against.

use std::collections::BTreeSet;

use super::Table;
use super::sweep::Action;
use crate::addr::{Ip, Net};
use crate::bgp::attributes::{AttributeSet, codes};

/// Where we are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// The addresses that are ours.
    pub own: BTreeSet<Ip>,
    /// The networks on links of ours; none: they are not known.
    pub networks: Vec<Net>,
}

impl Surroundings {
    /// Whether the next hop of a set could not be taken (RFC 4271 6.3): it is ours; or a neighbour
    /// one hop away, whose address is given, names one that is neither its own nor of a network
    /// that we are on. A next hop with a link-local address is on the link that it came by.
    #[must_use]
    pub fn refuses(&self, set: &AttributeSet, direct: Option<Ip>) -> bool {
        let value = set.value(codes::NEXT_HOP).unwrap_or_default();
        let (hop, link_local) = addresses(value);
        if [hop, link_local].into_iter().flatten().any(|one| self.own.contains(&one)) {
            return true;
        }
        let (Some(peer), Some(hop), None) = (direct, hop, link_local) else { return false };
        hop != peer
            && !self.networks.is_empty()
            && !self.networks.iter().any(|network| network.holds(hop))
    }
}

/// The addresses of a canonical value, as of `next_hops`; of VPNs without the distinguisher
/// (RFC 4364 4.3.2).
fn addresses(value: &[u8]) -> (Option<Ip>, Option<Ip>) {
    let long = |bytes: &[u8]| Some(Ip::V6(u128::from_be_bytes(*bytes.first_chunk()?)));
    match value.len() {
        4 | 12 => {
            let four = value.last_chunk().map(|&four| Ip::V4(u32::from_be_bytes(four)));
            (four, None)
        }
        16 => (long(value), None),
        24 => (value.get(8..).and_then(long), None),
        20 => (None, long(value)),
        36 => (long(value), value.get(16..).and_then(long)),
        _ => (None, None),
    }
}

impl Table {
    /// Say where we are; what was told is judged again if that is news.
    pub fn set_surroundings(&mut self, surroundings: Surroundings) {
        if self.surroundings == surroundings {
            return;
        }
        self.surroundings = surroundings;
        for family in self.families().collect::<Vec<_>>() {
            if self.family_counts(family).1 > 0 {
                self.sweep(family, None, Action::Refeed);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_next_hop_is_read() {
        let (one, other) = (Ip::V6(7), Ip::V6(0xfe80 << 112 | 9));
        let Ip::V6(local) = other else { return };
        let (global, local) = (7_u128.to_be_bytes(), local.to_be_bytes());
        let four = Ip::V4(0x0a00_0001);
        assert_eq!(addresses(&[10, 0, 0, 1]), (Some(four), None));
        assert_eq!(addresses(&[&[0; 8][..], &[10, 0, 0, 1]].concat()), (Some(four), None));
        assert_eq!(addresses(&global), (Some(one), None));
        assert_eq!(addresses(&[&[0; 8][..], &global].concat()), (Some(one), None));
        assert_eq!(addresses(&[&local[..], &[0, 0, 0, 3]].concat()), (None, Some(other)));
        let both = [&global[..], &local, &[0, 0, 0, 3]].concat();
        assert_eq!(addresses(&both), (Some(one), Some(other)));
        assert_eq!(addresses(&[]), (None, None));
    }
}

//! NLRI of families that are carried only, parted: what names a route, and what only goes with it.
//!
//! A label is no part of the name: a withdrawal may have any (RFC 8277 2.4), and one route by two
//! labels is one route (RFC 8277 2.5, RFC 4364 4.3.4). So with the Ethernet segment, the gateway and
//! the labels of EVPN where its routes say so (RFC 7432 7, RFC 9136 3.1). What goes with a route
//! stands in its set of attributes, as the value of MP_REACH_NLRI, which has no other there.
//! `fingerpost/bgp/nlri/route_key.py` tells the same.

use super::family::Family;

/// Label of a route that is withdrawn (RFC 8277 2.4), in the names of all labeled ones.
const NO_LABEL: [u8; 3] = [0x80, 0, 0];

/// Parts of a route that do not name it.
#[derive(Clone, Copy, Debug, Default)]
struct Layout {
    /// Where they stand, in order; empty ones count for nothing.
    parts: [(usize, usize); 2],
    /// Where octets begin that the name does not have at all.
    tail: usize,
}

/// A route by its name, and the octets of it that are no part of that.
#[must_use]
pub fn part(family: Family, octets: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let mut key = octets.to_vec();
    clear_unused_bits(family, &mut key);
    let Some(layout) = layout(family, octets) else { return (key, Vec::new()) };
    let mut rest = Vec::new();
    for (start, end) in layout.parts {
        rest.extend_from_slice(octets.get(start..end).unwrap_or_default());
        if let Some(place) = key.get_mut(start..end) {
            place.fill(0);
        }
    }
    rest.extend_from_slice(octets.get(layout.tail..).unwrap_or_default());
    key.truncate(layout.tail);
    if is_labeled(family) {
        key.iter_mut().skip(1).zip(NO_LABEL).for_each(|(to, from)| *to = from);
    } else if let Some(length) = key.get_mut(1) {
        *length = (layout.tail - 2) as u8;
    }
    (key, rest)
}

/// A route as it stands in messages, from its name and the rest: octets that do not fit the name
/// are left out, those that are missing are those of the name.
pub fn join(family: Family, key: &[u8], rest: &[u8], nlri: &mut Vec<u8>) {
    let start = nlri.len();
    nlri.extend_from_slice(key);
    let Some(layout) = layout(family, key).filter(|_| !rest.is_empty()) else { return };
    let Some(made) = nlri.get_mut(start..) else { return };
    let mut rest = rest;
    for (start, end) in layout.parts {
        let Some((now, later)) = rest.split_at_checked(end - start) else { return };
        if let Some(place) = made.get_mut(start..end) {
            place.copy_from_slice(now);
        }
        rest = later;
    }
    if !is_labeled(family)
        && let Some(length) = made.get_mut(1)
        && let Some(longer) = length.checked_add(rest.len().min(3) as u8)
    {
        *length = longer;
        nlri.extend(rest.iter().take(3));
    }
}

/// Prefixes behind a label of 24 bits, and of VPNs a route distinguisher of 64.
const fn is_labeled(family: Family) -> bool {
    matches!((family.afi, family.safi), (1 | 2, 4 | 128))
}

fn layout(family: Family, octets: &[u8]) -> Option<Layout> {
    if is_labeled(family) {
        let is_whole = octets.len() >= 4;
        return is_whole.then_some(Layout { parts: [(1, 4), (0, 0)], tail: octets.len() });
    }
    if (family.afi, family.safi) != (25, 70) {
        return None;
    }
    // behind type and length: route distinguisher (8), and of those with one: segment (10), tag (4)
    const SEGMENT: (usize, usize) = (10, 20);
    let length = octets.len();
    match octets.first()? {
        1 if length == 27 => Some(Layout { parts: [(24, 27), (0, 0)], tail: length }),
        2 => {
            let labels = 32 + usize::from(octets.get(31)? / 8);
            let fits = length == labels + 3 || length == labels + 6;
            let parts = [SEGMENT, (labels, labels + 3)];
            fits.then_some(Layout { parts, tail: labels + 3 })
        }
        5 if length == 36 => Some(Layout { parts: [SEGMENT, (29, 36)], tail: length }),
        5 if length == 60 => Some(Layout { parts: [SEGMENT, (41, 60)], tail: length }),
        _ => None,
    }
}

/// RFC 4271 4.3: bits behind the length mean nothing.
fn clear_unused_bits(family: Family, key: &mut [u8]) {
    if let (1 | 2, 2 | 4 | 128 | 129) = (family.afi, family.safi)
        && let Some(&bits) = key.first()
        && let Some(last) = key.last_mut().filter(|_| bits % 8 != 0)
    {
        *last &= !(0xff >> (bits % 8));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LABELED: Family = Family { afi: 1, safi: 4 };
    const VPN: Family = Family { afi: 2, safi: 128 };
    const EVPN: Family = Family { afi: 25, safi: 70 };

    fn whole(family: Family, octets: &[u8]) -> Vec<u8> {
        let (key, rest) = part(family, octets);
        let mut made = Vec::new();
        join(family, &key, &rest, &mut made);
        made
    }

    #[test]
    fn a_label_names_nothing() {
        let one = part(LABELED, &[48, 0, 1, 0x11, 192, 0, 2]);
        assert_eq!(one, (vec![48, 0x80, 0, 0, 192, 0, 2], vec![0, 1, 0x11]));
        assert_eq!(part(LABELED, &[48, 0x80, 0, 0, 192, 0, 2]).0, one.0, "RFC 8277 2.4");
        assert_eq!(part(LABELED, &[48, 0, 0, 0, 192, 0, 2]).0, one.0, "RFC 3107 3");
        assert_eq!(part(LABELED, &[44, 0, 1, 1, 192, 0x1f]).0, [44, 0x80, 0, 0, 192, 0x10]);
    }

    #[test]
    fn a_mac_is_one_route_whatever_its_segment_and_labels() {
        // RFC 7432 7.2
        let route = |segment: u8, labels: &[u8]| {
            let fixed =
                [&[9; 8][..], &[segment; 10], &[0, 0, 0, 7, 48], &[2; 6], &[32, 10, 0, 0, 1]];
            let body = [&fixed.concat()[..], labels].concat();
            [&[2, body.len() as u8][..], &body].concat()
        };
        let (one, rest) = part(EVPN, &route(1, &[0, 1, 1]));
        assert_eq!(rest.len(), 13);
        assert_eq!(part(EVPN, &route(3, &[0, 2, 1, 0, 3, 1])).0, one);
        for octets in [route(1, &[0, 1, 1]), route(3, &[0, 2, 1, 0, 3, 1])] {
            assert_eq!(whole(EVPN, &octets), octets);
        }
    }

    proptest! {
        #[test]
        fn what_is_parted_is_joined_again(
            kind in 0_u8..7,
            body in prop::collection::vec(any::<u8>(), 0..70),
            bits in 0_u8..200,
        ) {
            let evpn = [&[kind, body.len() as u8][..], &body].concat();
            prop_assert_eq!(whole(EVPN, &evpn), evpn.clone());
            let (key, _) = part(EVPN, &evpn);
            prop_assert_eq!(part(EVPN, &key).0, key, "a name names itself");
            for family in [LABELED, VPN] {
                let mut octets = [&[bits][..], &[0xff; 25][..usize::from(bits.div_ceil(8))]].concat();
                clear_unused_bits(family, &mut octets);
                prop_assert_eq!(whole(family, &octets), octets);
            }
        }
    }
}

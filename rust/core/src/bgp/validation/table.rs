//! `VrpTable`: all VRPs of one moment.

use std::cmp::Ordering;

use super::{Bits, Payload, Payloads};
use crate::addr::{Ip, Net};

/// What the origin of a route is worth (RFC 6811 2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum State {
    /// A VRP covers the prefix, and one of those fits the route.
    Valid = 0,
    /// A VRP covers the prefix, and none of those fits the route.
    Invalid = 1,
    /// No VRP covers the prefix.
    #[default]
    NotFound = 2,
}

/// A VRP of either family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Vrp {
    /// What may be originated.
    pub net: Net,
    /// The longest prefix of it that may be.
    pub max: u8,
    /// Who may; 0 is nobody.
    pub asn: u32,
}

/// All VRPs of one moment; never changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VrpTable {
    /// Those of IPv4.
    pub v4: Payloads<u32>,
    /// Those of IPv6.
    pub v6: Payloads<u128>,
}

impl Payload<u32> {
    fn vrp(&self) -> Option<Vrp> {
        Some(Vrp { net: Net::new(Ip::V4(self.bits), self.len)?, max: self.max, asn: self.asn })
    }
}

impl Payload<u128> {
    fn vrp(&self) -> Option<Vrp> {
        Some(Vrp { net: Net::new(Ip::V6(self.bits), self.len)?, max: self.max, asn: self.asn })
    }
}

impl VrpTable {
    /// Of VRPs in any order; None: the longest length of one is less than its length, or more than
    /// an address has.
    #[must_use]
    pub fn new(all: &[Vrp]) -> Option<Self> {
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for one in all {
            match one.net.ip() {
                Ip::V4(bits) => v4.push(Payload::new(bits, one.net.len(), one.max, one.asn)?),
                Ip::V6(bits) => v6.push(Payload::new(bits, one.net.len(), one.max, one.asn)?),
            }
        }
        Some(Self { v4: Payloads::new(v4), v6: Payloads::new(v6) })
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.v4.as_slice().len() + self.v6.as_slice().len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The state of a route (RFC 6811 2); an `origin` of 0 is NONE, which nothing fits.
    #[inline]
    #[must_use]
    pub fn validate(&self, net: Net, origin: u32) -> State {
        match net.ip() {
            Ip::V4(bits) => validate(&self.v4, bits, net.len(), origin),
            Ip::V6(bits) => validate(&self.v6, bits, net.len(), origin),
        }
    }

    /// The VRPs that cover a prefix, narrowest first.
    pub fn covering(&self, net: Net) -> impl Iterator<Item = Vrp> {
        let (mut v4, mut v6) = (None, None);
        match net.ip() {
            Ip::V4(bits) => v4 = Some(self.v4.covering(bits, net.len())),
            Ip::V6(bits) => v6 = Some(self.v6.covering(bits, net.len())),
        }
        let fours = v4.into_iter().flatten().filter_map(Payload::<u32>::vrp);
        fours.chain(v6.into_iter().flatten().filter_map(Payload::<u128>::vrp))
    }

    /// Whether a VRP covers a prefix.
    #[inline]
    #[must_use]
    pub fn covers(&self, net: Net) -> bool {
        match net.ip() {
            Ip::V4(bits) => self.v4.covering(bits, net.len()).next().is_some(),
            Ip::V6(bits) => self.v6.covering(bits, net.len()).next().is_some(),
        }
    }

    /// All, those of IPv4 first, in order of prefixes.
    pub fn iter(&self) -> impl Iterator<Item = Vrp> {
        let fours = self.v4.as_slice().iter().filter_map(Payload::<u32>::vrp);
        fours.chain(self.v6.as_slice().iter().filter_map(Payload::<u128>::vrp))
    }

    /// Those of either table.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self {
            v4: merged(&self.v4, &other.v4, |_| true),
            v6: merged(&self.v6, &other.v6, |_| true),
        }
    }

    /// Those that stand in one of the tables only.
    #[must_use]
    pub fn differing(&self, other: &Self) -> Self {
        Self {
            v4: merged(&self.v4, &other.v4, |found| found != Ordering::Equal),
            v6: merged(&self.v6, &other.v6, |found| found != Ordering::Equal),
        }
    }

    /// Without those that a filter of RFC 8416 3.3.1 takes out: each is a prefix, an AS, or both.
    #[must_use]
    pub fn without(&self, filters: &[(Option<Net>, Option<u32>)]) -> Self {
        let stays = |one: &Vrp| {
            !filters.iter().any(|&(net, asn)| {
                net.is_none_or(|net| net.contains(one.net)) && asn.is_none_or(|asn| asn == one.asn)
            })
        };
        Self {
            v4: kept(&self.v4, |one| one.vrp().is_some_and(|one| stays(&one))),
            v6: kept(&self.v6, |one| one.vrp().is_some_and(|one| stays(&one))),
        }
    }

    /// Bytes of memory held.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.v4.memory() + self.v6.memory()
    }
}

#[inline]
fn validate<B: Bits>(held: &Payloads<B>, bits: B, len: u8, origin: u32) -> State {
    let mut state = State::NotFound;
    for one in held.covering(bits, len) {
        if one.asn == origin && origin != 0 && len <= one.max {
            return State::Valid;
        }
        state = State::Invalid;
    }
    state
}

/// Those of two sorted lists that are wanted: by which of the lists has them, `Less` the first.
fn merged<B: Bits>(
    one: &Payloads<B>,
    other: &Payloads<B>,
    is_wanted: impl Fn(Ordering) -> bool,
) -> Payloads<B> {
    let (mut left, mut right) = (one.as_slice(), other.as_slice());
    let mut found = Vec::with_capacity(left.len().max(right.len()));
    loop {
        let (side, payload) = match (left.first(), right.first()) {
            (None, None) => break,
            (Some(a), None) => (Ordering::Less, a),
            (None, Some(b)) => (Ordering::Greater, b),
            (Some(a), Some(b)) => match a.cmp(b) {
                Ordering::Greater => (Ordering::Greater, b),
                side => (side, a),
            },
        };
        if is_wanted(side) {
            found.push(*payload);
        }
        if side.is_le() {
            left = left.get(1..).unwrap_or_default();
        }
        if side.is_ge() {
            right = right.get(1..).unwrap_or_default();
        }
    }
    found.shrink_to_fit();
    Payloads::sorted(found)
}

fn kept<B: Bits>(held: &Payloads<B>, stays: impl Fn(&Payload<B>) -> bool) -> Payloads<B> {
    Payloads::sorted(held.as_slice().iter().filter(|one| stays(one)).copied().collect())
}

#[cfg(test)]
mod tests {
    use super::{State, Vrp, VrpTable};
    use crate::addr::{Ip, Net};

    fn vrp(address: u32, len: u8, max: u8, asn: u32) -> Vrp {
        Vrp { net: net(address, len), max, asn }
    }

    fn net(address: u32, len: u8) -> Net {
        Net::new(Ip::V4(address), len).unwrap()
    }

    #[test]
    fn a_route_is_valid_invalid_or_not_found() {
        let table = VrpTable::new(&[
            vrp(0x0a00_0000, 8, 16, 1),
            vrp(0x0a01_0000, 16, 16, 2),
            vrp(0x0a02_0000, 16, 24, 0),
        ])
        .unwrap();
        for (asked, origin, wanted) in [
            (net(0x0a00_0000, 8), 1, State::Valid),
            (net(0x0a01_0000, 16), 1, State::Valid),
            (net(0x0a01_0000, 16), 2, State::Valid),
            (net(0x0a01_0000, 17), 1, State::Invalid),
            (net(0x0a02_0000, 24), 0, State::Invalid),
            (net(0x0a00_0000, 7), 1, State::NotFound),
            (net(0x0b00_0000, 8), 1, State::NotFound),
            (Net::new(Ip::V6(0), 0).unwrap(), 1, State::NotFound),
        ] {
            assert_eq!(table.validate(asked, origin), wanted, "{asked:?} {origin}");
        }
        assert!(VrpTable::new(&[vrp(0, 8, 7, 1)]).is_none());
    }

    #[test]
    fn tables_are_put_together_taken_apart_and_filtered() {
        let (a, b, c) = (vrp(0, 8, 8, 1), vrp(0, 8, 9, 1), vrp(0x0100_0000, 16, 24, 2));
        let one = VrpTable::new(&[a, b]).unwrap();
        let other = VrpTable::new(&[c, b]).unwrap();
        assert_eq!(one.union(&other), VrpTable::new(&[a, b, c]).unwrap());
        assert_eq!(one.differing(&other).iter().collect::<Vec<_>>(), [a, c]);
        let all = one.union(&other);
        assert_eq!(all.without(&[(Some(net(0, 7)), None)]).len(), 0);
        assert_eq!(all.without(&[(Some(net(0, 8)), Some(2))]), all);
        assert_eq!(all.without(&[(None, Some(1))]).iter().collect::<Vec<_>>(), [c]);
    }
}

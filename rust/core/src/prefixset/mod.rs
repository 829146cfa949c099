//! Sets of addresses, given as prefixes, with the algebra of sets in linear time.
//!
//! A set is two rising lists of the addresses at which membership changes, one a family
//! ([`Edges`]). Every operation on two sets is one walk over both lists ([`sweep`]), membership is
//! a binary search, and the fewest prefixes fall out of each range by its bit pattern ([`blocks`]).

mod blocks;
mod bulk;
mod edges;
mod sweep;
mod text;
mod word;

pub use edges::{Edges, PrefixCursor};
pub use text::{EntryError, check_range, parse_entry};
pub use word::Word;

use crate::addr::{Ip, Net};

/// A set of IPv4 and IPv6 addresses. Two sets are equal when they have the same members.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PrefixSet {
    /// The IPv4 members.
    pub v4: Edges<u32>,
    /// The IPv6 members.
    pub v6: Edges<u128>,
}

/// Ranges on their way into a set.
#[derive(Clone, Debug, Default)]
pub struct Ranges {
    v4: Vec<(u32, u32)>,
    v6: Vec<(u128, u128)>,
}

impl Ranges {
    /// Add the range from `first` to `last`; ends of two families, or reversed, add nothing.
    pub fn push(&mut self, first: Ip, last: Ip) {
        match (first, last) {
            (Ip::V4(first), Ip::V4(last)) => self.v4.push((first, last)),
            (Ip::V6(first), Ip::V6(last)) => self.v6.push((first, last)),
            _ => {}
        }
    }

    /// Add the addresses of a prefix.
    pub fn push_net(&mut self, net: Net) {
        self.push(net.ip(), net.last());
    }

    /// Add the members of a set.
    pub fn push_set(&mut self, set: &PrefixSet) {
        self.v4.extend(set.v4.ranges());
        self.v6.extend(set.v6.ranges());
    }

    /// The set of all that was added.
    #[must_use]
    pub fn into_set(self) -> PrefixSet {
        PrefixSet { v4: Edges::from_ranges(self.v4), v6: Edges::from_ranges(self.v6) }
    }
}

impl FromIterator<Net> for PrefixSet {
    fn from_iter<I: IntoIterator<Item = Net>>(nets: I) -> Self {
        let mut ranges = Ranges::default();
        nets.into_iter().for_each(|net| ranges.push_net(net));
        ranges.into_set()
    }
}

impl PrefixSet {
    /// Whether no address is a member.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.v4.is_empty() && self.v6.is_empty()
    }

    /// Whether every address from `first` to `last` is a member; false for a mixed pair.
    #[must_use]
    pub fn contains(&self, first: Ip, last: Ip) -> bool {
        match (first, last) {
            (Ip::V4(first), Ip::V4(last)) => self.v4.contains(first, last),
            (Ip::V6(first), Ip::V6(last)) => self.v6.contains(first, last),
            _ => false,
        }
    }

    /// Whether every address of the prefix is a member.
    #[must_use]
    pub fn contains_net(&self, net: Net) -> bool {
        self.contains(net.ip(), net.last())
    }

    /// Members of either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        PrefixSet { v4: self.v4.union(&other.v4), v6: self.v6.union(&other.v6) }
    }

    /// Members of both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        PrefixSet { v4: self.v4.intersection(&other.v4), v6: self.v6.intersection(&other.v6) }
    }

    /// Members of this set alone.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        PrefixSet { v4: self.v4.difference(&other.v4), v6: self.v6.difference(&other.v6) }
    }

    /// Members of exactly one.
    #[must_use]
    pub fn symmetric_difference(&self, other: &Self) -> Self {
        PrefixSet {
            v4: self.v4.symmetric_difference(&other.v4),
            v6: self.v6.symmetric_difference(&other.v6),
        }
    }

    /// The addresses of both families that are no members.
    #[must_use]
    pub fn complement(&self) -> Self {
        PrefixSet { v4: self.v4.complement(), v6: self.v6.complement() }
    }

    /// The members of the families asked for.
    #[must_use]
    pub fn only(self, v4: bool, v6: bool) -> Self {
        PrefixSet {
            v4: if v4 { self.v4 } else { Edges::default() },
            v6: if v6 { self.v6 } else { Edges::default() },
        }
    }

    /// Whether every member is one of `other`.
    #[must_use]
    pub fn is_subset(&self, other: &Self) -> bool {
        self.v4.is_subset(&other.v4) && self.v6.is_subset(&other.v6)
    }

    /// Whether no address is a member of both.
    #[must_use]
    pub fn is_disjoint(&self, other: &Self) -> bool {
        self.v4.is_disjoint(&other.v4) && self.v6.is_disjoint(&other.v6)
    }

    /// The lowest prefix of `len` bits all of which is in the set, IPv4 before IPv6.
    #[must_use]
    pub fn first_block(&self, len: u8) -> Option<Net> {
        let v4 = self.v4.first_block(len).map(Ip::V4);
        v4.or_else(|| self.v6.first_block(len).map(Ip::V6)).and_then(|ip| Net::new(ip, len))
    }

    /// Number of prefixes in the smallest cover.
    #[must_use]
    pub fn prefix_count(&self) -> usize {
        self.v4.prefix_count() + self.v6.prefix_count()
    }

    /// The fewest prefixes that cover exactly the set, IPv4 first, each family in order.
    pub fn prefixes(&self) -> impl Iterator<Item = Net> + '_ {
        let v4 = self.v4.prefixes().filter_map(|(ip, len)| Net::new(Ip::V4(ip), len));
        let v6 = self.v6.prefixes().filter_map(|(ip, len)| Net::new(Ip::V6(ip), len));
        v4.chain(v6)
    }
}

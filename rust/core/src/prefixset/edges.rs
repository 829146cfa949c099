//! One family's share of a set: the addresses at which membership changes.

use super::blocks::{block_at, blocks_in};
use super::sweep::{Sweep, combine};
use super::word::Word;

/// A set of addresses of one family.
///
/// `flips` rises strictly. An address is a member when an odd number of flips is at or below it.
/// So the even entries are first members, the odd ones the first addresses after a range, and a
/// range that runs to the end of the family has no closing entry. Each set has exactly one such
/// list: adjacent ranges cannot occur, complement adds or drops one entry, equality compares lists.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Edges<T> {
    flips: Vec<T>,
}

impl<T> Default for Edges<T> {
    fn default() -> Self {
        Edges { flips: Vec::new() }
    }
}

impl<T: Word> Edges<T> {
    /// The set that holds every range `(first, last)`; both ends belong to it. Any order, overlap
    /// allowed. A pair whose `last` is below its `first` counts as empty.
    #[must_use]
    pub fn from_ranges(mut ranges: Vec<(T, T)>) -> Self {
        ranges.retain(|(first, last)| first <= last);
        ranges.sort_unstable_by_key(|&(first, _)| first);
        let mut flips = Vec::new();
        let mut ranges = ranges.into_iter();
        let Some((mut first, mut last)) = ranges.next() else {
            return Edges::default();
        };
        for (from, to) in ranges {
            if last.next().is_some_and(|after| from > after) {
                push_range(&mut flips, first, last);
                (first, last) = (from, to);
            } else {
                last = last.max(to);
            }
        }
        push_range(&mut flips, first, last);
        flips.shrink_to_fit();
        Edges { flips }
    }

    /// The set with these flips; `None` unless they rise strictly.
    #[must_use]
    pub fn from_flips(flips: Vec<T>) -> Option<Self> {
        flips.is_sorted_by(|a, b| a < b).then_some(Edges { flips })
    }

    /// The flips, as `from_flips` takes them.
    #[must_use]
    pub fn flips(&self) -> &[T] {
        &self.flips
    }

    /// Whether no address is a member.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.flips.is_empty()
    }

    /// Whether every address from `first` to `last` is a member.
    #[must_use]
    pub fn contains(&self, first: T, last: T) -> bool {
        let at = self.flips.partition_point(|&flip| flip <= first);
        at & 1 == 1 && self.flips.get(at).is_none_or(|&end| end > last)
    }

    /// Number of ranges.
    #[must_use]
    pub fn range_count(&self) -> usize {
        self.flips.len().div_ceil(2)
    }

    /// The range with this index in order, both ends included.
    #[must_use]
    pub fn range(&self, index: usize) -> Option<(T, T)> {
        let at = index.checked_mul(2)?;
        let first = *self.flips.get(at)?;
        Some((first, self.flips.get(at + 1).map_or(T::MAX, |end| end.before())))
    }

    /// Every range in order, both ends included.
    pub fn ranges(&self) -> impl Iterator<Item = (T, T)> + '_ {
        self.flips.chunks(2).map(|pair| (pair[0], pair.get(1).map_or(T::MAX, |end| end.before())))
    }

    /// The fewest prefixes that cover exactly the set, in order, as address and length.
    pub fn prefixes(&self) -> impl Iterator<Item = (T, u8)> + '_ {
        let mut cursor = PrefixCursor::default();
        std::iter::from_fn(move || cursor.next(self))
    }

    /// How many prefixes `prefixes` gives; costs a few instructions a range.
    #[must_use]
    pub fn prefix_count(&self) -> usize {
        self.ranges().map(|(first, last)| blocks_in(first, last)).sum()
    }

    /// Number of member addresses; `None` stands for 2**128, which `u128` cannot hold.
    #[must_use]
    pub fn address_count(&self) -> Option<u128> {
        self.ranges().try_fold(0u128, |sum, (first, last)| {
            sum.checked_add(first.distance_to(last).wide())?.checked_add(1)
        })
    }

    /// Members of either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Edges { flips: combine(&self.flips, &other.flips, |a, b| a | b) }
    }

    /// Members of both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Edges { flips: combine(&self.flips, &other.flips, |a, b| a & b) }
    }

    /// Members of this set alone.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        Edges { flips: combine(&self.flips, &other.flips, |a, b| a & !b) }
    }

    /// Members of exactly one.
    #[must_use]
    pub fn symmetric_difference(&self, other: &Self) -> Self {
        Edges { flips: combine(&self.flips, &other.flips, |a, b| a ^ b) }
    }

    /// The addresses of the family that are no members.
    #[must_use]
    pub fn complement(&self) -> Self {
        match self.flips.split_first() {
            Some((&first, rest)) if first == T::ZERO => Edges { flips: rest.to_vec() },
            _ => {
                let mut flips = Vec::with_capacity(self.flips.len() + 1);
                flips.push(T::ZERO);
                flips.extend_from_slice(&self.flips);
                Edges { flips }
            }
        }
    }

    /// Whether every member is one of `other`.
    #[must_use]
    pub fn is_subset(&self, other: &Self) -> bool {
        !Sweep::new(&self.flips, &other.flips).any(|(_, a, b)| a & !b)
    }

    /// Whether no address is a member of both.
    #[must_use]
    pub fn is_disjoint(&self, other: &Self) -> bool {
        !Sweep::new(&self.flips, &other.flips).any(|(_, a, b)| a & b)
    }

    /// The lowest prefix of `len` bits, at most the family's width, all of which is in the set.
    #[must_use]
    pub fn first_block(&self, len: u8) -> Option<T> {
        let host_bits = T::BITS.checked_sub(len)?;
        self.ranges().find_map(|(first, last)| {
            let below = first.with_low_zeros(host_bits);
            let start =
                if below == first { first } else { below.with_low_ones(host_bits).next()? };
            (start >= first && start <= last && start.with_low_ones(host_bits) <= last)
                .then_some(start)
        })
    }
}

fn push_range<T: Word>(flips: &mut Vec<T>, first: T, last: T) {
    flips.push(first);
    flips.extend(last.next());
}

/// A place in the ordered list of a set's fewest prefixes.
#[derive(Clone, Debug)]
pub struct PrefixCursor<T> {
    range: usize,
    rest: Option<(T, T)>,
}

impl<T> Default for PrefixCursor<T> {
    fn default() -> Self {
        PrefixCursor { range: 0, rest: None }
    }
}

impl<T: Word> PrefixCursor<T> {
    /// The next prefix of `edges`, always the same set, as address and length.
    pub fn next(&mut self, edges: &Edges<T>) -> Option<(T, u8)> {
        let (first, last) = match self.rest.take() {
            Some(rest) => rest,
            None => {
                let range = edges.range(self.range)?;
                self.range += 1;
                range
            }
        };
        let host_bits = block_at(first, last);
        let end = first.with_low_ones(host_bits);
        if end < last {
            self.rest = end.next().map(|start| (start, last));
        }
        Some((first, T::BITS - host_bits))
    }
}

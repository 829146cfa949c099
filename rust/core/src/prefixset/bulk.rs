//! Membership of many addresses at once.

use super::edges::Edges;
use super::word::Word;

/// From so many queries on a directory pays for its making.
const DIRECTORY_FROM: usize = 4096;
/// A directory has at most two to this power slots, so that it stays in the cache.
const DIRECTORY_BITS: u8 = 16;

impl<T: Word> Edges<T> {
    /// Writes one byte a query: 1 where the address that `read` makes of it is a member, else 0.
    /// Stops at the shorter of `queries` and `out`.
    pub fn contains_many<Q: Copy>(&self, queries: &[Q], read: impl Fn(Q) -> T, out: &mut [u8]) {
        let pairs = queries.iter().zip(out);
        let worthwhile = queries.len() >= DIRECTORY_FROM;
        match worthwhile.then(|| Directory::new(self.flips())).flatten() {
            Some(directory) => pairs.for_each(|(&query, out)| {
                *out = (directory.rank(read(query)) & 1) as u8;
            }),
            None => pairs.for_each(|(&query, out)| {
                let address = read(query);
                *out = (self.flips().partition_point(|&flip| flip <= address) & 1) as u8;
            }),
        }
    }
}

/// Equal slices of the span between the first and last flip, each with its first flip's index:
/// most binary searches end there, the rest have little left to search.
struct Directory<'a, T> {
    flips: &'a [T],
    first: T,
    last: T,
    shift: u8,
    starts: Vec<u32>,
}

impl<'a, T: Word> Directory<'a, T> {
    /// `None` for an empty set, and for one with more flips than a slot can count.
    fn new(flips: &'a [T]) -> Option<Self> {
        let (&first, &last) = (flips.first()?, flips.last()?);
        u32::try_from(flips.len()).ok()?;
        let used = first.distance_to(last).highest_difference(T::ZERO).map_or(0, |bit| bit + 1);
        let shift = used.saturating_sub(DIRECTORY_BITS);
        let mut starts = Vec::with_capacity(1 << DIRECTORY_BITS);
        for (index, flip) in (0u32..).zip(flips) {
            // One entry a slot up to this flip's; an entry is the first flip in or after the slot.
            let slot = first.distance_to(*flip).high_part(shift);
            starts.resize(starts.len().max(slot + 1), index);
        }
        starts.push(flips.len() as u32);
        Some(Directory { flips, first, last, shift, starts })
    }

    /// Number of flips at or below `address`.
    fn rank(&self, address: T) -> usize {
        if address < self.first {
            return 0;
        }
        if address >= self.last {
            return self.flips.len();
        }
        let slot = self.first.distance_to(address).high_part(self.shift);
        let (from, to) = (self.starts[slot] as usize, self.starts[slot + 1] as usize);
        from + self.flips[from..to].partition_point(|&flip| flip <= address)
    }
}

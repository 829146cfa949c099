//! `AsSet`: any number of AS numbers.

/// AS numbers as ranges that rise and do not meet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AsSet {
    ranges: Box<[(u32, u32)]>,
}

impl AsSet {
    /// Of ranges in any order, the last of each belongs to it.
    #[must_use]
    pub fn new(mut ranges: Vec<(u32, u32)>) -> Self {
        ranges.retain(|(first, last)| first <= last);
        ranges.sort_unstable();
        let mut joined: Vec<(u32, u32)> = Vec::with_capacity(ranges.len());
        for (first, last) in ranges {
            match joined.last_mut() {
                Some(held) if first <= held.1.saturating_add(1) => held.1 = held.1.max(last),
                _ => joined.push((first, last)),
            }
        }
        Self { ranges: joined.into() }
    }

    /// Whether a number is one of them.
    #[inline]
    #[must_use]
    pub fn contains(&self, number: u32) -> bool {
        let after = self.ranges.partition_point(|&(first, _)| first <= number);
        let held = after.checked_sub(1).and_then(|at| self.ranges.get(at));
        held.is_some_and(|&(_, last)| number <= last)
    }
}

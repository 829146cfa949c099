//! Bitmaps whose population count gives an index: a set of positions and their ranks.

/// A set of `64 * W` positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bits<const W: usize>([u64; W]);

impl<const W: usize> Bits<W> {
    /// The empty set.
    pub const EMPTY: Self = Bits([0; W]);

    /// Whether `at` is in the set.
    #[inline]
    pub fn has(&self, at: usize) -> bool {
        self.0[at >> 6] >> (at & 63) & 1 != 0
    }

    /// Put `at` in the set.
    pub fn set(&mut self, at: usize) {
        self.0[at >> 6] |= 1 << (at & 63);
    }

    /// Take `at` out of the set.
    pub fn clear(&mut self, at: usize) {
        self.0[at >> 6] &= !(1 << (at & 63));
    }

    /// How many members are below `at`.
    #[inline]
    pub fn rank(&self, at: usize) -> usize {
        let word = at >> 6;
        let below = self.0[word] & ((1u64 << (at & 63)) - 1);
        let whole: u32 = self.0[..word].iter().map(|w| w.count_ones()).sum();
        (whole + below.count_ones()) as usize
    }

    /// The words, the lowest positions first.
    #[inline]
    pub fn words(&self) -> &[u64; W] {
        &self.0
    }

    /// The members in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = usize> + use<W> {
        let words = self.0;
        (0..W).flat_map(move |word| Ones(words[word]).map(move |bit| word * 64 + bit))
    }
}

/// The positions of the ones of a word, lowest first.
pub struct Ones(pub u64);

impl Iterator for Ones {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        if self.0 == 0 {
            return None;
        }
        let bit = self.0.trailing_zeros() as usize;
        self.0 &= self.0 - 1;
        Some(bit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rank_counts_the_members_below() {
        let mut bits = Bits::<4>::EMPTY;
        for at in [0, 1, 63, 64, 200, 255] {
            bits.set(at);
        }
        assert_eq!(bits.iter().collect::<Vec<_>>(), [0, 1, 63, 64, 200, 255]);
        for (rank, at) in bits.iter().enumerate() {
            assert_eq!(bits.rank(at), rank);
        }
        bits.clear(64);
        assert!(!bits.has(64));
        assert_eq!(bits.rank(200), 3);
        assert_eq!(bits.iter().count(), 5);
    }
}

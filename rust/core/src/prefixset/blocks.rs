//! A range cut into the fewest aligned blocks, which are its prefixes.

use super::word::Word;

/// Host bits of the largest aligned block that starts at `first` and ends at or before `last`.
pub(super) fn block_at<T: Word>(first: T, last: T) -> u8 {
    match first.highest_difference(last) {
        None => 0,
        // All of the low bits run from zeros to ones: the rest of the range is one block.
        Some(bit) if first.low_zeros() > bit && last.low_ones() > bit => bit + 1,
        // Below the highest differing bit the range passes a block border, so a block that
        // starts at `first` is bounded by its alignment, or by the border's own size.
        Some(bit) if first.low_zeros() < bit => first.low_zeros(),
        Some(bit) => bit,
    }
}

/// How many blocks the range from `first` to `last` takes, without making them.
///
/// The highest differing bit splits the range. Left of the split, blocks grow and their sizes are
/// the one bits of what is left to the split; right of it they shrink and their sizes are the one
/// bits of the remaining length.
pub(super) fn blocks_in<T: Word>(first: T, last: T) -> usize {
    let Some(bit) = first.highest_difference(last) else {
        return 1;
    };
    if first.low_zeros() > bit && last.low_ones() > bit {
        return 1;
    }
    let split = last.with_low_zeros(bit);
    let left = first.distance_to(split);
    let right = split.distance_to(last).next().unwrap_or(T::ZERO);
    (left.ones() + right.ones()) as usize
}

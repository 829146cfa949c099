//! The two forms in which a node is compiled, both of them 256 cells.
//!
//! *Run-length*: equal neighbours are stored once. Five words hold 56 bits each, one for every
//! byte that begins a run; the top 8 bits count the runs of the words before, so one load and
//! one population count give the run of a byte. The runs follow as cells.
//!
//! ```text
//!  word 0..4:  63      56 55                                     0
//!             +----------+----------------------------------------+
//!             | runs     | byte 56 w + i begins a run: bit i      |
//!             | before   |                                        |
//!             +----------+----------------------------------------+
//!  cells from word 5 on: one a run
//! ```
//!
//! *Direct*: the 256 cells as they are: one load less, at up to a kilobyte a node.

use std::sync::atomic::Ordering;

#[cfg(target_arch = "x86_64")]
use super::simd::Simd;
use super::words::Words;

/// Words before the runs.
pub const HEAD: usize = 5;
/// Bits of a head word that mark runs.
const MARKS: usize = 56;
/// The marks of a head word, without the count.
pub const MARK_BITS: u64 = (1 << MARKS) - 1;
/// Words of a direct node.
pub const DIRECT_WORDS: usize = 128;
/// Words that a hostile or stale rank can reach from a node's start, and more than any node has.
pub const REACH: usize = 192;

/// How nodes are compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Run-length: small.
    Compact,
    /// Direct: fast.
    Fast,
}

/// The head word and the bit in it of a byte: `byte / 56` without a division.
#[inline]
pub const fn locate(byte: usize) -> (usize, usize) {
    let word = byte.wrapping_mul(293) >> 14;
    (word, byte.wrapping_sub(MARKS.wrapping_mul(word)))
}

/// 256 cells as runs, ready to be written.
pub struct Runs {
    head: [u64; HEAD],
    /// As many as there are runs; room for a last vector store.
    cells: [u32; 256 + 16],
    count: usize,
}

impl Runs {
    /// Find the runs.
    pub fn encode(cells: &[u32; 256]) -> Runs {
        let mut runs = Runs { head: [0; HEAD], cells: [0; 256 + 16], count: 0 };
        let mut begins = [0u64; 4];
        #[cfg(target_arch = "x86_64")]
        if Simd::chosen() == Simd::Avx512 {
            // SAFETY: the machine has the features.
            runs.count = unsafe { super::runs512::runs_of(cells, &mut begins, &mut runs.cells) };
            runs.mark(&begins);
            return runs;
        }
        runs.find(cells, &mut begins);
        runs.mark(&begins);
        runs
    }

    fn find(&mut self, cells: &[u32; 256], begins: &mut [u64; 4]) {
        let mut before = !cells[0];
        for (part, begin) in cells.as_chunks::<64>().0.iter().zip(begins) {
            for (bit, &cell) in part.iter().enumerate() {
                let differs = cell != before;
                *begin |= u64::from(differs) << bit;
                self.cells[self.count] = cell; // overwritten unless a run begins here
                self.count += usize::from(differs);
                before = cell;
            }
        }
    }

    /// Spread the marks over the head words, with the counts.
    fn mark(&mut self, begins: &[u64; 4]) {
        let mut before = 0u64;
        for (word, head) in self.head.iter_mut().enumerate() {
            let first = word * MARKS;
            let (low, shift) = (first / 64, first % 64);
            let mut marks = begins[low] >> shift;
            if shift != 0 && low + 1 < 4 {
                marks |= begins[low + 1] << (64 - shift);
            }
            marks &= MARK_BITS;
            *head = marks | (before & 0xff) << MARKS;
            before += u64::from(marks.count_ones());
        }
    }

    /// The one cell that all are, if so.
    pub fn uniform(&self) -> Option<u32> {
        (self.count == 1).then_some(self.cells[0])
    }

    /// Words needed.
    pub fn words(&self) -> usize {
        HEAD + self.count.div_ceil(2)
    }

    /// Write at word `offset`; nobody reads there yet.
    pub fn write(&self, arena: &Words, offset: usize) {
        for (to, &word) in arena.words()[offset..].iter().zip(&self.head) {
            to.store(word, Ordering::Relaxed);
        }
        let cells = &arena.cells()[2 * (offset + HEAD)..];
        for (to, &cell) in cells.iter().zip(&self.cells[..self.count]) {
            to.store(cell, Ordering::Relaxed);
        }
    }
}

/// The index, among an arena's cells, of the run that `byte` is in.
#[inline]
pub fn run_of(arena: &Words, offset: usize, byte: u8) -> usize {
    let (word, bit) = locate(byte.into());
    let head = arena.words()[offset + word].load(Ordering::Acquire);
    2 * (offset + HEAD) + rank(head, bit)
}

/// The run that marks bit `bit` of a head word is in; its first bit is always set in word 0.
#[inline]
pub fn rank(head: u64, bit: usize) -> usize {
    let marks = head & (2u64 << (bit & 63)).wrapping_sub(1);
    ((head >> MARKS) as usize).wrapping_add(marks.count_ones() as usize).wrapping_sub(1) & 0x1ff
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(cells: &[u32; 256]) -> Vec<u32> {
        let runs = Runs::encode(cells);
        let arena = Words::zeroed(runs.words() + 3);
        runs.write(&arena, 3);
        (0..=255).map(|b| arena.cells()[run_of(&arena, 3, b)].load(Ordering::Relaxed)).collect()
    }

    #[test]
    fn runs_give_back_every_cell() {
        let shapes: [fn(usize) -> u32; 5] =
            [|_| 7, |i| i as u32, |i| (i / 3) as u32, |i| u32::from(i >= 56), |i| (i % 2) as u32];
        for shape in shapes {
            let cells: [u32; 256] = std::array::from_fn(shape);
            assert_eq!(decoded(&cells), cells);
            let (fast, mut slow) =
                (Runs::encode(&cells), Runs { head: [0; HEAD], cells: [0; 272], count: 0 });
            let mut begins = [0; 4];
            slow.find(&cells, &mut begins);
            slow.mark(&begins);
            assert_eq!((fast.head, fast.count), (slow.head, slow.count));
            assert_eq!(fast.cells[..fast.count], slow.cells[..slow.count]);
        }
    }

    #[test]
    fn division_by_multiplication_is_exact() {
        for byte in 0..256 {
            assert_eq!(locate(byte), (byte / 56, byte % 56));
        }
    }
}

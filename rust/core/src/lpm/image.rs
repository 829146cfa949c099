//! The compiled table as readers see it, and the lookup of one address.
//!
//! An address first indexes a direct top: its first byte in a small table, its first two bytes
//! in a larger one, and in a full IPv6 table its first three bytes inside 2000::/3, where all
//! global unicast space is (RFC 4291 2.4), with the first-byte table for the rest. Then a node a
//! byte (see `block`) until a cell holds the answer, or a tail: the one prefix that is left,
//! compared at once instead of byte by byte.
//!
//! ```text
//!  tail, IPv4 (2 words):  key u32 | mask u32 | slot inside u32 | slot outside u32
//!  tail, IPv6 (5 words):  key high | mask high | key low | mask low | inside u32, outside u32
//! ```

use std::sync::atomic::{AtomicU32, Ordering};

use super::block::{self, Form};
use super::cell;
use super::key::Key;
use super::words::Words;

/// How many address bits index the top directly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Top {
    /// The first byte: 1 KB.
    One,
    /// The first two bytes: 256 KB.
    Two,
    /// IPv6: the first three bytes inside 2000::/3, 8 MB, and the first byte for the rest.
    Three,
}

impl Top {
    /// Cells of the table of the first byte and of the large table.
    pub(super) const fn cells(self) -> (usize, usize) {
        match self {
            Top::One => (256, 0),
            Top::Two => (0, 1 << 16),
            Top::Three => (256, 1 << 21),
        }
    }

    /// Bytes of the address that the large table takes.
    pub(super) const fn depth(self) -> usize {
        match self {
            Top::One => 1,
            Top::Two => 2,
            Top::Three => 3,
        }
    }
}

/// First bytes that lie inside 2000::/3.
pub const GLOBAL_UNICAST: std::ops::Range<u8> = 0x20..0x40;

/// A compiled table of one family.
pub struct Image {
    pub(super) form: Form,
    pub(super) top: Top,
    /// Cells by first byte.
    pub(super) root: Words,
    /// Cells by the first two or three bytes.
    pub(super) wide: Words,
    /// Nodes and tails.
    pub(super) arena: Words,
}

impl Image {
    /// An image without any prefix and room for `words` words of nodes.
    pub fn empty(form: Form, top: Top, words: usize) -> Image {
        let (root, wide) = top.cells();
        Image {
            form,
            top,
            root: Words::zeroed(root / 2),
            wide: Words::zeroed(wide / 2),
            arena: Words::zeroed(words + block::REACH),
        }
    }

    /// Bytes of memory held.
    pub fn memory(&self) -> usize {
        8 * (self.root.len() + self.wide.len() + self.arena.len())
    }

    /// The cell that `address` starts from and the byte to go on with.
    #[inline]
    pub(super) fn enter<K: Key>(&self, address: K) -> (u32, usize) {
        let first = address.byte(0);
        let (cells, at, depth) = match self.top {
            Top::Two => (&self.wide, usize::from(first) << 8 | usize::from(address.byte(1)), 2),
            Top::Three if GLOBAL_UNICAST.contains(&first) => {
                let at = usize::from(first & 0x1f) << 16
                    | usize::from(address.byte(1)) << 8
                    | usize::from(address.byte(2));
                (&self.wide, at, 3)
            }
            _ => (&self.root, usize::from(first), 1),
        };
        (load(&cells.cells()[at]), depth)
    }

    /// The slot of the longest match of `address`; 0 where none matches.
    #[inline]
    pub fn find<K: Key>(&self, address: K) -> u32 {
        let (cell, depth) = self.enter(address);
        self.follow(address, cell, depth)
    }

    /// Go on from a cell that byte `depth` refines.
    #[inline]
    pub(super) fn follow<K: Key>(&self, address: K, mut cell: u32, from: usize) -> u32 {
        for depth in from..=usize::from(K::BITS / 8) {
            if !cell::is_ref(cell) {
                return cell;
            }
            if cell::is_tail(cell) {
                return self.tail(address, cell);
            }
            if depth == usize::from(K::BITS / 8) {
                break;
            }
            let (offset, byte) = (cell::offset(cell), address.byte(depth));
            let at = match self.form {
                Form::Compact => block::run_of(&self.arena, offset, byte),
                Form::Fast => 2 * offset + usize::from(byte),
            };
            cell = load(&self.arena.cells()[at]);
        }
        0 // only a damaged image has a node below the last byte
    }

    /// The answer of the tail that `cell` refers to.
    #[inline]
    pub(super) fn tail<K: Key>(&self, address: K, cell: u32) -> u32 {
        let tail = self.arena.words().get(cell::offset(cell)..).and_then(<[_]>::first_chunk::<5>);
        let Some(tail) = tail else { return 0 }; // an arena ends in room for more than a tail
        let word = |at: usize| tail[at].load(Ordering::Acquire);
        let (differs, slots) = if K::BITS == 32 {
            let (key, slots) = (word(0), word(1));
            (u128::from((address.widen() as u32 ^ key as u32) & (key >> 32) as u32), slots)
        } else {
            let key = u128::from(word(0)) << 64 | u128::from(word(2));
            let mask = u128::from(word(1)) << 64 | u128::from(word(3));
            ((address.widen() ^ key) & mask, word(4))
        };
        (slots >> (32 * u32::from(differs != 0))) as u32
    }
}

/// Words of a tail.
pub const fn tail_words<K: Key>() -> usize {
    if K::BITS == 32 { 2 } else { 5 }
}

/// The words of the tail of one prefix.
pub fn tail<K: Key>(key: K, len: u8, inside: u32, outside: u32) -> ([u64; 5], usize) {
    let slots = u64::from(inside) | u64::from(outside) << 32;
    let mask = K::narrow(u128::MAX).masked(len).widen();
    let key = key.widen();
    if K::BITS == 32 {
        ([key as u64 | (mask as u64) << 32, slots, 0, 0, 0], 2)
    } else {
        ([(key >> 64) as u64, (mask >> 64) as u64, key as u64, mask as u64, slots], 5)
    }
}

#[inline]
pub(super) fn load(cell: &AtomicU32) -> u32 {
    cell.load(Ordering::Acquire)
}

//! Bulk lookup with plain instructions, on any machine.
//!
//! Whether an address is answered at once, by a node or by a tail is a coin toss that no branch
//! predictor wins. So nothing branches on it: the addresses of a block take each step together,
//! and one that needs no step takes it at the arena's first word and keeps what it has. The loads
//! of different addresses then overlap. A step that nobody needs is left out.

use std::sync::atomic::Ordering;

use super::block::{self, Form, HEAD};
use super::cell::{self, REF, TAIL};
use super::image::{Image, Top, load};
use super::key::Key;

/// Addresses that take their steps together.
const BLOCK: usize = 32;

/// IPv4 addresses in host order.
pub fn lookup4(image: &Image, addrs: &[u32], out: &mut [u32]) {
    let (top, shift) = match image.top {
        Top::One => (image.root.cells(), 24),
        _ => (image.wide.cells(), 16),
    };
    for (addrs, out) in addrs.chunks(BLOCK).zip(out.chunks_mut(BLOCK)) {
        let mut ahead = Ahead::default();
        for (&address, cell) in addrs.iter().zip(out.iter_mut()) {
            *cell = top.get((address >> shift) as usize).map_or(0, load);
            ahead.note(*cell);
        }
        for depth in image.top.depth()..4 {
            if !ahead.is_node {
                break;
            }
            let bytes = addrs.iter().map(|address| address.byte(depth));
            match image.form {
                Form::Compact => ahead.step::<true>(image, bytes, out),
                Form::Fast => ahead.step::<false>(image, bytes, out),
            }
        }
        ahead.finish(image, addrs, out);
    }
}

/// IPv6 addresses in network order.
pub fn lookup6(image: &Image, addrs: &[[u8; 16]], out: &mut [u32]) {
    let mut numbers = [0u128; BLOCK];
    for (addrs, out) in addrs.chunks(BLOCK).zip(out.chunks_mut(BLOCK)) {
        let numbers = &mut numbers[..addrs.len()];
        let mut ahead = Ahead::default();
        for ((address, number), cell) in addrs.iter().zip(numbers.iter_mut()).zip(out.iter_mut()) {
            *number = u128::from_be_bytes(*address);
            let (entry, depth) = image.enter(*number);
            // outside 2000::/3 a table with the large top goes on from the first byte
            let is_late = depth < image.top.depth();
            *cell = if is_late { image.follow(*number, entry, depth) } else { entry };
            ahead.note(*cell);
        }
        for depth in image.top.depth()..16 {
            if !ahead.is_node {
                break;
            }
            ahead.step::<true>(image, addrs.iter().map(|address| address[depth]), out);
        }
        ahead.finish(image, numbers, out);
    }
}

/// What the cells of a block ask for.
#[derive(Default)]
struct Ahead {
    is_node: bool,
    is_tail: bool,
}

impl Ahead {
    #[inline]
    fn note(&mut self, cell: u32) {
        self.is_node |= cell & (REF | TAIL) == REF;
        self.is_tail |= cell >= REF | TAIL;
    }

    /// One byte further for the cells that refer to nodes.
    #[inline]
    fn step<const RUNS: bool>(
        &mut self,
        image: &Image,
        bytes: impl Iterator<Item = u8>,
        out: &mut [u32],
    ) {
        let (words, cells) = (image.arena.words(), image.arena.cells());
        self.is_node = false;
        for (byte, out) in bytes.zip(out) {
            let (here, byte) = (*out, usize::from(byte));
            let is_node = here & (REF | TAIL) == REF;
            let offset = if is_node { cell::offset(here) } else { 0 };
            let place = if RUNS {
                let (word, bit) = block::locate(byte);
                let head = words.get(offset.wrapping_add(word));
                let head = head.map_or(0, |head| head.load(Ordering::Acquire));
                offset.wrapping_add(HEAD).wrapping_mul(2).wrapping_add(block::rank(head, bit))
            } else {
                offset.wrapping_mul(2).wrapping_add(byte)
            };
            let next = cells.get(place).map_or(0, load);
            *out = if is_node { next } else { here };
            self.note(*out);
        }
    }

    /// Compare with the tails.
    #[inline]
    fn finish<K: Key>(&self, image: &Image, addrs: &[K], out: &mut [u32]) {
        if !self.is_tail {
            return;
        }
        for (&address, cell) in addrs.iter().zip(out) {
            let is_tail = *cell >= REF | TAIL;
            let slot = image.tail(address, if is_tail { *cell } else { 0 });
            *cell = if is_tail { slot } else { *cell };
        }
    }
}

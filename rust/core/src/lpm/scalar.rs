//! Bulk lookup, one address after the other, on any machine.
//!
//! The loads of one address wait for each other, those of different addresses do not: the
//! processor overlaps them by itself as long as the code between is short and has no surprises.
//! So the form and the top are settled before the loop.

use super::block::{self, Form, HEAD};
use super::cell;
use super::image::{Image, Top, load};
use super::key::Key;

/// IPv4 addresses in host order.
#[inline(always)] // into functions that are compiled for more capable processors
pub fn lookup4(image: &Image, addrs: &[u32], out: &mut [u32]) {
    match image.form {
        Form::Compact => each4::<true>(image, addrs, out),
        Form::Fast => each4::<false>(image, addrs, out),
    }
}

#[inline(always)]
fn each4<const RUNS: bool>(image: &Image, addrs: &[u32], out: &mut [u32]) {
    let (top, shift) = match image.top {
        Top::One => (image.root.cells(), 24),
        _ => (image.wide.cells(), 16),
    };
    let depth = image.top.depth();
    for (&address, slot) in addrs.iter().zip(out) {
        let cell = top.get((address >> shift) as usize).map_or(0, load);
        *slot =
            if cell::is_ref(cell) { go::<u32, RUNS>(image, address, cell, depth) } else { cell };
    }
}

/// IPv6 addresses in network order.
#[inline(always)]
pub fn lookup6(image: &Image, addrs: &[[u8; 16]], out: &mut [u32]) {
    for (address, slot) in addrs.iter().zip(out) {
        let address = u128::from_be_bytes(*address);
        let (cell, depth) = image.enter(address);
        *slot =
            if cell::is_ref(cell) { go::<u128, true>(image, address, cell, depth) } else { cell };
    }
}

/// Follow a reference that byte `depth` refines.
#[inline(always)]
fn go<K: Key, const RUNS: bool>(image: &Image, address: K, mut cell: u32, from: usize) -> u32 {
    let (words, cells) = (image.arena.words(), image.arena.cells());
    for depth in from..usize::from(K::BITS / 8) {
        if cell::is_tail(cell) {
            break;
        }
        let (offset, byte) = (cell::offset(cell), usize::from(address.byte(depth)));
        let at = if RUNS {
            let (word, bit) = block::locate(byte);
            let Some(head) = words.get(offset + word) else { return 0 };
            let head = head.load(std::sync::atomic::Ordering::Acquire);
            2 * (offset + HEAD) + block::rank(head, bit)
        } else {
            2 * offset + byte
        };
        cell = cells.get(at).map_or(0, load);
        if !cell::is_ref(cell) {
            return cell;
        }
    }
    image.follow(address, cell, usize::from(K::BITS / 8))
}

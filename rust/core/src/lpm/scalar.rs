//! Bulk lookup, one address after the other, on any machine.
//!
//! The loads of one address wait for each other, those of different addresses do not: the
//! processor overlaps them by itself as long as the code between has no surprises.

use super::image::Image;

pub fn lookup4(image: &Image, addrs: &[u32], out: &mut [u32]) {
    for (&address, slot) in addrs.iter().zip(out) {
        *slot = image.find(address);
    }
}

pub fn lookup6(image: &Image, addrs: &[[u8; 16]], out: &mut [u32]) {
    for (address, slot) in addrs.iter().zip(out) {
        *slot = image.find(u128::from_be_bytes(*address));
    }
}

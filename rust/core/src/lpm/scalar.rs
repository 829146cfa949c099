//! Bulk lookup, one address after the other.

use super::Lookup;
use super::image::Image;

impl Lookup for Image {
    fn lookup4(&self, addrs: &[u32], out: &mut [u32]) {
        for (&address, slot) in addrs.iter().zip(out) {
            *slot = self.find(address);
        }
    }

    fn lookup6(&self, addrs: &[[u8; 16]], out: &mut [u32]) {
        for (address, slot) in addrs.iter().zip(out) {
            *slot = self.find(u128::from_be_bytes(*address));
        }
    }
}

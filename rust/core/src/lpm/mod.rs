//! Longest-prefix match.
//!
//! The truth is a trie with every prefix (`rib`); what readers use is compiled from it (`image`,
//! `block`) and kept up to date node by node (`engine`) while they read (`epoch`). `table` joins
//! both families. Offsets are positions in one arena, so an image can be written to a file and
//! mapped again.

mod ask;
#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod bits;
mod block;
mod cell;
mod dispatch;
mod engine;
mod epoch;
mod frozen;
mod image;
mod key;
mod node;
mod rib;
#[cfg(target_arch = "x86_64")]
mod runs512;
mod scalar;
mod simd;
mod table;
#[cfg(test)]
mod tests;
mod words;

pub use block::Form;
pub use frozen::{ImageError, Parts};
pub use image::Image;
pub(crate) use key::Key;
pub(crate) use rib::Rib as Trie;
pub use simd::Simd;
pub use table::{Placed, Readers, Snapshot, Table, merge};
pub use words::Words;

/// A table that answers in bulk.
pub trait Lookup: Sync {
    /// The slot of each IPv4 address, 0 where none matches. `out` is at least as long as `addrs`.
    fn lookup4(&self, addrs: &[u32], out: &mut [u32]);

    /// The same for IPv6 addresses in network order.
    fn lookup6(&self, addrs: &[[u8; 16]], out: &mut [u32]);
}

//! Addresses with rules of their own: a small table, and a bitmap that spares most lookups in it.

use super::reason::Reason;
use crate::addr::{Ip, Net};
use crate::lpm::{Form, Snapshot, Table};

/// One bit for every 16 bits of an address.
pub type Bits = [u32; 2048];

/// Ranges by longest match; the answer is the number of a [`Reason`], 0 for an ordinary address.
pub struct Special {
    pub(super) table: Snapshot,
    /// By the first 16 bits of an IPv4 address: whether a range has addresses there.
    pub(super) near4: Box<Bits>,
    /// By the first two bytes of an IPv6 address, as a little-endian number: 0, [`SOME`], or
    /// [`ALL`] where a range holds all that begin so.
    pub(super) begins6: Vec<u8>,
    /// By the second 16 bits: whether a range that holds some has addresses there.
    pub(super) near6: Box<Bits>,
}

/// What `begins6` says where only a part is in a range.
pub const SOME: u8 = 1;
/// What it says where all is.
const ALL: u8 = 3;
/// Behind the last of its entries, for those who load four at once.
const SPARE: usize = 3;

fn set(bits: &mut Bits, first: u32, last: u32) {
    for at in first & 0xffff..=last & 0xffff {
        bits[at as usize / 32] |= 1 << (at % 32);
    }
}

fn test(bits: &Bits, at: u32) -> bool {
    bits.get(at as usize / 32).is_some_and(|word| word >> (at % 32) & 1 == 1)
}

impl Special {
    pub fn new(ranges: &[(Net, Reason)]) -> Special {
        let mut near4 = Box::new([0; 2048]);
        let mut near6 = Box::new([0; 2048]);
        let mut begins6 = vec![0; (1 << 16) + SPARE];
        for (net, _) in ranges {
            match (net.ip(), net.last()) {
                (Ip::V4(first), Ip::V4(last)) => set(&mut near4, first >> 16, last >> 16),
                (Ip::V6(first), Ip::V6(last)) => {
                    let kind = if net.len() <= 16 { ALL } else { SOME };
                    for at in (first >> 112) as u16..=(last >> 112) as u16 {
                        begins6[usize::from(at.swap_bytes())] |= kind;
                    }
                    let second = |address: u128| (address >> 96) as u32 & 0xffff;
                    if kind == SOME {
                        set(&mut near6, second(first), second(last));
                    }
                }
                _ => {}
            }
        }
        let table = compiled(ranges.iter().map(|&(net, reason)| (net, reason as u32)));
        Special { table, near4, begins6, near6 }
    }

    /// Whether an address may be in a range; never false for one that is.
    #[inline]
    pub fn is_near4(&self, address: u32) -> bool {
        test(&self.near4, address >> 16)
    }

    /// The same for IPv6.
    #[inline]
    pub fn is_near6(&self, address: &[u8; 16]) -> bool {
        let [a, b, c, d, ..] = *address;
        let kind = self.begins6.get(usize::from(u16::from_le_bytes([a, b]))).copied().unwrap_or(0);
        let second = usize::from(u16::from_be_bytes([c, d]));
        let bit = (self.near6[second / 32] >> (second % 32)) as u8;
        (kind >> 1 | kind & bit) & 1 == 1
    }
}

/// A small table with these answers.
pub fn compiled(entries: impl Iterator<Item = (Net, u32)>) -> Snapshot {
    let mut table = Table::new(Form::Compact);
    let mut leaf = vec![0];
    for (net, answer) in entries {
        if let Some(placed) = table.put(net) {
            let slot = placed.slot as usize;
            leaf.resize(leaf.len().max(slot + 1), 0);
            leaf[slot] = answer;
        }
    }
    table.compile(Form::Compact, &leaf)
}

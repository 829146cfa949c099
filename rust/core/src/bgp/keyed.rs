//! A hash with a key: peers choose prefixes and attributes, so nobody else may know where they fall.
//!
//! Folded multiplication of 64 bits. The key is handed in, so that a lab is the same in every run.

/// The key of a table.
#[derive(Clone, Copy, Debug)]
pub struct Keyed {
    a: u64,
    b: u64,
}

const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
const OTHER: u64 = 0xd6e8_feb8_6659_fd93;

#[inline(always)]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a).wrapping_mul(u128::from(b));
    (product as u64) ^ (product >> 64) as u64
}

impl Keyed {
    /// The hash of a key; any number will do, one that peers cannot guess keeps them off.
    #[must_use]
    pub fn new(key: u64) -> Self {
        let a = fold(key ^ ODD, OTHER);
        Self { a, b: fold(a ^ OTHER, ODD) }
    }

    /// Of two words.
    #[inline(always)]
    #[must_use]
    pub fn words(&self, one: u64, other: u64) -> u64 {
        fold(fold(one ^ self.a, ODD) ^ other, self.b | 1)
    }

    /// Of bytes, whose number counts.
    #[must_use]
    pub fn bytes(&self, bytes: &[u8]) -> u64 {
        let mut state = self.a;
        let mut chunks = bytes.chunks_exact(16);
        for chunk in &mut chunks {
            let (low, high) = chunk.split_at(8);
            state = fold(word(low) ^ state, word(high) ^ self.b);
        }
        let (low, high) = chunks.remainder().split_at(chunks.remainder().len().min(8));
        let last = fold(word(low) ^ state, word(high) ^ self.b);
        fold(last ^ OTHER, self.a ^ bytes.len() as u64)
    }
}

/// Up to eight bytes as a number.
#[inline(always)]
fn word(bytes: &[u8]) -> u64 {
    if let Ok(all) = bytes.try_into() {
        return u64::from_le_bytes(all);
    }
    let mut all = [0; 8];
    for (to, from) in all.iter_mut().zip(bytes) {
        *to = *from;
    }
    u64::from_le_bytes(all)
}

#[cfg(test)]
mod tests {
    use super::Keyed;
    use std::collections::HashSet;

    #[test]
    fn what_differs_falls_elsewhere_and_so_with_another_key() {
        let (one, other) = (Keyed::new(1), Keyed::new(2));
        let mut seen = HashSet::new();
        for length in 0..40_usize {
            for value in 0..32_u8 {
                let mut bytes = vec![0; length];
                if let Some(last) = bytes.last_mut() {
                    *last = value;
                } else if value > 0 {
                    continue;
                }
                assert!(seen.insert(one.bytes(&bytes)), "{bytes:?}");
                assert_ne!(one.bytes(&bytes), other.bytes(&bytes));
            }
        }
    }

    #[test]
    fn prefixes_spread_evenly() {
        let hash = Keyed::new(7);
        let mut counts = [0_u32; 256];
        for net in 0..65_536_u64 {
            counts[(hash.words(net << 16 | 24, 0) >> 56) as usize] += 1;
        }
        assert!(counts.iter().all(|&count| (128..512).contains(&count)), "{counts:?}");
    }
}

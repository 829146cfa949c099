//! A hash for keys of a few integers that outsiders choose: keyed by chance, so that nobody can
//! choose them alike. Nothing may depend on an order that comes from it.

use std::hash::{BuildHasher, Hasher, RandomState};

/// Makes `Folding`, all with one key.
#[derive(Clone, Debug)]
pub struct Keyed(u64, u64);

/// Multiplies each integer, mixed with the key, into 128 bits and folds them.
pub struct Folding(u64, u64);

impl Default for Keyed {
    fn default() -> Keyed {
        let random = RandomState::new();
        Keyed(random.hash_one(0), random.hash_one(1) | 1)
    }
}

impl BuildHasher for Keyed {
    type Hasher = Folding;

    fn build_hasher(&self) -> Folding {
        Folding(self.0, self.1)
    }
}

impl Hasher for Folding {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word) ^ chunk.len() as u64);
        }
    }

    fn write_u64(&mut self, word: u64) {
        let wide = u128::from(self.0 ^ word).wrapping_mul(u128::from(self.1));
        self.0 = (wide as u64) ^ ((wide >> 64) as u64) ^ self.1.rotate_left(29);
    }

    fn write_u32(&mut self, word: u32) {
        self.write_u64(word.into());
    }

    fn write_u16(&mut self, word: u16) {
        self.write_u64(word.into());
    }
}

//! Equal byte strings become one number.
//!
//! An open hash table of (hash, number) beside one arena of bytes: a million lines are a million
//! probes, so no string is boxed. The hash is seeded per table: a hostile file cannot choose
//! values that collide.

use std::hash::{BuildHasher, RandomState};

/// Distinct byte strings, numbered in order of first appearance.
pub struct Interner {
    slots: Vec<Slot>, // a power of two, at most half full
    ends: Vec<usize>, // text n ends at ends[n] in the arena
    arena: Vec<u8>,
    seeds: [u64; 2],
    last: u32,
}

#[derive(Clone, Copy)]
struct Slot {
    hash: u32,
    id: u32, // VACANT: none
}

const VACANT: u32 = u32::MAX;
const FIRST_SLOTS: usize = 64;

impl Default for Interner {
    fn default() -> Self {
        let random = RandomState::new();
        Interner {
            slots: vec![Slot { hash: 0, id: VACANT }; FIRST_SLOTS],
            ends: Vec::new(),
            arena: Vec::new(),
            seeds: [random.hash_one(0), random.hash_one(1)],
            last: VACANT,
        }
    }
}

impl Interner {
    /// The number of `text`.
    pub fn intern(&mut self, text: &[u8]) -> u32 {
        // neighbouring routes mostly share their value: one compare instead of a hash
        if self.get(self.last) == Some(text) {
            return self.last;
        }
        let hash = self.hash(text);
        let mut at = hash as usize & (self.slots.len() - 1);
        self.last = loop {
            let slot = self.slots[at];
            if slot.id == VACANT {
                break self.insert(at, hash, text);
            }
            if slot.hash == hash && self.get(slot.id) == Some(text) {
                break slot.id;
            }
            at = (at + 1) & (self.slots.len() - 1);
        };
        self.last
    }

    /// The string of a number; `None` where no string has it.
    #[must_use]
    pub fn get(&self, id: u32) -> Option<&[u8]> {
        let end = *self.ends.get(id as usize)?;
        let start = (id as usize).checked_sub(1).map_or(0, |before| self.ends[before]);
        self.arena.get(start..end)
    }

    /// The distinct strings, by number.
    pub fn texts(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.ends.len() as u32).filter_map(|id| self.get(id))
    }

    /// How many distinct strings there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// None yet?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Memory held, in bytes, roughly.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.arena.len()
            + self.ends.len() * size_of::<usize>()
            + self.slots.len() * size_of::<Slot>()
    }

    fn insert(&mut self, at: usize, hash: u32, text: &[u8]) -> u32 {
        let id = self.ends.len() as u32; // rows are bounded below 2**32, and so are their values
        self.arena.extend_from_slice(text);
        self.ends.push(self.arena.len());
        self.slots[at] = Slot { hash, id };
        if self.ends.len() * 2 > self.slots.len() {
            self.grow();
        }
        id
    }

    fn grow(&mut self) {
        let wide = self.slots.len() * 2;
        let old = std::mem::replace(&mut self.slots, vec![Slot { hash: 0, id: VACANT }; wide]);
        for slot in old.into_iter().filter(|slot| slot.id != VACANT) {
            let mut at = slot.hash as usize & (wide - 1);
            while self.slots[at].id != VACANT {
                at = (at + 1) & (wide - 1);
            }
            self.slots[at] = slot;
        }
    }

    /// Multiply and fold, eight bytes a step.
    fn hash(&self, text: &[u8]) -> u32 {
        let [mut state, key] = self.seeds;
        let (words, tail) = text.as_chunks::<8>();
        for word in words {
            state = fold(state ^ u64::from_le_bytes(*word), key);
        }
        let mut last = [0; 8];
        last[..tail.len()].copy_from_slice(tail);
        state = fold(state ^ u64::from_le_bytes(last), key);
        fold(state ^ text.len() as u64, key) as u32
    }
}

const fn fold(a: u64, key: u64) -> u64 {
    let wide = (a as u128).wrapping_mul((key | 1) as u128);
    (wide as u64) ^ ((wide >> 64) as u64)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::Interner;

    #[test]
    fn equal_texts_share_a_number_and_new_ones_count_up() {
        let mut texts = Interner::default();
        let ids = [&b"a"[..], b"b", b"a", b"a", b"", b""].map(|text| texts.intern(text));
        assert_eq!(ids, [0, 1, 0, 0, 2, 2]);
        assert_eq!(texts.texts().collect::<Vec<_>>(), [&b"a"[..], b"b", b""]);
    }

    proptest! {
        #[test]
        fn numbers_are_those_of_a_hash_map(seen in prop::collection::vec("[ab]{0,12}", 0..400)) {
            let mut texts = Interner::default();
            let mut golden = HashMap::new();
            for text in &seen {
                let fresh = golden.len() as u32;
                let id = *golden.entry(text.clone()).or_insert(fresh);
                prop_assert_eq!(texts.intern(text.as_bytes()), id);
            }
            prop_assert_eq!(texts.len(), golden.len());
        }
    }
}

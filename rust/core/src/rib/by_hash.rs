//! Numbers by a hash of what they stand for; those of one hash are a chain.

use std::collections::HashMap;

use super::groups::NONE;

/// The numbers of each hash. A number has a hash of its own at most once.
#[derive(Debug, Default)]
pub struct ByHash {
    first: HashMap<u64, u32>,
    /// By number: the next of the same hash.
    next: Vec<u32>,
}

impl ByHash {
    /// Put a number under a hash.
    pub fn insert(&mut self, hash: u64, number: u32) {
        let at = number as usize;
        if self.next.len() <= at {
            self.next.resize(at + 1, NONE);
        }
        self.next[at] = self.first.insert(hash, number).unwrap_or(NONE);
    }

    /// Take a number out that is under this hash.
    pub fn remove(&mut self, hash: u64, number: u32) {
        let Some(before) = self.with(hash).take_while(|&other| other != number).last() else {
            match self.next.get(number as usize) {
                Some(&next) if next != NONE => self.first.insert(hash, next),
                _ => self.first.remove(&hash),
            };
            return;
        };
        if let Some(&next) = self.next.get(number as usize) {
            self.next[before as usize] = next;
        }
    }

    /// The numbers under a hash.
    pub fn with(&self, hash: u64) -> impl Iterator<Item = u32> {
        let first = self.first.get(&hash).copied();
        std::iter::successors(first, |&at| {
            self.next.get(at as usize).copied().filter(|&next| next != NONE)
        })
    }

    /// Bytes of memory held, as far as one can know.
    pub fn memory(&self) -> usize {
        self.first.capacity() * 17 + self.next.capacity() * 4
    }
}

#[cfg(test)]
mod tests {
    use super::ByHash;

    #[test]
    fn numbers_of_one_hash_come_and_go_in_any_order() {
        for order in [[1, 2, 3], [3, 2, 1], [2, 1, 3], [2, 3, 1]] {
            let mut held = ByHash::default();
            (1..4).for_each(|number| held.insert(7, number));
            held.insert(8, 9);
            let mut left = vec![1, 2, 3];
            for gone in order {
                held.remove(7, gone);
                left.retain(|&number| number != gone);
                let mut found: Vec<u32> = held.with(7).collect();
                found.sort_unstable();
                assert_eq!(found, left);
            }
            assert_eq!(held.with(8).collect::<Vec<_>>(), [9]);
        }
    }
}

//! Which statements routes went by, and how often.

use std::collections::HashMap;

/// How many are told apart; with more all are counted up and begun again.
pub(super) const MOST: usize = 1 << 16;

/// Trails by number, each with its count, which are added up only when somebody looks.
#[derive(Debug, Default)]
pub(super) struct Trails {
    numbers: HashMap<Box<[u16]>, u32>,
    counted: Vec<(Box<[u16]>, u64)>,
    last: u32,
}

impl Trails {
    /// The number of a trail.
    pub(super) fn number(&mut self, trail: &[u16]) -> u32 {
        if self.counted.get(self.last as usize).is_some_and(|(held, _)| **held == *trail) {
            return self.last;
        }
        if let Some(&number) = self.numbers.get(trail) {
            self.last = number;
            return number;
        }
        let number = self.counted.len() as u32;
        self.numbers.insert(trail.into(), number);
        self.counted.push((trail.into(), 0));
        number
    }

    pub(super) fn len(&self) -> usize {
        self.counted.len()
    }

    /// So many more routes went by one.
    #[inline]
    pub(super) fn count(&mut self, number: u32, routes: u64) {
        if let Some((_, count)) = self.counted.get_mut(number as usize) {
            *count = count.wrapping_add(routes);
        }
    }

    /// Add what was counted to `hits`, one a statement, and begin again at nothing.
    pub(super) fn take(&mut self, hits: &mut [u64]) {
        for (trail, count) in &mut self.counted {
            let count = std::mem::take(count);
            for &place in trail.iter() {
                if let Some(hit) = hits.get_mut(usize::from(place)) {
                    *hit = hit.wrapping_add(count);
                }
            }
        }
    }
}

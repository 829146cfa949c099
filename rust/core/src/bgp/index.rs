//! Numbers by a hash of what they stand for: open addressing, and a part of the hash beside each
//! number, so that what is compared is nearly always the one that is looked for.

const FREE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
struct Cell {
    tag: u32,
    number: u32,
}

const EMPTY: Cell = Cell { tag: 0, number: FREE };

/// An index; the numbers are the caller's, below `u32::MAX`. It grows by half: a cell of a tag has its
/// home where the tag stands among all tags, so there may be any number of cells.
#[derive(Debug, Default)]
pub struct Index {
    cells: Vec<Cell>,
    len: usize,
}

impl Index {
    /// How many numbers it holds.
    pub fn len(&self) -> usize {
        self.len
    }

    /// The number of this hash that `is_it`.
    #[inline]
    pub fn find(&self, hash: u64, mut is_it: impl FnMut(u32) -> bool) -> Option<u32> {
        let tag = tag_of(hash);
        let mut at = self.home(tag);
        loop {
            let cell = self.cells.get(at)?;
            if cell.number == FREE {
                return None;
            }
            if cell.tag == tag && is_it(cell.number) {
                return Some(cell.number);
            }
            at = self.after(at);
        }
    }

    /// Put a number that is not there under a hash.
    pub fn insert(&mut self, hash: u64, number: u32) {
        if self.len >= self.cells.len() / 5 * 4 {
            self.grow();
        }
        self.put(Cell { tag: tag_of(hash), number });
        self.len += 1;
    }

    /// Take a number out that stands under this hash; false if it does not.
    pub fn remove(&mut self, hash: u64, number: u32) -> bool {
        let mut hole = self.home(tag_of(hash));
        loop {
            match self.cells.get(hole) {
                None => return false,
                Some(cell) if cell.number == FREE => return false,
                Some(cell) if cell.number == number => break,
                Some(_) => hole = self.after(hole),
            }
        }
        self.len -= 1;
        let mut at = hole;
        loop {
            at = self.after(at);
            let Some(&cell) = self.cells.get(at) else { break };
            if cell.number == FREE {
                break;
            }
            // who would be found at the hole too moves there
            if self.way(self.home(cell.tag), at) >= self.way(hole, at) {
                self.set(hole, cell);
                hole = at;
            }
        }
        self.set(hole, EMPTY);
        true
    }

    /// Bytes of memory held.
    pub fn memory(&self) -> usize {
        self.cells.capacity() * size_of::<Cell>()
    }

    fn grow(&mut self) {
        let wanted = (self.cells.len() / 2 * 3).max(16);
        let old = std::mem::replace(&mut self.cells, vec![EMPTY; wanted]);
        for cell in old {
            if cell.number != FREE {
                self.put(cell);
            }
        }
    }

    fn put(&mut self, cell: Cell) {
        let mut at = self.home(cell.tag);
        while self.cells.get(at).is_some_and(|held| held.number != FREE) {
            at = self.after(at);
        }
        self.set(at, cell);
    }

    fn set(&mut self, at: usize, cell: Cell) {
        if let Some(held) = self.cells.get_mut(at) {
            *held = cell;
        }
    }

    #[inline(always)]
    fn home(&self, tag: u32) -> usize {
        ((u64::from(tag) * self.cells.len() as u64) >> 32) as usize
    }

    #[inline(always)]
    fn after(&self, at: usize) -> usize {
        if at + 1 < self.cells.len() { at + 1 } else { 0 }
    }

    /// How many cells it is from one to another.
    fn way(&self, from: usize, to: usize) -> usize {
        if from <= to { to - from } else { to + self.cells.len() - from }
    }
}

#[inline(always)]
fn tag_of(hash: u64) -> u32 {
    (hash >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::Index;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn it_holds_what_a_map_holds(steps in prop::collection::vec((any::<bool>(), 0_u32..60), 0..400)) {
            // few homes, so that chains meet, also around the end
            let hash = |number: u32| u64::from(number % 7) * (u64::MAX / 6);
            let (mut index, mut model) = (Index::default(), BTreeMap::new());
            for (comes, number) in steps {
                if comes && model.insert(number, ()).is_none() {
                    index.insert(hash(number), number);
                } else if !comes {
                    prop_assert_eq!(index.remove(hash(number), number), model.remove(&number).is_some());
                }
                prop_assert_eq!(index.len(), model.len());
                for at in 0..60 {
                    let found = index.find(hash(at), |number| number == at);
                    prop_assert_eq!(found.is_some(), model.contains_key(&at));
                }
            }
        }
    }
}

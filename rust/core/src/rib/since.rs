//! When each candidate of a prefix came: one instant for most prefixes, several for few.
//!
//! A prefix has room for a word: the instant itself, or the number of a list that is kept beside.

/// Instants in the order of the candidates of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Since {
    /// Of the only candidate; of none, it means nothing.
    One(u64),
    /// Of several.
    Several(Box<[u64]>),
}

impl Since {
    /// From a list.
    pub fn of(instants: &[u64]) -> Since {
        match instants {
            [] => Since::One(0),
            [only] => Since::One(*only),
            several => Since::Several(several.into()),
        }
    }

    /// As a list; not empty.
    pub fn as_slice(&self) -> &[u64] {
        match self {
            Since::One(only) => std::slice::from_ref(only),
            Since::Several(several) => several,
        }
    }

    /// Of the candidate at a place; 0 where there is none.
    pub fn get(&self, place: Option<usize>) -> u64 {
        place.and_then(|place| self.as_slice().get(place)).copied().unwrap_or(0)
    }
}

/// Marks the number of a list; instants that look like one are in a list too.
const IS_LIST: u64 = 1 << 63;

/// The word of a prefix, in two halves, so that what has it needs no gaps.
#[derive(Clone, Copy, Debug, Default)]
pub struct Word([u32; 2]);

impl Word {
    fn of(word: u64) -> Word {
        Word([word as u32, (word >> 32) as u32])
    }

    fn word(self) -> u64 {
        u64::from(self.0[0]) | u64::from(self.0[1]) << 32
    }
}

/// The lists of those prefixes whose word is not enough.
#[derive(Debug, Default)]
pub struct Lists {
    all: Vec<Box<[u64]>>,
    free: Vec<u32>,
}

impl Lists {
    /// What a word stands for.
    pub fn get(&self, word: Word) -> Since {
        let word = word.word();
        if word & IS_LIST == 0 {
            return Since::One(word);
        }
        Since::of(self.all.get((word & !IS_LIST) as usize).map_or(&[], |list| list))
    }

    /// Put a word in place of another, whose list is let go of.
    pub fn replace(&mut self, word: &mut Word, since: Since) {
        let old = word.word();
        if old & IS_LIST != 0 {
            let at = old & !IS_LIST;
            if let Some(list) = self.all.get_mut(at as usize) {
                *list = Box::default();
                self.free.push(at as u32);
            }
        }
        *word = match since {
            Since::One(instant) if instant & IS_LIST == 0 => Word::of(instant),
            Since::One(instant) => self.add([instant].into()),
            Since::Several(list) => self.add(list),
        };
    }

    fn add(&mut self, list: Box<[u64]>) -> Word {
        let at = self.free.pop().unwrap_or(self.all.len() as u32);
        match self.all.get_mut(at as usize) {
            Some(place) => *place = list,
            None => self.all.push(list),
        }
        Word::of(IS_LIST | u64::from(at))
    }

    /// Bytes of memory held.
    pub fn memory(&self) -> usize {
        let inner: usize = self.all.iter().map(|list| size_of_val(&**list)).sum();
        inner + self.all.capacity() * size_of::<Box<[u64]>>() + self.free.capacity() * 4
    }
}

#[cfg(test)]
mod tests {
    use super::{Lists, Since, Word};

    #[test]
    fn a_word_gives_what_it_was_given_and_lists_are_used_again() {
        let mut lists = Lists::default();
        let (mut one, mut other) = (Word::default(), Word::default());
        assert_eq!(lists.get(one), Since::One(0));
        for instants in [&[5][..], &[1, 2], &[u64::MAX], &[(1 << 63) - 1], &[7, u64::MAX, 0]] {
            lists.replace(&mut one, Since::of(instants));
            assert_eq!(lists.get(one).as_slice(), instants);
            lists.replace(&mut other, Since::of(&[8, 9]));
            assert_eq!(lists.get(one).as_slice(), instants);
        }
        lists.replace(&mut one, Since::One(3));
        assert_eq!((lists.all.len(), lists.free.len()), (2, 1));
        lists.replace(&mut other, Since::One(3));
        assert_eq!(lists.free.len(), lists.all.len());
    }
}

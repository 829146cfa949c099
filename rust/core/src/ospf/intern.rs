//! LSAs that are the same bytes are held once, by all the databases of a process: in a lab each
//! router holds what all hold.
//!
//! The table only refers to them, an entry a place, and whoever comes last takes the place: so its
//! size is fixed, and what it does not find is held twice and does no harm.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::keyed::Keyed;
use super::lsa::HEADER;
use std::hash::BuildHasher;

/// Places of the table; a power of two.
const PLACES: usize = 1 << 15;
/// In octets. What is referred to is not given back to the allocator: 64 MB are the most.
const LONGEST: usize = 2048;

#[derive(Default)]
struct Table {
    hash: Keyed,
    places: Vec<Option<Weak<[u8]>>>,
}

static TABLE: Mutex<Option<Table>> = Mutex::new(None);

impl Table {
    /// The place of an LSA, by its header without age.
    fn place(&mut self, lsa: &[u8]) -> Option<&mut Option<Weak<[u8]>>> {
        if lsa.len() > LONGEST {
            return None;
        }
        let hash = self.hash.hash_one(lsa.get(2..HEADER)?) as usize;
        if self.places.is_empty() {
            self.places.resize(PLACES, None);
        }
        self.places.get_mut(hash & (PLACES - 1))
    }
}

fn with_place<T>(lsa: &[u8], done: impl FnOnce(&mut Option<Weak<[u8]>>) -> T) -> Option<T> {
    let mut table = TABLE.lock().unwrap_or_else(PoisonError::into_inner);
    table.get_or_insert_default().place(lsa).map(done)
}

/// The same LSA, whatever its age, if someone holds it: its length and checksum are right.
pub fn held(lsa: &[u8]) -> Option<Arc<[u8]>> {
    let found = with_place(lsa, |place| place.as_ref().and_then(Weak::upgrade)).flatten()?;
    (found.get(2..) == lsa.get(2..)).then_some(found)
}

/// An LSA whose length and checksum are right as it is held, without age, for others to find.
pub fn hold(lsa: &[u8]) -> Arc<[u8]> {
    let mut made: Arc<[u8]> = lsa.into();
    if let Some(age) = Arc::get_mut(&mut made).and_then(|bytes| bytes.get_mut(..2)) {
        age.fill(0);
    }
    with_place(lsa, |place| *place = Some(Arc::downgrade(&made)));
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_lsas_of_any_age_are_held_once_as_long_as_someone_holds_them() {
        let lsa = |age| {
            let mut lsa = [7; 40];
            lsa[0] = age;
            lsa
        };
        assert!(held(&lsa(1)).is_none());
        let one = hold(&lsa(1));
        assert_eq!(one[..3], [0, 0, 7]);
        let other = held(&lsa(9)).expect("it is held");
        assert!(Arc::ptr_eq(&one, &other));
        let mut another = lsa(1);
        another[39] = 8; // a body that has the same header
        assert!(held(&another).is_none());
        drop((one, other));
        assert!(held(&lsa(1)).is_none());
    }

    #[test]
    fn long_and_short_ones_are_not_shared() {
        assert_eq!(hold(&[0; LONGEST + 1]).len(), LONGEST + 1);
        assert!(held(&[0; LONGEST + 1]).is_none());
        assert!(held(&[1; 19]).is_none());
    }
}

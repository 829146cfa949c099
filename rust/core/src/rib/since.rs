//! When each candidate of a prefix came: one instant for most prefixes, several for few.

/// Instants in the order of the candidates of a group.
#[derive(Clone, Debug)]
pub enum Since {
    /// Of the only candidate; of none, it means nothing.
    One(u64),
    /// Of several. Boxed twice, so that the many with one candidate pay for one instant only.
    Several(Box<Box<[u64]>>),
}

impl Since {
    /// From a list.
    pub fn of(instants: &[u64]) -> Since {
        match instants {
            [] => Since::One(0),
            [only] => Since::One(*only),
            several => Since::Several(Box::new(several.into())),
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

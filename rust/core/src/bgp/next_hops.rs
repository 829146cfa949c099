//! Next hops of paths, each once, and how far they are.
//!
//! The value of a canonical NEXT_HOP: 4 octets of IPv4; 16 of IPv6; 32, a global and a link-local
//! address (RFC 2545 3); and where there is a link-local one, 4 octets more: the number of the
//! interface that it is on. For opaque families whatever MP_REACH_NLRI had. Empty where we are it.

use std::collections::HashMap;

/// The number of a next hop.
pub type NextHopId = u32;

/// Canonical values.
pub type Values = Vec<Box<[u8]>>;

/// What is known of a next hop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextHop {
    /// The canonical value.
    pub value: Box<[u8]>,
    /// The cost of the way to it (RFC 4271 9.1.2.2 e); None: no way is known (9.1.2).
    pub metric: Option<u32>,
    uses: u32,
    is_told: bool,
}

/// How many next hops are followed: peers choose them, and each is a question to the routing table.
pub const MOST: usize = 1 << 17;
/// The number of all next hops beyond `MOST`; they are never reached.
const BEYOND: NextHopId = 1;

/// All next hops by number. Number 0 is ourselves, always reached at no cost.
#[derive(Debug)]
pub struct NextHops {
    all: Vec<Option<NextHop>>,
    by_value: HashMap<Box<[u8]>, NextHopId>,
    free: Vec<NextHopId>,
    /// The one that was asked for last: mostly it is the next too.
    last: NextHopId,
    came: Vec<NextHopId>,
    went: Vec<Box<[u8]>>,
    /// How many there may be.
    most: usize,
    /// How often one was one too many.
    beyond: u64,
}

impl Default for NextHops {
    fn default() -> Self {
        let ourselves = NextHop { value: [].into(), metric: Some(0), uses: 1, is_told: true };
        let beyond = NextHop { metric: None, ..ourselves.clone() };
        Self {
            by_value: [([].into(), 0)].into(),
            all: vec![Some(ourselves), Some(beyond)],
            most: MOST,
            beyond: 0,
            last: BEYOND,
            free: Vec::new(),
            came: Vec::new(),
            went: Vec::new(),
        }
    }
}

impl NextHops {
    /// The number of a next hop, with one more use.
    pub fn retain(&mut self, value: &[u8]) -> NextHopId {
        let last = self.all.get_mut(self.last as usize).filter(|_| self.last > BEYOND);
        if let Some(Some(held)) = last
            && *held.value == *value
        {
            held.uses += 1;
            return self.last;
        }
        if let Some(&id) = self.by_value.get(value) {
            self.last = id;
            if let Some(Some(held)) = self.all.get_mut(id as usize) {
                held.uses += 1;
            }
            return id;
        }
        if self.by_value.len() >= self.most {
            self.beyond += 1;
            return BEYOND;
        }
        let id = self.free.pop().unwrap_or(self.all.len() as NextHopId);
        let made = Some(NextHop { value: value.into(), metric: None, uses: 1, is_told: false });
        match self.all.get_mut(id as usize) {
            Some(place) => *place = made,
            None => self.all.push(made),
        }
        self.by_value.insert(value.into(), id);
        self.came.push(id);
        id
    }

    /// One use less; one that has none is gone.
    pub fn release(&mut self, id: NextHopId) {
        let Some(place) = self.all.get_mut(id as usize).filter(|_| id > BEYOND) else { return };
        let Some(held) = place.as_mut() else { return };
        held.uses = held.uses.saturating_sub(1);
        if held.uses == 0 {
            self.by_value.remove(&held.value);
            let gone = place.take().filter(|gone| gone.is_told);
            self.went.extend(gone.map(|gone| gone.value));
            self.free.push(id);
        }
    }

    /// What is known of one.
    #[inline]
    #[must_use]
    pub fn get(&self, id: NextHopId) -> Option<&NextHop> {
        self.all.get(id as usize)?.as_ref()
    }

    /// The number of a value, if some set has it.
    #[must_use]
    pub fn find(&self, value: &[u8]) -> Option<NextHopId> {
        self.by_value.get(value).copied()
    }

    /// Say how far one is, None: not reached. Gives its number if that is news.
    pub fn set_metric(&mut self, value: &[u8], metric: Option<u32>) -> Option<NextHopId> {
        let id = self.find(value).filter(|&id| id != 0)?;
        let held = self.all.get_mut(id as usize)?.as_mut()?;
        (std::mem::replace(&mut held.metric, metric) != metric).then_some(id)
    }

    /// The values that came and went since this was last asked, for who follows them. One that is
    /// in both went first.
    pub fn take_news(&mut self) -> (Values, Values) {
        let mut came = Vec::new();
        for id in std::mem::take(&mut self.came) {
            let held = self.all.get_mut(id as usize).and_then(Option::as_mut);
            if let Some(held) = held.filter(|held| !held.is_told) {
                held.is_told = true;
                came.push(held.value.clone());
            }
        }
        (came, std::mem::take(&mut self.went))
    }

    /// How often a next hop was one more than are followed.
    #[must_use]
    pub const fn beyond(&self) -> u64 {
        self.beyond
    }

    /// How many there are, ourselves aside.
    #[must_use]
    pub fn count(&self) -> usize {
        self.by_value.len().saturating_sub(1)
    }

    /// Bytes of memory held, as far as one can know.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.all.capacity() * size_of::<Option<NextHop>>() + self.by_value.len() * 80
    }
}

#[cfg(test)]
mod tests {
    use super::{BEYOND, NextHops};

    #[test]
    fn who_comes_and_goes_is_told_once() {
        let mut held = NextHops::default();
        let one = held.retain(&[192, 0, 2, 1]);
        assert_eq!(held.retain(&[192, 0, 2, 1]), one);
        let (came, went) = held.take_news();
        assert_eq!((came.len(), went.len()), (1, 0));
        assert_eq!(held.set_metric(&[192, 0, 2, 1], Some(5)), Some(one));
        assert_eq!(held.set_metric(&[192, 0, 2, 1], Some(5)), None);
        held.release(one);
        held.release(one);
        let (came, went) = held.take_news();
        assert_eq!((came.len(), went.len()), (0, 1));
        assert!(held.get(one).is_none());
        let brief = held.retain(&[192, 0, 2, 2]);
        held.release(brief);
        assert_eq!(held.take_news(), (vec![], vec![]), "nobody was told of it");
    }

    #[test]
    fn those_beyond_the_most_are_never_reached_and_cost_nothing() {
        let mut held = NextHops { most: 3, ..NextHops::default() };
        let ids: Vec<_> = (1..9).map(|last| held.retain(&[10, 0, 0, last])).collect();
        assert_eq!((held.beyond(), held.take_news().0.len()), (6, 2));
        assert!(ids[2..].iter().all(|&id| id == BEYOND));
        assert_eq!(held.set_metric(&[10, 0, 0, 8], Some(1)), None);
        ids.iter().for_each(|&id| held.release(id));
        assert_eq!(held.get(BEYOND).map(|one| one.metric), Some(None));
        assert_ne!(held.retain(&[10, 0, 0, 8]), BEYOND, "there is room again");
    }

    #[test]
    fn we_are_always_reached() {
        let mut held = NextHops::default();
        assert_eq!(held.retain(&[]), 0);
        held.release(0);
        held.release(0);
        assert_eq!(held.get(0).and_then(|one| one.metric), Some(0));
        assert_eq!(held.set_metric(&[], None), None);
    }
}

//! Sets of next hops, each different set once: vertices and routes hold its number.

use std::collections::HashMap;

use crate::addr::Ip;

/// The number of a set of next hops.
pub type SetId = u32;
/// No next hop at all: what has only this cannot be reached.
pub const NO_HOPS: SetId = 0;
/// The calculating router itself, by which of its interfaces is not known.
pub const ITSELF: SetId = 1;

/// Unions that were worked out are kept as far as this.
const UNIONS: usize = 4096;

/// One next hop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hop {
    /// The caller's number of the interface; 0 where it is not known.
    pub interface: u32,
    /// The router to send to; `None` for the network itself and for links that need no address.
    pub gateway: Option<Ip>,
    /// Whether the destination is on the interface's own network.
    pub is_connected: bool,
}

/// All sets of one calculator.
#[derive(Debug)]
pub struct Hops {
    hops: Vec<Hop>,
    number_of: HashMap<Hop, u32>,
    sets: Vec<Box<[u32]>>,
    id_of: HashMap<Box<[u32]>, SetId>,
    unions: HashMap<(SetId, SetId), SetId>,
    /// How many sets there were after the last `keep`.
    kept: usize,
}

impl Default for Hops {
    fn default() -> Hops {
        let mut hops = Hops {
            hops: Vec::new(),
            number_of: HashMap::new(),
            sets: Vec::new(),
            id_of: HashMap::new(),
            unions: HashMap::new(),
            kept: 0,
        };
        hops.set_of(Vec::new());
        hops.single(Hop { interface: 0, gateway: None, is_connected: true });
        hops
    }
}

impl Hops {
    /// The set of one next hop.
    pub fn single(&mut self, hop: Hop) -> SetId {
        let number = self.number(hop);
        self.set_of(vec![number])
    }

    /// The set of all next hops of both.
    pub fn union(&mut self, one: SetId, other: SetId) -> SetId {
        if one == other || other == NO_HOPS {
            return one;
        }
        if one == NO_HOPS {
            return other;
        }
        let pair = (one.min(other), one.max(other));
        if let Some(&known) = self.unions.get(&pair) {
            return known;
        }
        let mut numbers = self.sets[one as usize].to_vec();
        numbers.extend(&self.sets[other as usize]);
        let id = self.set_of(numbers);
        if self.unions.len() >= UNIONS {
            self.unions.clear();
        }
        self.unions.insert(pair, id);
        id
    }

    /// Whether one of them is the network of an interface.
    pub fn is_connected(&self, set: SetId) -> bool {
        self.of(set).any(|hop| hop.is_connected)
    }

    /// The set with what `replace` makes of each next hop that is a network of our own.
    pub fn through(&mut self, set: SetId, mut replace: impl FnMut(Hop) -> Vec<Hop>) -> SetId {
        let hops: Vec<Hop> = self.of(set).collect();
        let mut numbers = Vec::with_capacity(hops.len());
        for hop in hops {
            if hop.is_connected {
                numbers.extend(replace(hop).into_iter().map(|hop| self.number(hop)));
            } else {
                numbers.push(self.number(hop));
            }
        }
        self.set_of(numbers)
    }

    /// The next hops of a set, as they are told: in order, at most so many.
    pub fn told(&self, set: SetId, limit: usize) -> Vec<(u32, Option<Ip>)> {
        let mut hops: Vec<Hop> = self.of(set).filter(|hop| hop.interface != 0).collect();
        hops.sort_unstable();
        let mut told: Vec<_> = hops.iter().map(|hop| (hop.interface, hop.gateway)).collect();
        told.dedup();
        told.truncate(limit);
        told
    }

    fn of(&self, set: SetId) -> impl Iterator<Item = Hop> {
        self.sets[set as usize].iter().map(|&number| self.hops[number as usize])
    }

    fn number(&mut self, hop: Hop) -> u32 {
        *self.number_of.entry(hop).or_insert_with(|| {
            self.hops.push(hop);
            self.hops.len() as u32 - 1
        })
    }

    fn set_of(&mut self, mut numbers: Vec<u32>) -> SetId {
        numbers.sort_unstable();
        numbers.dedup();
        if let Some(&known) = self.id_of.get(numbers.as_slice()) {
            return known;
        }
        let id = self.sets.len() as SetId;
        let set = numbers.into_boxed_slice();
        self.sets.push(set.clone());
        self.id_of.insert(set, id);
        id
    }

    /// Whether so many sets came since the last `keep` that those in use ought to be sorted out.
    pub fn is_crowded(&self) -> bool {
        self.sets.len() > 256 + 4 * self.kept
    }

    /// Forget all sets but those that `visit` shows to the function it is given, which gives each
    /// its new number.
    pub fn keep(&mut self, visit: impl FnOnce(&mut dyn FnMut(&mut SetId))) {
        let old = std::mem::take(self);
        let mut moved: HashMap<SetId, SetId> =
            HashMap::from([(NO_HOPS, NO_HOPS), (ITSELF, ITSELF)]);
        visit(&mut |id| {
            *id = *moved.entry(*id).or_insert_with(|| {
                let numbers = old.of(*id).map(|hop| self.number(hop)).collect();
                self.set_of(numbers)
            });
        });
        self.kept = self.sets.len();
    }

    /// Bytes of memory held, about.
    pub fn memory(&self) -> usize {
        let sets: usize = self.sets.iter().map(|set| 2 * size_of_val(&**set) + 64).sum();
        sets + self.hops.capacity() * 3 * size_of::<Hop>() + self.unions.capacity() * 16
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hop(interface: u32, gateway: u32) -> Hop {
        Hop { interface, gateway: Some(Ip::V4(gateway)), is_connected: false }
    }

    #[test]
    fn same_next_hops_are_the_same_set_however_they_came_together() {
        let mut hops = Hops::default();
        let [a, b, c] = [hop(1, 1), hop(2, 1), hop(1, 2)].map(|hop| hops.single(hop));
        let (ab, bc) = (hops.union(a, b), hops.union(b, c));
        assert_eq!(hops.union(ab, c), hops.union(a, bc));
        assert_eq!(hops.union(ab, NO_HOPS), ab);
        assert_eq!(hops.union(ab, a), ab);
        assert_eq!(hops.told(ab, 1), [(1, Some(Ip::V4(1)))]);
        assert_eq!(hops.told(ITSELF, 9), []);
    }

    #[test]
    fn what_is_not_in_use_is_forgotten_and_the_rest_keeps_its_next_hops() {
        let mut hops = Hops::default();
        let mut held = [NO_HOPS, ITSELF];
        for number in 0..600 {
            held = [hops.single(hop(number + 1, 7)), hops.single(hop(3, 9))];
        }
        let told = held.map(|set| hops.told(set, 9));
        assert!(hops.is_crowded());
        hops.keep(|visit| held.iter_mut().for_each(visit));
        assert!(!hops.is_crowded());
        assert_eq!(held.map(|set| hops.told(set, 9)), told);
        assert_eq!(hops.sets.len(), 4);
    }
}

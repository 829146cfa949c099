//! `Store`: every set of attributes once, by number.

use super::codes;
use super::set::{AttributeSet, Attributes, Summary};
use crate::bgp::index::Index;
use crate::bgp::keyed::Keyed;
use crate::bgp::next_hops::NextHops;
use crate::bgp::peer::PeerId;

/// The number of a set. 0 stands for none, where a set may be missing.
pub type SetId = u32;

/// All sets of attributes of a table, with their next hops.
///
/// A set is held as long as somebody uses it. One that nobody uses any more keeps its number until
/// the next `sweep`, so that whoever remembers something by that number can forget it.
#[derive(Debug)]
pub struct Store {
    /// The next hops of the sets.
    pub next_hops: NextHops,
    keyed: Keyed,
    /// By number; the first is no set.
    sets: Vec<Option<AttributeSet>>,
    index: Index,
    unused: Vec<SetId>,
    free: Vec<SetId>,
    bytes: usize,
    /// By neighbour: octets of the sets that it said first, with what each costs.
    charges: Vec<usize>,
    /// How many octets a neighbour may answer for.
    pub(in crate::bgp) most: usize,
    born: u32,
}

/// How many octets of attributes a neighbour may have held that nobody said before it: ten times
/// what a full table has.
const MOST: usize = 256 << 20;
/// What a set costs beside its bytes.
const OVERHEAD: usize = size_of::<Option<AttributeSet>>() + 24;

impl Store {
    /// An empty one; `key` as of `Keyed`.
    #[must_use]
    pub fn new(key: u64) -> Self {
        Self {
            next_hops: NextHops::default(),
            keyed: Keyed::new(key),
            sets: vec![None],
            index: Index::default(),
            unused: Vec::new(),
            free: Vec::new(),
            bytes: 0,
            charges: Vec::new(),
            most: MOST,
            born: 0,
        }
    }

    /// The number of the set that has these canonical bytes, with one more use.
    pub fn intern(&mut self, bytes: &[u8]) -> SetId {
        let hash = self.keyed.bytes(bytes);
        self.find(hash, bytes).unwrap_or_else(|| self.add(hash, bytes, 0))
    }

    /// A number below a bound that nobody outside can guess, the same for the same two words.
    #[must_use]
    pub fn drawn(&self, below: u64, words: (u64, u64)) -> u64 {
        let drawn = u128::from(self.keyed.words(words.0, words.1));
        (drawn.wrapping_mul(u128::from(below)) >> 64) as u64
    }

    /// The same for what a neighbour says; None: it would be more than it may have held.
    pub fn intern_of(&mut self, bytes: &[u8], owner: PeerId) -> Option<SetId> {
        let hash = self.keyed.bytes(bytes);
        if let Some(id) = self.find(hash, bytes) {
            return Some(id);
        }
        let at = usize::from(owner);
        if self.charges.len() <= at {
            self.charges.resize(at + 1, 0);
        }
        let charge = self.charges.get_mut(at)?;
        let more = charge.saturating_add(bytes.len() + OVERHEAD);
        if more > self.most {
            return None;
        }
        *charge = more;
        Some(self.add(hash, bytes, owner))
    }

    /// Octets of sets that a neighbour said first.
    #[must_use]
    pub fn charge(&self, owner: PeerId) -> usize {
        self.charges.get(usize::from(owner)).copied().unwrap_or(0)
    }

    fn find(&mut self, hash: u64, bytes: &[u8]) -> Option<SetId> {
        let sets = &self.sets;
        let is_it = |id: u32| {
            sets.get(id as usize).and_then(Option::as_ref).is_some_and(|set| *set.bytes == *bytes)
        };
        let id = self.index.find(hash, is_it)?;
        self.retain(id);
        Some(id)
    }

    fn add(&mut self, hash: u64, bytes: &[u8], owner: PeerId) -> SetId {
        let next_hop = Attributes(bytes).value(codes::NEXT_HOP).unwrap_or_default();
        let set = AttributeSet {
            summary: Summary::of(bytes),
            next_hop: self.next_hops.retain(next_hop),
            bytes: bytes.into(),
            uses: 1,
            owner,
            born: self.born,
        };
        self.born = self.born.wrapping_add(1);
        self.bytes += bytes.len();
        let id = self.free.pop().unwrap_or(self.sets.len() as SetId);
        match self.sets.get_mut(id as usize) {
            Some(place) => *place = Some(set),
            None => self.sets.push(Some(set)),
        }
        self.index.insert(hash, id);
        id
    }

    /// The set of a number; None for 0 and for a number that is not in use.
    #[inline]
    #[must_use]
    pub fn get(&self, id: SetId) -> Option<&AttributeSet> {
        self.sets.get(id as usize)?.as_ref()
    }

    /// One more use of a set; 0 is none and stays so.
    #[inline]
    pub fn retain(&mut self, id: SetId) {
        if let Some(Some(set)) = self.sets.get_mut(id as usize) {
            set.uses += 1;
        }
    }

    /// One use less.
    #[inline]
    pub fn release(&mut self, id: SetId) {
        if let Some(Some(set)) = self.sets.get_mut(id as usize) {
            set.uses = set.uses.saturating_sub(1);
            if set.uses == 0 {
                self.unused.push(id);
            }
        }
    }

    /// Let go of the sets that nobody uses; gives their numbers, which others get from now on.
    pub fn sweep(&mut self) -> Vec<SetId> {
        let mut unused = std::mem::take(&mut self.unused);
        unused.retain(|&id| {
            let Some(place) = self.sets.get_mut(id as usize) else { return false };
            let Some(set) = place.take_if(|set| set.uses == 0) else { return false };
            self.index.remove(self.keyed.bytes(&set.bytes), id);
            self.next_hops.release(set.next_hop);
            self.bytes -= set.bytes.len();
            if let Some(charge) = self.charges.get_mut(usize::from(set.owner)) {
                *charge = charge.saturating_sub(set.bytes.len() + OVERHEAD);
            }
            true
        });
        self.free.extend_from_slice(&unused);
        unused
    }

    /// How many sets there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The sets by number.
    pub fn iter(&self) -> impl Iterator<Item = (SetId, &AttributeSet)> {
        let numbered = self.sets.iter().enumerate();
        numbered.filter_map(|(id, set)| Some((id as SetId, set.as_ref()?)))
    }

    /// Bytes of memory held, as far as one can know.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.sets.capacity() * size_of::<Option<AttributeSet>>()
            + self.bytes
            + self.len() * 8 // what the allocator adds to each
            + self.index.memory()
            + self.next_hops.memory()
    }
}

#[cfg(test)]
mod tests {
    use super::Store;
    use crate::bgp::attributes::{Draft, codes};

    fn set(med: u32) -> Vec<u8> {
        let mut draft = Draft::default();
        draft.set(codes::TRANSITIVE, codes::NEXT_HOP, vec![192, 0, 2, 1]);
        draft.set(codes::OPTIONAL, codes::MED, med.to_be_bytes().to_vec());
        draft.bytes()
    }

    #[test]
    fn equal_sets_are_one_until_nobody_uses_it() {
        let mut store = Store::new(1);
        let (one, other) = (store.intern(&set(1)), store.intern(&set(2)));
        assert_eq!(store.intern(&set(1)), one);
        assert_ne!(one, other);
        assert_eq!(store.get(one).and_then(|set| set.summary.med()), Some(1));
        store.release(one);
        assert!(store.sweep().is_empty());
        store.release(one);
        assert_eq!((store.sweep(), store.len()), (vec![one], 1));
        assert!(store.get(one).is_none());
        assert_eq!(store.intern(&set(3)), one, "its number is free");
    }

    #[test]
    fn a_set_that_is_used_again_before_the_sweep_stays() {
        let mut store = Store::new(1);
        let one = store.intern(&set(1));
        store.release(one);
        assert_eq!(store.intern(&set(1)), one);
        assert!(store.sweep().is_empty());
        assert!(store.get(one).is_some());
    }

    #[test]
    fn none_is_never_a_set() {
        let mut store = Store::new(1);
        store.retain(0);
        store.release(0);
        assert!(store.sweep().is_empty());
        assert!(store.get(0).is_none());
        assert_ne!(store.intern(&[]), 0);
    }
}

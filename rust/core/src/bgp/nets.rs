//! `Nets`: the prefixes of one family, each with the paths to it.

use std::fmt::Debug;
use std::hash::Hash;

use super::family::Family;
use super::index::Index;
use super::keyed::Keyed;
use super::paths::{NO_PATH, PathIx};
use super::route_key;
use crate::addr::{Ip, Net};

/// The number of a prefix in its family; others get it when nothing is left of the prefix.
pub type NetIx = u32;

/// What a family's tables are kept by.
pub trait NetKey: Clone + Eq + Hash + Debug + Send + Sync + 'static {
    /// The hash of it.
    fn hash(&self, keyed: &Keyed) -> u64;
    /// As it stands in NLRI, without a path identifier (RFC 4271 4.3, RFC 4760 5).
    fn write(&self, nlri: &mut Vec<u8>);
    /// As it is announced, with what goes with it and does not name it (`route_key`).
    fn write_with(&self, _family: Family, _rest: &[u8], nlri: &mut Vec<u8>) {
        self.write(nlri);
    }
    /// As a prefix; None: nobody here understands it.
    fn prefix(&self) -> Option<Net> {
        None
    }
}

/// An IPv4 prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Net4 {
    address: u32,
    length: u8,
}

impl Net4 {
    /// The prefix of an address; bits beyond the length are cleared, lengths above 32 are 32.
    #[inline]
    #[must_use]
    pub const fn new(address: u32, length: u8) -> Self {
        let length = if length > 32 { 32 } else { length };
        Self { address: address & crate::addr::mask4(length), length }
    }

    /// The first address.
    #[must_use]
    pub const fn address(self) -> u32 {
        self.address
    }

    /// How many bits count.
    #[must_use]
    pub const fn length(self) -> u8 {
        self.length
    }

    /// As a prefix of either family.
    #[must_use]
    pub fn net(self) -> Option<Net> {
        Net::new(Ip::V4(self.address()), self.length())
    }
}

impl NetKey for Net4 {
    #[inline(always)]
    fn hash(&self, keyed: &Keyed) -> u64 {
        keyed.words(u64::from(self.address) << 8 | u64::from(self.length), 0)
    }

    #[inline]
    fn write(&self, nlri: &mut Vec<u8>) {
        nlri.push(self.length());
        let octets = usize::from(self.length().div_ceil(8));
        nlri.extend(self.address().to_be_bytes().iter().take(octets));
    }

    #[inline]
    fn prefix(&self) -> Option<Net> {
        self.net()
    }
}

/// An IPv6 prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Net6 {
    high: u64,
    low: u64,
    length: u8,
}

impl Net6 {
    /// The prefix of an address; bits beyond the length are cleared, lengths above 128 are 128.
    #[inline]
    #[must_use]
    pub const fn new(address: u128, length: u8) -> Self {
        let length = if length > 128 { 128 } else { length };
        let address = address & crate::addr::mask6(length);
        Self { high: (address >> 64) as u64, low: address as u64, length }
    }

    /// The first address.
    #[must_use]
    pub const fn address(self) -> u128 {
        (self.high as u128) << 64 | self.low as u128
    }

    /// How many bits count.
    #[must_use]
    pub const fn length(self) -> u8 {
        self.length
    }

    /// As a prefix of either family.
    #[must_use]
    pub fn net(self) -> Option<Net> {
        Net::new(Ip::V6(self.address()), self.length)
    }
}

impl NetKey for Net6 {
    #[inline(always)]
    fn hash(&self, keyed: &Keyed) -> u64 {
        // the length stands where prefixes of less than 121 bits have none
        keyed.words(self.high, self.low ^ u64::from(self.length))
    }

    #[inline]
    fn write(&self, nlri: &mut Vec<u8>) {
        nlri.push(self.length);
        let octets = usize::from(self.length.div_ceil(8));
        nlri.extend(self.address().to_be_bytes().iter().take(octets));
    }

    #[inline]
    fn prefix(&self) -> Option<Net> {
        self.net()
    }
}

/// NLRI that nobody here understands, by its name (`route_key`), without a path identifier.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Opaque(pub Box<[u8]>);

impl Opaque {
    /// A route by NLRI as it stands in messages, and what goes with it.
    #[must_use]
    pub fn of(family: Family, octets: &[u8]) -> (Self, Vec<u8>) {
        let (key, rest) = route_key::part(family, octets);
        (Self(key.into()), rest)
    }
}

impl NetKey for Opaque {
    fn hash(&self, keyed: &Keyed) -> u64 {
        keyed.bytes(&self.0)
    }

    fn write(&self, nlri: &mut Vec<u8>) {
        nlri.extend_from_slice(&self.0);
    }

    fn write_with(&self, family: Family, rest: &[u8], nlri: &mut Vec<u8>) {
        route_key::join(family, &self.0, rest, nlri);
    }
}

/// A prefix.
#[derive(Clone, Debug)]
pub struct Entry<K> {
    /// What it is known by.
    pub key: K,
    /// The best path; `NO_PATH` where there is none that can be used.
    pub best: PathIx,
    /// The first of all paths to it; `NO_PATH` where there is none.
    pub first: PathIx,
    /// Where it stands last in the journal, modulo 2^32: only who forgets that entry may forget it.
    pub noted: u32,
}

/// Every prefix of a family by number.
#[derive(Debug)]
pub struct Nets<K> {
    keyed: Keyed,
    index: Index,
    entries: Vec<Entry<K>>,
    free: Vec<NetIx>,
    is_free: Vec<u64>,
}

impl<K: NetKey> Nets<K> {
    /// Without any.
    #[must_use]
    pub fn new(keyed: Keyed) -> Self {
        let (index, entries) = (Index::default(), Vec::new());
        Self { keyed, index, entries, free: Vec::new(), is_free: Vec::new() }
    }

    /// The number of a prefix, if it has one.
    #[inline]
    #[must_use]
    pub fn find(&self, key: &K) -> Option<NetIx> {
        self.index.find(NetKey::hash(key, &self.keyed), |at| {
            self.entries.get(at as usize).is_some_and(|entry| entry.key == *key)
        })
    }

    /// The number of a prefix, which it has from now on; `noted` is what a new one begins with.
    #[inline]
    pub fn find_or_add(&mut self, key: K, noted: u32) -> NetIx {
        let hash = NetKey::hash(&key, &self.keyed);
        let entries = &self.entries;
        let is_it = |at: u32| entries.get(at as usize).is_some_and(|entry| entry.key == key);
        if let Some(at) = self.index.find(hash, is_it) {
            return at;
        }
        let entry = Entry { key, best: NO_PATH, first: NO_PATH, noted };
        let at = self.free.pop().unwrap_or(self.entries.len() as NetIx);
        match self.entries.get_mut(at as usize) {
            Some(place) => {
                *place = entry;
                self.mark_free(at, false);
            }
            None => self.entries.push(entry),
        }
        self.index.insert(hash, at);
        at
    }

    /// Take a prefix out; its number is free for others, so nobody may still know it.
    pub fn remove(&mut self, at: NetIx) {
        if let Some(entry) = self.get(at) {
            let hash = NetKey::hash(&entry.key, &self.keyed);
            self.index.remove(hash, at);
            self.mark_free(at, true);
            self.free.push(at);
        }
    }

    /// The entry of a number.
    #[inline]
    #[must_use]
    pub fn get(&self, at: NetIx) -> Option<&Entry<K>> {
        self.entries.get(at as usize).filter(|_| !self.was_removed(at))
    }

    /// The entry of a number, to change its paths.
    #[inline]
    pub fn get_mut(&mut self, at: NetIx) -> Option<&mut Entry<K>> {
        if self.was_removed(at) {
            return None;
        }
        self.entries.get_mut(at as usize)
    }

    /// How many prefixes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One above the highest number that was ever in use.
    #[must_use]
    pub fn end(&self) -> NetIx {
        self.entries.len() as NetIx
    }

    /// Every prefix, by number.
    pub fn iter(&self) -> impl Iterator<Item = (NetIx, &Entry<K>)> {
        let numbered = (0..self.end()).zip(&self.entries);
        numbered.filter(|(at, _)| !self.was_removed(*at))
    }

    /// Bytes of memory held, as far as one can know.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.index.memory()
            + self.entries.capacity() * size_of::<Entry<K>>()
            + self.free.capacity() * 4
            + self.is_free.capacity() * 8
    }

    #[inline]
    fn was_removed(&self, at: NetIx) -> bool {
        self.is_free.get(at as usize / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    fn mark_free(&mut self, at: NetIx, is_free: bool) {
        let word = at as usize / 64;
        if self.is_free.len() <= word {
            self.is_free.resize(word + 1, 0);
        }
        if let Some(word) = self.is_free.get_mut(word) {
            *word = *word & !(1 << (at % 64)) | u64::from(is_free) << (at % 64);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Keyed, Net4, Net6, NetKey, Nets, Opaque};
    use proptest::prelude::*;
    use std::collections::HashMap;

    #[test]
    fn prefixes_are_written_as_nlri() {
        let mut nlri = Vec::new();
        Net4::new(0xC000_0280, 25).write(&mut nlri);
        Net4::new(0xFFFF_FFFF, 0).write(&mut nlri);
        Net6::new(0x2001_0db8 << 96, 33).write(&mut nlri);
        Opaque([3, 1, 2].into()).write(&mut nlri);
        assert_eq!(nlri, [25, 192, 0, 2, 128, 0, 33, 0x20, 1, 0x0d, 0xb8, 0, 3, 1, 2]);
    }

    proptest! {
        #[test]
        fn a_prefix_keeps_its_number_while_it_is_there(
            steps in prop::collection::vec((any::<bool>(), 0_u32..40), 0..300),
        ) {
            let mut nets = Nets::new(Keyed::new(3));
            let mut model = HashMap::new();
            for (comes, number) in steps {
                let key = Net4::new(number << 8, 24);
                if comes {
                    let at = nets.find_or_add(key, 0);
                    prop_assert_eq!(*model.entry(key.address()).or_insert(at), at);
                } else if let Some(at) = model.remove(&key.address()) {
                    nets.remove(at);
                    prop_assert!(nets.get(at).is_none());
                }
                prop_assert_eq!(nets.len(), model.len());
                prop_assert_eq!(nets.iter().count(), model.len());
                for (&address, &at) in &model {
                    prop_assert_eq!(nets.find(&Net4::new(address, 24)), Some(at));
                }
            }
        }
    }
}

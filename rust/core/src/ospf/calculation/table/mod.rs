//! Prefixes by number, each with its route and with what may lead to it.
//!
//! What leads to a prefix inside the AS is an [`Inner`], outside of it an [`Outer`]: one for each
//! time that a prefix stands in an LSA. They hang on their prefix and on who offers them, so that
//! what changed finds its prefixes and a prefix finds all its offers.

mod chains;

pub use chains::Head;

use std::collections::HashMap;
use std::hash::Hash;

use super::graph::NONE;
use super::offer::{Inner, Outer};
use super::route::Route;
use crate::addr::{Ip, Net};
use crate::lpm::Key;

/// An address of one family as a number.
pub trait Bits: Key + Hash {
    /// As an address.
    fn ip(self) -> Ip;
    /// Of an address, if it is of this family.
    fn of(ip: Ip) -> Option<Self>;
    /// The same without the alignment that would make a map of them half empty.
    type Packed: Copy + Eq + Hash + std::fmt::Debug + Send + Sync;
    /// As such.
    fn packed(self) -> Self::Packed;
}

impl Bits for u32 {
    fn ip(self) -> Ip {
        Ip::V4(self)
    }

    fn of(ip: Ip) -> Option<u32> {
        if let Ip::V4(number) = ip { Some(number) } else { None }
    }

    type Packed = u32;

    fn packed(self) -> u32 {
        self
    }
}

impl Bits for u128 {
    fn ip(self) -> Ip {
        Ip::V6(self)
    }

    fn of(ip: Ip) -> Option<u128> {
        if let Ip::V6(number) = ip { Some(number) } else { None }
    }

    type Packed = [u8; 16];

    fn packed(self) -> [u8; 16] {
        self.to_ne_bytes()
    }
}

/// A prefix.
#[derive(Debug)]
pub struct Prefix<K> {
    key: K,
    len: u8,
    /// What is to be done at the next run: bits of `DIRTY_INNER` and so on.
    pub marks: u8,
    pub inner: u32,
    pub outer: u32,
    pub route: Route,
}

/// The ways inside the AS are to be compared anew.
pub const DIRTY_INNER: u8 = 1;
/// Those outside of it.
pub const DIRTY_OUTER: u8 = 2;
/// The route before the run is noted.
pub const NOTED: u8 = 4;

impl<K: Bits> Prefix<K> {
    pub fn net(&self) -> Option<Net> {
        Net::new(self.key.ip(), self.len)
    }

    fn is_free(&self) -> bool {
        self.inner == NONE && self.outer == NONE && !self.route.is_there()
    }
}

/// Add to what mostly stays as large as it is: grow by an eighth, not to the double.
pub fn push_tight<T>(items: &mut Vec<T>, item: T) {
    if items.len() == items.capacity() {
        items.reserve_exact(16 + items.len() / 8);
    }
    items.push(item);
}

/// Things in a vector, of which some places are free.
#[derive(Debug)]
struct Slots<T> {
    items: Vec<T>,
    free: Vec<u32>,
}

impl<T> Default for Slots<T> {
    fn default() -> Slots<T> {
        Slots { items: Vec::new(), free: Vec::new() }
    }
}

impl<T> Slots<T> {
    fn put(&mut self, item: T) -> u32 {
        match self.free.pop() {
            Some(at) => {
                self.items[at as usize] = item;
                at
            }
            None => {
                push_tight(&mut self.items, item);
                self.items.len() as u32 - 1
            }
        }
    }

    fn memory(&self) -> usize {
        self.items.capacity() * size_of::<T>() + self.free.capacity() * 4
    }
}

/// All prefixes of a calculator.
#[derive(Debug)]
pub struct Table<K: Bits> {
    pub prefixes: Vec<Prefix<K>>,
    free: Vec<u32>,
    index: HashMap<(K::Packed, u8), u32>,
    /// How many prefixes there are of each length.
    lengths: Vec<u32>,
    inner: Slots<Inner>,
    outer: Slots<Outer>,
    /// Prefixes that the next run looks at.
    pub dirty: Vec<u32>,
}

impl<K: Bits> Default for Table<K> {
    fn default() -> Table<K> {
        Table {
            prefixes: Vec::new(),
            free: Vec::new(),
            index: HashMap::new(),
            lengths: vec![0; usize::from(K::BITS) + 1],
            inner: Slots::default(),
            outer: Slots::default(),
            dirty: Vec::new(),
        }
    }
}

impl<K: Bits> Table<K> {
    /// The number of a prefix, if it is known.
    pub fn find(&self, net: Net) -> Option<u32> {
        self.index.get(&(K::of(net.ip())?.packed(), net.len())).copied()
    }

    /// The number of a prefix, made where it is not known; `None` for one of the other family.
    pub fn obtain(&mut self, net: Net) -> Option<u32> {
        let (key, len) = (K::of(net.ip())?, net.len());
        if let Some(&known) = self.index.get(&(key.packed(), len)) {
            return Some(known);
        }
        let prefix = Prefix { key, len, marks: 0, inner: NONE, outer: NONE, route: Route::NOTHING };
        let number = match self.free.pop() {
            Some(number) => {
                self.prefixes[number as usize] = prefix;
                number
            }
            None => {
                push_tight(&mut self.prefixes, prefix);
                self.prefixes.len() as u32 - 1
            }
        };
        self.lengths[usize::from(len)] += 1;
        self.index.insert((key.packed(), len), number);
        Some(number)
    }

    pub fn at(&self, net: u32) -> &Prefix<K> {
        &self.prefixes[net as usize]
    }

    /// Have the next run look at a prefix.
    pub fn mark(&mut self, net: u32, marks: u8) {
        let prefix = &mut self.prefixes[net as usize];
        if prefix.marks & (DIRTY_INNER | DIRTY_OUTER) == 0 {
            self.dirty.push(net);
        }
        prefix.marks |= marks;
    }

    /// The longest prefix around an address that has a route inside the AS (RFC 2328 11.1).
    pub fn longest_inner(&self, ip: Ip) -> Option<u32> {
        let key = K::of(ip)?;
        let lengths = (0..=K::BITS).rev().filter(|&len| self.lengths[usize::from(len)] > 0);
        let mut found =
            lengths.filter_map(|len| self.index.get(&(key.masked(len).packed(), len)).copied());
        found.find(|&net| self.at(net).route.is_inner())
    }

    /// Every prefix inside one, itself included, in order.
    pub fn inside(&self, within: Net) -> Vec<(Net, u32)> {
        let numbers = 0..self.prefixes.len() as u32;
        let nets = numbers.filter_map(|number| Some((self.at(number).net()?, number)));
        let mut found: Vec<(Net, u32)> = nets.filter(|(net, _)| within.contains(*net)).collect();
        found.sort_unstable();
        found
    }

    /// Forget a prefix that nobody offers and that has no route.
    pub fn settle(&mut self, net: u32) {
        let prefix = &self.prefixes[net as usize];
        let name = (prefix.key.packed(), prefix.len);
        // a place that is free already has the name of its last prefix, which may be elsewhere
        if prefix.is_free() && self.index.get(&name) == Some(&net) {
            self.index.remove(&name);
            self.lengths[usize::from(prefix.len)] -= 1;
            self.free.push(net);
        }
    }

    /// Number of places that no prefix has.
    #[cfg(test)]
    pub fn free_count(&self) -> usize {
        self.free.len()
    }

    /// Number of prefixes that have a route.
    pub fn count(&self) -> usize {
        self.prefixes.iter().filter(|prefix| prefix.route.is_there()).count()
    }

    /// Give back memory that growing took in advance.
    pub fn shrink(&mut self) {
        self.prefixes.shrink_to_fit();
        self.inner.items.shrink_to_fit();
        self.outer.items.shrink_to_fit();
        self.dirty = Vec::new();
    }

    /// Bytes of memory held, about.
    pub fn memory(&self) -> usize {
        self.prefixes.capacity() * size_of::<Prefix<K>>()
            + self.index.capacity() * (size_of::<(K::Packed, u8)>() + 5)
            + self.inner.memory()
            + self.outer.memory()
            + self.dirty.capacity() * 4
    }
}

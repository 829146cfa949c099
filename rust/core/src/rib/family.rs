//! The prefixes of one family: which group each is in, its fellows there, and since when.

use super::groups::{Groups, NONE};
use super::since::{Lists, Since, Word};
use crate::lpm::{Key, Trie};

/// Bounded by the numbers that a trie can hold beside its marks.
const MOST: usize = (1 << 31) - 2;

/// A prefix. Members of a group are a list through `next` and `prev`.
#[derive(Debug)]
pub struct Entry<K> {
    pub key: K,
    since: Word,
    /// 0 where it has no candidate, which it may for as long as a batch lasts.
    pub group: u32,
    next: u32,
    prev: u32,
    pub len: u8,
    pub is_touched: bool,
}

/// All prefixes of one family.
#[derive(Debug, Default)]
pub struct Family<K: Key> {
    trie: Trie<K>,
    entries: Vec<Entry<K>>,
    free: Vec<u32>,
    lists: Lists,
}

impl<K: Key> Family<K> {
    /// The number of a prefix.
    pub fn find(&self, key: K, len: u8) -> Option<u32> {
        self.trie.get(key, len).map(|slot| slot - 1)
    }

    /// The entry of a number.
    pub fn entry(&self, at: u32) -> &Entry<K> {
        &self.entries[at as usize]
    }

    /// The entry of a number, to be changed.
    pub fn entry_mut(&mut self, at: u32) -> &mut Entry<K> {
        &mut self.entries[at as usize]
    }

    /// Since when a prefix has each of its candidates.
    pub fn since(&self, entry: &Entry<K>) -> Since {
        self.lists.get(entry.since)
    }

    /// Take in a prefix that is not there, without candidates; `None` where all numbers are given.
    pub fn create(&mut self, key: K, len: u8) -> Option<u32> {
        let since = Word::default();
        let entry = Entry { key, since, group: 0, next: NONE, prev: NONE, len, is_touched: false };
        let at = if let Some(at) = self.free.pop() {
            self.entries[at as usize] = entry;
            at
        } else if self.entries.len() < MOST {
            self.entries.push(entry);
            self.entries.len() as u32 - 1
        } else {
            return None;
        };
        self.trie.insert(key, len, at + 1);
        Some(at)
    }

    /// End what a batch did to a prefix; without candidates it goes.
    pub fn close(&mut self, at: u32) {
        let Family { entries, lists, .. } = self;
        let entry = &mut entries[at as usize];
        entry.is_touched = false;
        if entry.group == 0 {
            let (key, len) = (entry.key, entry.len);
            lists.replace(&mut entry.since, Since::One(0));
            self.trie.remove(key, len);
            self.free.push(at);
        }
    }

    /// Let go of the notes that the trie takes for a compiled image, which there is none of.
    pub fn settle(&mut self) {
        self.trie.changes.dirty.clear();
        self.trie.changes.retired.clear();
    }

    /// Put a prefix into another group; `since` is for candidates that it did not have before.
    pub fn relocate(&mut self, at: u32, family: usize, to: u32, since: u64, groups: &mut Groups) {
        let from = self.entry(at).group;
        let held = self.lists.get(self.entry(at).since);
        let instants = instants(&held, from, to, since, groups);
        if from != 0 {
            self.unlink(at, groups.head_mut(from, family));
            groups.lose(from);
        }
        if to != 0 {
            self.link(at, groups.head_mut(to, family));
            groups.gain(to);
        }
        let Family { entries, lists, .. } = self;
        let entry = &mut entries[at as usize];
        entry.group = to;
        lists.replace(&mut entry.since, instants);
    }

    fn link(&mut self, at: u32, head: &mut u32) {
        let next = std::mem::replace(head, at);
        let entry = self.entry_mut(at);
        (entry.next, entry.prev) = (next, NONE);
        if next != NONE {
            self.entry_mut(next).prev = at;
        }
    }

    fn unlink(&mut self, at: u32, head: &mut u32) {
        let Entry { next, prev, .. } = self.entries[at as usize];
        if prev == NONE {
            *head = next;
        } else {
            self.entry_mut(prev).next = next;
        }
        if next != NONE {
            self.entry_mut(next).prev = prev;
        }
    }

    /// The members of a group, in no order, from its first on.
    pub fn members(&self, head: u32) -> impl Iterator<Item = &Entry<K>> {
        let mut at = head;
        std::iter::from_fn(move || {
            let entry = self.entries.get(at as usize)?; // NONE is far outside
            at = entry.next;
            Some(entry)
        })
    }

    /// Every prefix around the given one, itself included, shortest first.
    pub fn covering(&self, key: K, len: u8) -> impl Iterator<Item = &Entry<K>> {
        self.trie.covering(key, len).into_iter().map(|(_, slot)| self.entry(slot - 1))
    }

    /// Up to `limit` prefixes inside `within` in order, from the one next after `after`.
    pub fn inside(
        &self,
        within: (K, u8),
        after: Option<(K, u8)>,
        limit: usize,
    ) -> impl Iterator<Item = &Entry<K>> {
        let found = self.trie.walk(within, after, limit);
        found.into_iter().map(|(_, _, slot)| self.entry(slot - 1))
    }

    /// Bytes of memory held.
    pub fn memory(&self) -> usize {
        self.trie.memory()
            + self.entries.capacity() * size_of::<Entry<K>>()
            + self.free.capacity() * 4
            + self.lists.memory()
    }
}

/// The instants of the candidates of group `to`: those that it has in common with `from` keep
/// theirs, which are `held`; the others have `since`.
fn instants(held: &Since, from: u32, to: u32, since: u64, groups: &Groups) -> Since {
    let kept = |path| groups.place(from, path).map_or(since, |place| held.get(Some(place)));
    let mut paths = groups.paths(to);
    match (paths.len(), paths.next()) {
        (1, Some(only)) => Since::One(kept(only)),
        _ => Since::of(&groups.paths(to).map(kept).collect::<Vec<_>>()),
    }
}
